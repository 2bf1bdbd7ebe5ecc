import { isDeepStrictEqual } from 'node:util';
import { isBkError } from '../errors';
import type { Identity } from './base/identity';
import { BOOT_BAUD } from './base/link-state';
import type { SessionReport } from './base/report';
import type { FilledSettings } from './base/settings';
import type { Step } from './base/step';
import { nextBaud } from './baud/baud-ladder';
import type { BaudMemory } from './baud/baud-memory';
import type { Exchanger } from './exchange/exchanger';
import { chipLine, mustBeExpected, noteIdentity } from './identify/expected-chip';
import { Fingerprint } from './identify/fingerprint';
import { type BootloaderLook, identify, lookAtBootloader } from './identify/identify';
import { asMet, meetAgain } from './identify/met-chip';
import { Flash } from './memory/flash';
import { neverTheSame } from './recovery/recovery-errors';

const IDENTIFYING = { phase: 'identify', address: null } as const;
/** So often a chip is looked at that may have been changed for another one meanwhile. */
const MOST_LOOKS = 5;

/** What getting to know a chip needs of its session. */
export interface Introducible {
  readonly exchanger: Exchanger;
  readonly settings: Pick<FilledSettings, 'chip' | 'baud' | 'record'>;
  readonly port: string;
  readonly report: Pick<SessionReport, 'decisions'>;
  readonly workingBaud: number;
  /** What is remembered of this chip on this port; the chip is known by its bootloader from the first question on. */
  readonly memory: BaudMemory;
  readonly identity: Identity;
  readonly flash: Flash;
  readonly fingerprint: Fingerprint | null;
  step<T>(
    step: Step,
    signal: AbortSignal | undefined,
    attempt: (tries: number) => Promise<T>,
  ): Promise<T>;
  raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void>;
  /** The first question was answered. */
  seen(look: BootloaderLook): void;
  identified(identity: Identity, flash: Flash): void;
  fingerprinted(fingerprint: Fingerprint): void;
  atRate(baudRate: number): void;
}

/** How a session comes to know its chip, in as few questions as safety needs. */
export class Introduction {
  readonly #session: Introducible;
  /** What the chip was found to be, before anything was expected of it. */
  #found: Identity | null = null;

  constructor(session: Introducible) {
    this.#session = session;
  }

  /** Identifies a chip that has just been linked, compares it with what is expected, and goes to the working rate. */
  async run(signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const { trust } = session.exchanger;
    let { breaks } = trust;
    const look = await session.step(IDENTIFYING, signal, () => lookAtBootloader(session.exchanger));
    session.seen(look);
    if ((await this.#meetAgain(look)) && trust.breaks === breaks) {
      trust.vouch(breaks);
      return;
    }
    breaks = trust.breaks;
    await this.#identifyFast(look, signal);
    await this.#takeFingerprint(signal);
    for (let looks = 2; trust.breaks !== breaks; looks++) {
      if (looks > MOST_LOOKS) throw neverTheSame(session.port, MOST_LOOKS);
      const before = { identity: session.identity, marks: session.fingerprint?.marks };
      breaks = trust.breaks;
      await this.#identify(signal);
      await this.#takeFingerprint(signal);
      const now = { identity: session.identity, marks: session.fingerprint?.marks };
      if (isDeepStrictEqual(now, before)) break;
    }
    trust.vouch(trust.breaks);
    session.memory.met =
      this.#found && session.fingerprint && asMet(this.#found, session.fingerprint);
  }

  /** To be called at the end of a job: it may have found the MAC, or have changed what the chip is known by. */
  remember(): void {
    const { memory, identity, fingerprint } = this.#session;
    if (memory.met === null) return;
    // What the job has written may be there besides.
    const isAsMet = [...memory.met.marks].every(([address, mark]) =>
      isDeepStrictEqual(fingerprint?.marks.get(address), mark),
    );
    if (isAsMet) memory.met.identity.calibration = identity.calibration;
    else memory.met = null;
  }

  /** A chip that this process has met on this port is asked only whether it is that one. */
  async #meetAgain(look: BootloaderLook): Promise<boolean> {
    const session = this.#session;
    const { exchanger, settings, memory } = session;
    const { met, proved } = memory;
    // A whole record has to begin with what a stranger would ask.
    if (settings.record === 'all') return false;
    if (met === null || proved === null || !exchanger.transport.canSetBaudRate) return false;
    const isBest =
      settings.baud === proved ||
      (settings.baud === 'auto' && nextBaud('auto', new Set([proved]), memory.failed()) === null);
    if (!isBest || Number.parseInt(met.identity.bootloader.crc, 16) !== look.crc) return false;
    const again = await meetAgain(exchanger, met, proved);
    if (again === null) return false;
    exchanger.evidence.baudTried(proved, 'proved');
    this.#take(again.identity, again.flash);
    session.fingerprinted(again.fingerprint);
    session.atRate(proved);
    return true;
  }

  /** The questions are many, and the boot rate is slow: so it goes up before them. */
  async #identifyFast(look: BootloaderLook, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const { baud } = session.settings;
    await session.raiseBaud(baud, signal);
    try {
      await this.#identify(signal, look);
    } catch (error) {
      // A rate that has proved itself may be no good all the same; what the chip is hangs on no rate.
      const isLine = isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE');
      if (!isLine || session.exchanger.transport.baudRate === BOOT_BAUD) throw error;
      await session.raiseBaud(BOOT_BAUD, signal);
      await this.#identify(signal, look);
    }
    // The chip may have rebooted on the way, and has its boot rate then.
    if (session.exchanger.transport.baudRate !== session.workingBaud)
      await session.raiseBaud(baud, signal);
  }

  /** Finds out what chip answers. @param look the answer to the first question, where that was just asked */
  async #identify(signal: AbortSignal | undefined, look?: BootloaderLook): Promise<void> {
    const { exchanger } = this.#session;
    const identity = await this.#session.step(IDENTIFYING, signal, (tries) =>
      identify(exchanger, tries === 0 ? look : undefined),
    );
    this.#take(identity, new Flash(exchanger, identity));
  }

  #take(identity: Identity, flash: Flash): void {
    const { exchanger, settings, port, report } = this.#session;
    report.decisions?.decide(chipLine(identity));
    this.#found = { ...identity, warnings: [...identity.warnings] };
    this.#session.identified(identity, flash);
    noteIdentity(exchanger.evidence, identity, settings.chip);
    mustBeExpected(identity, settings.chip, port);
  }

  /** Looks at what tells it from others of its model. */
  async #takeFingerprint(signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const take = () => Fingerprint.take(session.flash);
    session.fingerprinted(await session.step(IDENTIFYING, signal, take));
  }
}
