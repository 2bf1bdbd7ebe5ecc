import type { Evidence } from '../../diagnosis/evidence/evidence';
import { judgeLine, type LineVerdict, lineSentence, SLOW_BAUD } from '../../diagnosis/line-verdict';
import { isBkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import { throwIfAborted } from '../base/abort';
import { BOOT_BAUD } from '../base/link-state';
import type { Exchanger } from '../exchange/exchanger';

/** Told of what is being done, and of what the line carries as soon as that is known. */
export type OnStep = (message: Note, waitsForPerson: boolean, line: LineVerdict | null) => void;

/** How patient whoever looks on is, ms. */
interface Patience {
  /** Before it a verdict would be of firmware that is about to be reset. */
  tell: number;
  /** When it is listened at the slow rate though nothing was heard: drivers keep back what they cannot read. */
  slow: number;
  /** And how long after that once more. */
  again: number;
}

const NEVER = Number.POSITIVE_INFINITY;
/** It is done before a person is asked for a reset, which nobody would hear meanwhile. */
const IN_JOB: Patience = { tell: 2500, slow: NEVER, again: NEVER };
/** Where nothing but a person resets the chip, that may come from the beginning on: so it is done late, ms. */
const SLOW_BY_HAND_MS = 20_000;
const IN_TEST: Patience = { tell: 500, slow: 1500, again: 10_000 };
/** Nobody is told sooner that not one byte came, ms. */
const SILENCE_MS = 3000;

/** How often it is judged, ms. */
const LOOK_MS = 100;
/** What was heard longer ago counts no more: wires may have been changed since. Some talk every 15 s only. */
const FORGET_MS = 20_000;
const KEEP_MS = 1000;
/** Echoes that are enough at any time. */
const SURE_ECHOES = 3;
/** Controllers are called once a second. */
const SLOW_MS = 1300;
const SLICE_MS = 50;
/** A switch that bounces is noise for a moment; what comes again after so many ms is talk. */
const TALK_MS = 500;

type Snapshot = Pick<Evidence, 'heard' | 'received'> & { at: number };
type Heard = Evidence['heard'];

/** Looks on while a chip is called, and says what its line carries instead of what is being tried. */
export class LineWatch {
  readonly #exchanger: Exchanger;
  readonly #onStep: OnStep;
  readonly #patience: Patience;
  readonly #isTest: boolean;
  readonly #start: number;
  readonly #snapshots: Snapshot[] = [];
  #step: { message: Note; waits: boolean } | null = null;
  #verdict: LineVerdict | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #slowAt: number;
  /** What had been heard at the slow rate before the latest time that it was listened to. */
  #slowBefore: Heard;
  /** When noise began, and when it came last. */
  #noise: { bytes: number; since: number; last: number } | null = null;

  /** @param isTest the line is all that is of interest; else a job waits for the chip */
  constructor(exchanger: Exchanger, onStep: OnStep | undefined, isTest: boolean) {
    this.#exchanger = exchanger;
    this.#onStep = onStep ?? (() => {});
    this.#isTest = isTest;
    this.#patience = isTest ? IN_TEST : IN_JOB;
    this.#start = exchanger.clock.now();
    this.#slowAt = this.#start + this.#patience.slow;
    // What a job has heard before its chip was lost is no matter of the line now.
    const { heard, slow, received } = exchanger.evidence.evidence;
    this.#snapshots.push({ at: this.#start, heard, received });
    this.#slowBefore = slow;
  }

  /** Something else is being done; told unless there is more to say of the line. */
  step(message: Note, waits: boolean): void {
    this.#step = { message, waits };
    // What is known already is told with it: asked twice within a moment, somebody resets the chip twice.
    const told = this.#verdict;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    this.look();
    if (isSame(this.#verdict, told)) this.#tell();
  }

  /** All that could be done to reset the chip was done once. @param byHand that was nothing */
  async afterTries(byHand: boolean, signal: AbortSignal | undefined): Promise<void> {
    if (!byHand) await this.listenSlowly(signal, true);
    else if (!this.#isTest) this.#slowAt = this.#start + SLOW_BY_HAND_MS;
  }

  /** Judges the line; to be called often. */
  look(): void {
    const now = this.#exchanger.clock.now();
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const { evidence } = this.#exchanger.evidence;
    this.#noteNoise(evidence, now);
    const verdict = this.#judge(this.#recent(evidence, now), now);
    if (isSame(verdict, this.#verdict)) return;
    this.#verdict = verdict;
    this.#tell();
  }

  /**
   * Listens at the slow rate where that is due; nobody is called meanwhile. To be called when no chip is about to
   * answer; the host is at the boot rate afterwards.
   * @param isGoodMoment nothing is missed by it: it is done unless the line has told all already
   */
  async listenSlowly(signal: AbortSignal | undefined, isGoodMoment = false): Promise<void> {
    const { clock, transport, evidence, watch } = this.#exchanger;
    const now = clock.now();
    if (!transport.canSetBaudRate || !this.#isSlowDue(now, isGoodMoment)) return;
    this.#slowAt = now + this.#patience.again;
    this.#noise = null;
    const listener = transport.onData;
    const before = evidence.evidence.slow;
    watch.astray = true;
    try {
      await transport.setBaudRate(SLOW_BAUD);
      transport.onData = (bytes) => evidence.slowly(bytes);
      const end = clock.now() + SLOW_MS;
      while (clock.now() < end && framesIn(evidence.evidence.slow) === framesIn(before)) {
        throwIfAborted(signal, transport.port);
        if (this.#exchanger.lost !== null) throw this.#exchanger.lost;
        await this.#exchanger.pause(SLICE_MS);
      }
    } catch (error) {
      // Not every adapter has it.
      if (!isBkError(error, 'BK_BAD_SETTING')) throw error;
    } finally {
      transport.onData = listener;
      watch.astray = false;
      this.#slowBefore = before;
      if (transport.baudRate !== BOOT_BAUD) await transport.setBaudRate(BOOT_BAUD);
      this.#exchanger.forgetInput();
    }
    this.look();
  }

  #isSlowDue(now: number, isGoodMoment: boolean): boolean {
    const verdict = this.#verdict;
    // Wires may be mended while they are tested.
    if (verdict?.code === 'tuyaMcu' && verdict.baud === SLOW_BAUD) return now >= this.#slowAt;
    if (verdict !== null && verdict.code !== 'noise' && verdict.code !== 'silence') return false;
    const noise = this.#noise;
    const isTalk = noise !== null && noise.last - noise.since >= TALK_MS;
    return isGoodMoment || now >= this.#slowAt || isTalk;
  }

  #noteNoise({ heard }: Evidence, now: number): void {
    const known = this.#noise;
    if (known === null) this.#noise = { bytes: heard.noise, since: now, last: now };
    else if (heard.noise > known.bytes) {
      const isFirst = known.bytes === 0;
      this.#noise = { bytes: heard.noise, since: isFirst ? now : known.since, last: now };
    }
  }

  #judge(evidence: Evidence, now: number): LineVerdict | null {
    const { canSetBaudRate } = this.#exchanger.transport;
    const verdict = judgeLine(evidence, canSetBaudRate ? BOOT_BAUD : null);
    if (verdict?.code === 'echo' && evidence.heard.echoes >= SURE_ECHOES) return verdict;
    if (now - this.#start < this.#patience.tell) return null;
    // A chip that runs is silent until it is reset: that is worth a word only where somebody is to do so.
    const mayRun = verdict?.code === 'silence';
    if (mayRun && !this.#isTest && this.#step?.waits !== true) return null;
    if (mayRun && now - this.#start < SILENCE_MS) return null;
    return verdict;
  }

  /** The same without what was heard long ago. */
  #recent(evidence: Evidence, now: number): Evidence {
    const { heard, slow, received } = evidence;
    const latest = this.#snapshots.at(-1);
    if (latest === undefined || now - latest.at >= KEEP_MS)
      this.#snapshots.push({ at: now, heard, received });
    while ((this.#snapshots[1]?.at ?? now) <= now - FORGET_MS) this.#snapshots.shift();
    const [old = { heard, received }] = this.#snapshots;
    return {
      ...evidence,
      heard: less(heard, old.heard),
      slow: less(slow, this.#slowBefore),
      received: received - old.received,
    };
  }

  #tell(): void {
    if (this.#step === null) return;
    const { message, waits } = this.#step;
    const line = this.#verdict;
    // In a job the reset is what is most likely missing.
    const isAside = line?.code === 'silence' && !this.#isTest;
    if (line === null) this.#onStep(message, waits, null);
    else if (isAside) this.#onStep(say('session.resetByHandSilent'), true, line);
    else this.#onStep(lineSentence(line), true, line);
  }
}

function framesIn({ tuyaFrames, controllerFrames }: Heard): number {
  return tuyaFrames + controllerFrames;
}

function less(now: Heard, then: Heard): Heard {
  const { excerpt, ...counts } = now;
  const names = Object.keys(counts) as (keyof typeof counts)[];
  const left = names.map((name) => [name, now[name] - then[name]] as const);
  return { ...(Object.fromEntries(left) as typeof counts), excerpt };
}

function isSame(one: LineVerdict | null, other: LineVerdict | null): boolean {
  if (one?.code !== other?.code) return false;
  if (one?.code !== 'tuyaMcu' || other?.code !== 'tuyaMcu') return true;
  return one.baud === other.baud;
}
