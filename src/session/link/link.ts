import type { Clock } from '../../clock';
import { diagnose } from '../../diagnosis/diagnose';
import { BkError, isBkError } from '../../errors';
import { encodeRequest, linkCheck } from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import { say } from '../../texts/note';
import { throwIfAborted } from '../base/abort';
import { BOOT_BAUD } from '../base/link-state';
import type { ResetMethod } from '../base/settings';
import type { Exchanger } from '../exchange/exchanger';
import { LineWatch, type OnStep } from './line-watch';
import { type ResetStrategy, resetStrategies, restingLines } from './reset';

/** Pause between two link checks, ms: as fast as answers could come through a USB adapter. */
const SPACING_MS = 5;
/** A chip that is in download mode already answers at once. */
const FIRST_LISTEN_MS = 150;
/** How long a left-over rate is tried; a chip in download mode needs one answer. */
const OTHER_BAUD_MS = 30;
/** How long to listen before the reset is tried again, and how often a waiting person is told. */
const WAIT_MS = 3000;
/** While a person is waited for: how often it is looked whether another rate has to be listened at, ms. */
const BETWEEN_LOOKS_MS = 500;
/** After the first answer copies of it may still be under way; this much silence ends them. */
const QUIET_MS = 20;
const QUIET_LIMIT_MS = 300;

/** Rates at which other tools leave a chip in download mode. */
const LEFT_OVER_BAUDS = [921_600, 460_800, 230_400, 1_500_000, 2_000_000, 1_000_000, 500_000];

export interface LinkOptions {
  reset: ResetMethod;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Told whenever what is being done changes, and what the line carries. */
  onStep?: OnStep | undefined;
  /** The line is all that is of interest: it is told at once what it carries. */
  isTest?: boolean | undefined;
}

export interface LinkOutcome {
  /** What it took: `listening` was in download mode already. */
  by: 'listening' | 'lines' | 'firmware' | 'person';
  ms: number;
}

/**
 * Calls the chip until it answers, resetting it by the means that are set, then asking a person.
 * The host must be at BOOT_BAUD; it is at the chip's rate afterwards.
 * @throws BkError BK_NO_LINK when the time is over, BK_CANCELLED, BK_PORT_LOST
 */
export async function link(exchanger: Exchanger, options: LinkOptions): Promise<LinkOutcome> {
  const { clock } = exchanger;
  const start = clock.now();
  const end = start + options.timeoutMs;
  const line = new LineWatch(exchanger, options.onStep, options.isTest ?? false);
  const call = new Call(exchanger, line, end, options.signal);
  const linked = async (by: LinkOutcome['by']): Promise<LinkOutcome> => {
    await exchanger.waitForQuiet(QUIET_MS, QUIET_LIMIT_MS);
    exchanger.learnLatency();
    return { by, ms: clock.now() - start };
  };

  line.step(say('session.calling', { port: exchanger.transport.port }), false);
  await exchanger.transport.setLines(restingLines(options.reset));
  if (await call.listen(FIRST_LISTEN_MS)) return linked('listening');

  const strategies = resetStrategies(options.reset);
  for (let round = 0; clock.now() < end; round++) {
    for (const strategy of strategies) {
      // Whoever was asked for something is left to it.
      if (round === 0) line.step(say('session.noAnswerYet', { attempt: strategy.name }), false);
      let answered = false;
      try {
        answered = await call.reset(strategy);
      } finally {
        // A line left asserted could hold the chip in reset for as long as a person tries, or
        // after a cancel. A chip that answers has the lines as it needs them.
        if (!answered) await exchanger.transport.setLines(restingLines(options.reset));
      }
      if (answered) return linked(strategy.by);
      await line.listenSlowly(options.signal);
    }
    if (round === 0) {
      if (await call.tryOtherBauds()) return linked('listening');
      await line.afterTries(!call.hasReset, options.signal);
    }
    line.step(say('session.resetByHand'), true);
    // Without a reset wire there is nothing to alternate with: the person has all the time left.
    const patience = strategies.length === 0 ? end - clock.now() : WAIT_MS;
    if (await call.wait(patience)) return linked('person');
  }
  throw noLink(exchanger, options.timeoutMs);
}

/**
 * Repeats LinkCheck for so many milliseconds.
 * @param onSilence called after each that is not answered
 * @returns true as soon as one is answered
 */
export async function answersWithin(
  exchanger: Exchanger,
  forMs: number,
  signal?: AbortSignal,
  onSilence: () => void = () => {},
): Promise<boolean> {
  const { clock } = exchanger;
  // An answer to the last call is heard as well where adapters and networks keep it back.
  const end = clock.now() + forMs + exchanger.lateness;
  const request = encodeRequest(linkCheck, undefined).length;
  const spacing =
    SPACING_MS + lineTime(request + linkCheck.answerBytes, exchanger.transport.baudRate);
  while (clock.now() < end) {
    throwIfAborted(signal, exchanger.transport.port);
    try {
      return await exchanger.sendOnce(linkCheck, undefined, spacing);
    } catch (error) {
      if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
    }
    onSilence();
  }
  return false;
}

/**
 * Goes on calling while a port takes long to do something: where a network carries it, a chip that was reset by it has
 * stopped listening by the time that it is known to be done. What answers meanwhile may have been called before.
 */
export async function callUntil<T>(
  exchanger: Exchanger,
  done: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  while (!(await settlesWithin(exchanger.clock, done, SPACING_MS))) {
    throwIfAborted(signal, exchanger.transport.port);
    exchanger.call();
  }
  return done;
}

function settlesWithin(clock: Clock, done: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(false), ms);
    const settled = (): void => {
      clock.clearTimeout(timer);
      resolve(true);
    };
    done.then(settled, settled);
  });
}

class Call {
  readonly #exchanger: Exchanger;
  readonly #line: LineWatch;
  readonly #end: number;
  readonly #signal: AbortSignal | undefined;
  /** Something was done that resets some chips: not every port has lines. */
  hasReset = false;

  constructor(exchanger: Exchanger, line: LineWatch, end: number, signal: AbortSignal | undefined) {
    this.#exchanger = exchanger;
    this.#line = line;
    this.#end = end;
    this.#signal = signal;
  }

  listen(ms: number): Promise<boolean> {
    const left = this.#end - this.#exchanger.clock.now();
    const look = () => this.#line.look();
    return answersWithin(this.#exchanger, Math.min(ms, left), this.#signal, look);
  }

  /** The same for long, with a look at the line now and then. */
  async wait(ms: number): Promise<boolean> {
    const { clock } = this.#exchanger;
    const end = Math.min(clock.now() + ms, this.#end);
    // A rest that is a rounding error would not let a clock go on.
    while (end - clock.now() >= 1) {
      if (await this.listen(Math.min(BETWEEN_LOOKS_MS, end - clock.now()))) return true;
      await this.#line.listenSlowly(this.#signal);
    }
    return this.listen(end - clock.now());
  }

  async reset(strategy: ResetStrategy): Promise<boolean> {
    for (const step of strategy.steps) {
      if (step.lines && !(await this.#calling(this.#exchanger.transport.setLines(step.lines))))
        return false;
      this.hasReset = true;
      if (step.bytes) await this.#calling(this.#exchanger.writeRaw(step.bytes));
      if (await this.listen(step.listenMs)) return true;
    }
    return false;
  }

  #calling<T>(done: Promise<T>): Promise<T> {
    return callUntil(this.#exchanger, done, this.#signal);
  }

  /** A chip keeps its rate until it reboots, and another tool may have left it at a fast one. */
  async tryOtherBauds(): Promise<boolean> {
    const { transport, watch } = this.#exchanger;
    if (!transport.canSetBaudRate) return false;
    // Text that is heard at a wrong rate looks like a bad line: it must not count as evidence.
    watch.astray = true;
    try {
      for (const baudRate of LEFT_OVER_BAUDS) {
        if ((await this.#takes(baudRate)) && (await this.listen(OTHER_BAUD_MS))) return true;
      }
      await this.#exchanger.setBaudRate(BOOT_BAUD);
      this.#exchanger.forgetInput();
      return false;
    } finally {
      watch.astray = false;
    }
  }

  /** @returns false where it is not this adapter's rate */
  async #takes(baudRate: number): Promise<boolean> {
    try {
      await this.#exchanger.setBaudRate(baudRate);
      return true;
    } catch (error) {
      if (isBkError(error, 'BK_BAD_SETTING')) return false;
      throw error;
    }
  }
}

function noLink(exchanger: Exchanger, timeoutMs: number): BkError {
  const { likely, advice: told } = diagnose(exchanger.evidence.evidence);
  // A link that had no time at all has seen nothing.
  const [first = say('session.adviseResetByHand'), ...more] = told;
  const seconds = Math.round(timeoutMs / 1000);
  return new BkError(
    'BK_NO_LINK',
    say('session.noLink', { port: exchanger.transport.port, seconds, advice: first }),
    { phase: 'link', likely, advice: [first, ...more] },
  );
}
