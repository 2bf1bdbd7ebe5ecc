import type { Clock } from '../../clock';
import type { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import { BkError, isBkError } from '../../errors';
import {
  ANSWER_SHAPES,
  answers,
  type Command,
  encodeRequest,
  linkCheck,
} from '../../protocol/commands/command-table';
import { type Frame, FrameReader } from '../../protocol/frames';
import { lineTime } from '../../protocol/timing';
import { say } from '../../texts/note';
import type { Transport } from '../../transport/transport';
import { tellsReboots } from '../base/link-state';
import { AdaptiveTimeout, type Patience } from './adaptive-timeout';
import { AnswerWaiter, type Waiter } from './answer-waiter';
import { CallsUnderWay, SecondLook } from './calls-under-way';
import { ChipTrust } from './chip-trust';
import { AheadTrust, CommandsAhead } from './command-ahead';
import { silent, unsure } from './exchange-errors';
import type { LineLatency } from './line-latency';
import { SilenceTimer } from './silence-timer';
import { WireWatch } from './wire-watch';

interface ExchangeOptions<Args> {
  limitMs?: number;
  /** To be sent behind it, in this order. */
  row?: readonly Args[];
  /** It was sent already; and where its answer has come since, that. */
  sent?: boolean;
  frame?: Frame | null;
}

/** Silence after which nothing is under way any more, ms, and how long to wait for it. */
const QUIET_MS = 20;
const QUIET_LIMIT_MS = 300;
/** How often it is looked whether an answer has come that nobody wants, ms. */
const PASS_OVER_MS = 5;

/**
 * One command and its answer at a time over one transport. An answer is known by its code and by
 * all that it echoes; everything else that arrives is passed over until the time is out.
 */
export class Exchanger {
  readonly #watch = new WireWatch();
  #transport: Transport;
  readonly #clock: Clock;
  readonly #reader = new FrameReader(ANSWER_SHAPES, (bytes) => this.#watch.strayed(bytes));
  readonly #timeout = new AdaptiveTimeout();
  /** Whether the chip that answers is still known to be the same one. */
  readonly trust = new ChipTrust();
  /** Whether commands are sent ahead. */
  ahead = new AheadTrust();
  readonly #ahead: CommandsAhead;
  #waiter: Waiter | null = null;
  readonly #calls = new CallsUnderWay();
  /** What fails the question for whose answer the chip was called once more; null while none is. */
  #giveUp: (() => void) | null = null;
  #lost: BkError | null = null;
  #lastByteAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
    this.#ahead = new CommandsAhead(clock);
    this.attach(transport);
  }

  /** Goes on with another line to the same chip, as after an adapter was plugged in again. */
  attach(transport: Transport): void {
    this.#transport = transport;
    this.#lost = null;
    this.trust.doubt();
    this.forgetInput();
    this.#timeout.line.isAtLeast(transport.roundTripMs ?? 0);
    transport.onData = (bytes) => this.#receive(bytes);
    transport.onLost = (reason) => {
      if (this.#transport === transport) this.#portLost(reason);
    };
  }

  get transport(): Transport {
    return this.#transport;
  }

  get clock(): Clock {
    return this.#clock;
  }

  get lost(): BkError | null {
    return this.#lost;
  }

  /** What was seen on the wire; the raw material of a diagnosis. */
  get watch(): WireWatch {
    return this.#watch;
  }

  get evidence(): EvidenceLog {
    return this.#watch.evidence;
  }

  /**
   * Until when a chip that did not answer may still be at work on the last command: it answers nothing
   * else before.
   */
  get busyUntil(): number {
    return this.#timeout.busyUntil;
  }

  /** How long adapter, driver and network keep a request and its answer, ms. */
  get latency(): number {
    return this.#timeout.latency;
  }

  /** How many bytes a checksum may be of, so that a chip which reboots in it is missed in time. */
  get checksumReach(): number {
    return this.#timeout.checksumReach;
  }

  /** How long an answer to a call may be on its way, ms: what was sent that long ago is not answered any more. */
  get lateness(): number {
    return this.#timeout.lateness;
  }

  /** What is known of the line's own time. */
  get line(): Pick<LineLatency, 'isLate' | 'usual' | 'waited'> {
    return this.#timeout.line;
  }

  /**
   * To be called when a chip was called many times and has answered: how long after the latest call its last answer
   * came is how long adapter, driver and network keep one.
   */
  learnLatency(): void {
    const { begun, onWire } = this.#watch.latest;
    if (this.#lastByteAt >= begun) this.#timeout.line.isAtLeast(this.#lastByteAt - begun - onWire);
  }

  /** To be called when a chip that did not answer is found alive: flash operations get longer from now on. */
  allowMoreTime(): void {
    this.#timeout.extend();
  }

  /**
   * Sends a command and waits for its answer. For flash operations whose usual time is known the wait is
   * short: a chip that rebooted in the middle of one listens for some hundred milliseconds only, and whoever
   * waits out the datasheet's maximum misses it. `busyUntil` tells then how long a slow part may still work.
   * @throws BkError BK_NO_RESPONSE when none came in time, BK_BAD_RESPONSE when the chip refused,
   *   BK_PORT_LOST when the port went away
   */
  async sendOnce<Args, Answer>(
    command: Command<Args, Answer>,
    args: Args,
    limitMs?: number,
  ): Promise<Answer> {
    await this.#passOverAhead();
    return this.#exchange(command, args, limitMs === undefined ? {} : { limitMs });
  }

  /**
   * Asks something that changes nothing and whose answer tells what it is of, and the next of its kind before that
   * answer has come, where answers come late and the chip is not known to miss it. Whoever asks for that next finds it
   * under way.
   * @param row what will be asked for then, in this order; as much of it goes ahead as keeps the line busy
   * @throws as `sendOnce`
   */
  async askWithNext<Args>(
    command: Command<Args, Buffer>,
    args: Args,
    row: readonly Args[] = [],
  ): Promise<Buffer> {
    const first = this.#ahead.takeFirst(command as Command<never, unknown>, args);
    if (first === null) await this.#passOverAhead();
    const answerMs = lineTime(command.answerBytes, this.#transport.baudRate);
    const { isLate, usual } = this.line;
    const { holds = Number.POSITIVE_INFINITY } = this.#transport;
    const room = Math.max(0, Math.floor(holds / command.answerBytes) - 1);
    const worth = this.ahead.depth(this.latency, isLate ? (usual ?? 0) : 0, answerMs);
    const depth = Math.min(worth, room);
    const count = this.#ahead.count + 1;
    const then = { row: row.slice(0, depth), sent: first !== null, frame: first?.frame ?? null };
    try {
      return await this.#exchange(command, args, then);
    } catch (error) {
      if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
      this.ahead.doubt(count);
      // What comes of the next ones must not be taken for anything else; a chip that rebooted is not waited for.
      const underWay = lineTime(this.#ahead.answerBytes, this.#transport.baudRate);
      this.#ahead.forget();
      await this.waitForQuiet(QUIET_MS + this.latency, QUIET_LIMIT_MS + underWay);
      if (first === null || !(await this.isThere())) throw error;
      return this.#exchange(command, args, {});
    } finally {
      this.#ahead.hold();
    }
  }

  /** What was sent ahead and is not wanted any more is waited for: its answer would be in the way of others. */
  async #passOverAhead(): Promise<void> {
    const ahead = this.#ahead;
    ahead.hold();
    if (ahead.count === 0) return;
    const { count } = ahead;
    const answer = lineTime(ahead.answerBytes, this.#transport.baudRate);
    const way = Math.max(this.latency, this.lateness);
    const end = this.#clock.now() + answer + way + QUIET_LIMIT_MS;
    while (ahead.isWaitedFor && this.#lost === null && this.#clock.now() < end) {
      await this.pause(PASS_OVER_MS);
    }
    if (ahead.isWaitedFor) {
      this.ahead.doubt(count);
      this.#reader.reset();
    }
    ahead.forget();
  }

  async #exchange<Args, Answer>(
    command: Command<Args, Answer>,
    args: Args,
    { limitMs, row = [], sent = false, frame = null }: ExchangeOptions<Args>,
  ): Promise<Answer> {
    // Its answer does not tell what it is of; with such a line the last one may still be on its way again.
    if (command.kind === 'checksum' && this.#watch.doubles)
      await this.waitForQuiet(QUIET_MS, QUIET_LIMIT_MS);
    const { baudRate, port } = this.#transport;
    const request = encodeRequest(command, args);
    const onWire = lineTime(request.length + command.answerBytes, baudRate);
    const begun = this.#clock.now();
    const tells = tellsReboots(this.#transport);
    if (!tells) this.trust.asks(command.kind, begun);
    // Not even a command that the chip would refuse may reach another one.
    if (command.alters && !this.trust.isSure) throw unsure(args, port);
    const usual = { request: request.length, baudRate, now: begun };
    const patience =
      limitMs === undefined
        ? () => this.#timeout.patience(command, args, usual)
        : () => ({ first: limitMs, gap: 0, longest: limitMs });
    this.#watch.begin(command.kind, baudRate, begun, onWire);
    // The waiter stands before the request leaves: no answer can be too fast for it.
    const answer = this.#wait(command, args, {
      patience,
      isFollowed: row.length > 0 || this.#ahead.count > 0,
      isLimited: limitMs !== undefined,
    });
    if (command.kind === 'link') this.#calls.sent(begun);
    else this.#calls.asks();
    const waiter = this.#waiter;
    if (frame !== null) waiter?.take(frame);
    // Not awaited: a port that takes no bytes must not outlast the limit.
    const send = (bytes: Buffer): void => {
      this.#transport.write(bytes).catch((error: unknown) => {
        if (this.#waiter === waiter) waiter?.fail(error);
      });
    };
    if (!sent) send(request);
    this.#ahead.fill(command, row, {
      everyMs: lineTime(command.answerBytes, baudRate),
      send: (next) => send(encodeRequest(command, next)),
    });
    try {
      const value = await answer;
      const now = this.#clock.now();
      const isAlone = !sent && row.length === 0;
      if (isAlone) this.#timeout.learn(command, args, now - begun - onWire);
      if (isAlone) this.#timeout.line.wait(now - begun - onWire);
      if (command.kind !== 'link') this.#calls.answered();
      this.trust.heard(now);
      this.#watch.answered();
      return value;
    } catch (error) {
      if (!sent) this.#watch.failed(command as Command<never, unknown>, args, error);
      if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
      if (!tells) this.trust.doubt();
      if (command.kind !== 'link') this.#timeout.line.allowMore();
      throw error;
    }
  }

  /**
   * After an answer that did not come: whatever is still under way has arrived once a link check sent
   * now is answered, or nothing has come for a while. Not every answer tells what it answers.
   */
  async synchronise(): Promise<void> {
    this.#reader.reset();
    await this.#answersCall();
    await this.waitForQuiet(QUIET_MS, QUIET_LIMIT_MS);
  }

  /** The same; at a rate that a rebooted chip does not have its silence is an answer. */
  async isThere(): Promise<boolean> {
    this.#reader.reset();
    if (!(await this.#answersCall()) && tellsReboots(this.#transport)) return false;
    await this.waitForQuiet(QUIET_MS, QUIET_LIMIT_MS);
    return true;
  }

  async #answersCall(): Promise<boolean> {
    try {
      return await this.sendOnce(linkCheck, undefined);
    } catch (error) {
      if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
      return false;
    }
  }

  /** Calls the chip and waits for nothing. A port that takes no bytes tells so by itself. */
  call(): void {
    this.#calls.sent(this.#clock.now());
    this.#transport.write(encodeRequest(linkCheck, undefined)).catch(() => {});
  }

  /** Sends a command that nothing answers, and waits until it has left. */
  async sendUnanswered<Args>(command: Command<Args, unknown>, args: Args): Promise<void> {
    await this.writeRaw(encodeRequest(command, args));
  }

  /** Writes bytes that are no command, and waits until they have left. */
  async writeRaw(bytes: Buffer): Promise<void> {
    if (this.#lost !== null) throw this.#lost;
    await this.#transport.write(bytes);
    await this.#transport.drain();
  }

  /** Waits until nothing has arrived for `quietMs` (at most `limitMs`), and forgets all that came. */
  async waitForQuiet(quietMs: number, limitMs: number): Promise<void> {
    const end = this.#clock.now() + limitMs;
    const since = this.#clock.now();
    for (;;) {
      const now = this.#clock.now();
      const silent = now - Math.max(this.#lastByteAt, since);
      if (silent >= quietMs || now >= end) break;
      // Not less than 1: a rest that is a rounding error would not let a clock go on.
      await this.pause(Math.max(1, Math.min(quietMs - silent, end - now)));
    }
    this.#reader.reset();
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimeout(resolve, ms);
    });
  }

  /** Changes the rate of the host. A server answers that in its turn, and so tells how late the line is. */
  async setBaudRate(baudRate: number): Promise<void> {
    const begun = this.#clock.now();
    await this.#transport.setBaudRate(baudRate);
    if (this.#transport.roundTripMs) this.#timeout.line.isAtLeast(this.#clock.now() - begun);
  }

  /** Forgets half-arrived answers, as after a change of rate. */
  forgetInput(): void {
    this.#ahead.forget();
    this.#reader.reset();
  }

  #wait<Args, Answer>(
    command: Command<Args, Answer>,
    args: Args,
    options: { patience: () => Patience; isFollowed: boolean; isLimited: boolean },
  ): Promise<Answer> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    if (this.#waiter !== null) throw new Error('one command at a time');
    const { port } = this.#transport;
    const begun = this.#clock.now();
    let look: SecondLook | null = null;
    const waiter = new AnswerWaiter(command, args, port, options.isFollowed, () => {
      timer.stop();
      look?.stop();
      this.#giveUp = null;
      this.#waiter = null;
    });
    this.#waiter = waiter;
    const giveUp = (): void => {
      this.#watch.timeUp(this.#reader.pending);
      // A frame that lost bytes may hide the one that is waited for.
      this.#reader.resync((frame) => void this.#waiter?.take(frame));
      if (this.#waiter === waiter)
        waiter.fail(silent(command, args, this.#clock.now() - begun, port));
    };
    const timer = new SilenceTimer(
      this.#clock,
      options.patience,
      () => (this.#reader.pending > 0 ? this.#lastByteAt : Number.NEGATIVE_INFINITY),
      () => {
        const tells = tellsReboots(this.#transport);
        if (options.isLimited || !this.#timeout.isWorthSecondLook(command, tells)) return giveUp();
        this.#giveUp = giveUp;
        // What has begun to come is not called into: the answer would fill the place of bytes that are lost.
        const hasBegun = this.#reader.pending > 0;
        look = new SecondLook(this.#clock, {
          wayMs: this.lateness + lineTime(this.#ahead.answerBytes, this.#transport.baudRate),
          repeats: !hasBegun && !tells,
          call: () => (hasBegun ? undefined : this.call()),
          onOver: giveUp,
        });
      },
    );
    return waiter.answer;
  }

  #receive(bytes: Buffer): void {
    this.#watch.received(bytes.length);
    this.#lastByteAt = this.#clock.now();
    this.#reader.push(bytes, (frame) => {
      const isCall = answers(linkCheck as Command<never, unknown>, frame);
      const isBehind = isCall && this.#calls.arrived();
      if (this.#waiter?.take(frame)) return this.#watch.claimed(frame);
      if (this.#ahead.take(frame)) return;
      if (isCall) this.#timeout.line.callAnswered(this.#lastByteAt - this.#calls.latest);
      // The chip has answered what was asked before, or has lost it.
      if (isBehind) this.#giveUp?.();
      const late = this.#watch.unclaimed(frame, this.#transport.baudRate, this.#lastByteAt);
      if (late !== null) this.#timeout.learn(late.command, late.args as never, late.took);
    });
  }

  #portLost(reason: Error): void {
    if (this.#lost !== null) return;
    this.#lost =
      reason instanceof BkError
        ? reason
        : new BkError('BK_PORT_LOST', say('session.portWentAway', { port: this.#transport.port }), {
            reason,
          });
    this.#waiter?.fail(this.#lost);
    this.evidence.adapterLost();
  }
}
