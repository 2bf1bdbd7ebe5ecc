import type { Clock } from '../../clock';
import type { Drop, Found as EvidenceFound, Fault } from '../../diagnosis/evidence/evidence';
import { type BkError, isBkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Transport } from '../../transport/transport';
import type { Identity } from '../base/identity';
import type { SessionReport } from '../base/report';
import type { FilledSettings } from '../base/settings';
import { changesFlash, type Step } from '../base/step';
import { BAUD_LADDER } from '../baud/baud';
import type { Exchanger } from '../exchange/exchanger';
import type { Fingerprint } from '../identify/fingerprint';
import { sameChip } from '../identify/same-chip';
import { BOOT_BAUD, knock, link } from '../link/link';
import { gaveUp, lost, otherChip } from './recovery-errors';

/** How often an erase or a program is tried without any progress before the job gives up. */
export const CHANGE_TRIES = 5;
/**
 * The same where chance had a hand in it each time and nothing was worn by it: the chip rebooted, or a
 * line spoilt what was only read. The next time it may not.
 */
export const CHANCE_TRIES = 12;
/** How long a chip is called at one rate before the other one is tried, ms. */
const CALL_MS = 25;
/** A rebooted chip listens for some hundred milliseconds: so long it is called at least. */
const BOOT_WINDOW_MS = 450;
/** After so many line errors the rate goes one rung down. */
const ERRORS_PER_RUNG = 3;
/** So many good steps forgive one line error. */
const STEPS_PER_PARDON = 64;
/** A supply that has just broken down gets this long to recover for each time it did, ms, up to a limit. */
const REST_MS = 100;
const LONGEST_REST_MS = 1000;

/** What recovery needs of a session. */
export interface Recoverable {
  readonly port: string;
  readonly settings: FilledSettings;
  readonly clock: Clock;
  readonly exchanger: Exchanger;
  readonly identified: boolean;
  readonly identity: Identity;
  readonly fingerprint: Fingerprint | null;
  readonly workingBaud: number;
  readonly report: SessionReport;
  /** Opens the port again after it was lost. @throws BkError BK_PORT_LOST when it does not come back */
  reopen(signal: AbortSignal | undefined): Promise<Transport>;
  forgetLocks(): void;
  raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void>;
}

type Found = Exclude<EvidenceFound, 'lost'>;

const RECOVERABLE = [
  'BK_NO_RESPONSE',
  'BK_BAD_RESPONSE',
  'BK_CRC_MISMATCH',
  'BK_PORT_LOST',
] as const;

/** What a lost or wrong answer is answered with: find the chip first, then go on. */
export class Recovery {
  readonly #session: Recoverable;
  #lineErrors = 0;
  #goodSteps = 0;
  #reboots = 0;
  /** The chip answered only after it had been called for a while. */
  #wasBusy = false;
  /** The chip was found anew, and it is not known yet whether it is the same one. */
  #anew = false;

  constructor(session: Recoverable) {
    this.#session = session;
  }

  /** How often the chip was found rebooted. */
  get reboots(): number {
    return this.#reboots;
  }

  /**
   * Runs one step of a job until it succeeds, winning the link back between tries. `attempt` gets the
   * number of the try and has to look at what flash holds before it repeats a change.
   */
  async run<T>(
    step: Step,
    signal: AbortSignal | undefined,
    attempt: (tries: number) => Promise<T>,
  ): Promise<T> {
    const failures = { alive: 0, rebooted: 0 };
    for (let tries = 0; ; tries++) {
      try {
        const result = await attempt(tries);
        this.#forgive();
        return result;
      } catch (error) {
        await this.#winBack(error, step, signal, failures);
      }
    }
  }

  /** Bytes arrived changed at the chip without any exchange failing: that is the line's error as well. */
  async blameLine(signal: AbortSignal | undefined): Promise<void> {
    this.#lineErrors++;
    if (this.#lineErrors >= ERRORS_PER_RUNG) await this.#stepDown(signal);
  }

  /** Errors on the way back count as failures of the step, like the one that began it. */
  async #winBack(
    first: unknown,
    step: Step,
    signal: AbortSignal | undefined,
    failures: { alive: number; rebooted: number },
  ): Promise<void> {
    let error = first;
    for (;;) {
      if (!isBkError(error, ...RECOVERABLE)) throw error;
      const limit = changesFlash(step) ? CHANGE_TRIES : CHANCE_TRIES;
      const failed = failures.alive + failures.rebooted + 1;
      if (failures.alive >= limit - 1 || failed >= CHANCE_TRIES) throw gaveUp(error, step, failed);
      try {
        const found = await this.#restore(error, step, signal);
        failures[found === 'alive' && this.#tellsReboots ? 'alive' : 'rebooted']++;
        return;
      } catch (again) {
        // Waiting longer for a port that did not come back is nobody's wish.
        if (isBkError(again, 'BK_PORT_LOST') && this.#session.exchanger.lost !== null) throw again;
        // Going back to a working rate may cost a link that nobody wins back: the job had one.
        if (isBkError(again, 'BK_NO_LINK')) throw lost(again, step);
        failures.alive++;
        error = again;
      }
    }
  }

  /** A chip that works at the boot rate looks the same before and after a reboot. */
  get #tellsReboots(): boolean {
    const { canSetBaudRate, baudRate } = this.#session.exchanger.transport;
    return canSetBaudRate && baudRate !== BOOT_BAUD;
  }

  async #restore(error: BkError, step: Step, signal: AbortSignal | undefined): Promise<Found> {
    const session = this.#session;
    const { evidence } = session.exchanger;
    const start = session.clock.now();
    const drop = dropOf(error, step, session);
    let found: Found;
    try {
      found = await this.#find(step, signal);
    } catch (reason) {
      evidence.drop({ ...drop, busy: false, found: 'lost' });
      throw reason;
    }
    evidence.drop({ ...drop, busy: found === 'alive' && this.#wasBusy, found });
    // Whatever happened, the chip may have rebooted inside its boot window: locks count as back.
    session.forgetLocks();
    if (found !== 'alive') {
      this.#anew = true;
      if (session.identified) this.#reboots++;
    } else if (!this.#anew && error.details.refusal === undefined) {
      session.exchanger.beMorePatient();
      // A chip that was at work all the while is slow, and the line is not to blame.
      if (!this.#wasBusy) this.#lineErrors++;
    }
    // Also where the last look at it was cut short: nothing is done to a chip before it is known.
    if (this.#anew) await this.#again(step, signal);
    if (this.#lineErrors >= ERRORS_PER_RUNG) await this.#stepDown(signal);
    session.report.onRecovery({
      address: step.address,
      phase: step.phase,
      cause: error.text,
      action: ACTIONS[found],
      ms: Math.round(session.clock.now() - start),
    });
    return found;
  }

  /** Is it alive at this rate, rebooted and listening at the boot rate, or does it need a reset? */
  async #find(step: Step, signal: AbortSignal | undefined): Promise<Found> {
    const session = this.#session;
    const { exchanger, clock } = session;
    const start = clock.now();
    if (exchanger.lost !== null) {
      await exchanger.transport.close();
      session.report.onPhase('recover', say('session.portGone', { port: session.port }), true);
      exchanger.attach(await session.reopen(signal));
      exchanger.evidence.adapterBack();
      await this.#link(step, start, signal);
      return 'replugged';
    }
    const found = await this.#call(step, signal);
    if (found !== null) return found;
    await this.#link(step, start, signal);
    return 'relinked';
  }

  /**
   * Calls the chip in turn at the rate of before and at the boot rate, for as long as it can be busy or
   * listen after a boot.
   */
  async #call(step: Step, signal: AbortSignal | undefined): Promise<Found | null> {
    const { exchanger, clock, report } = this.#session;
    const { transport } = exchanger;
    const working = transport.baudRate;
    const end = Math.max(exchanger.busyUntil, clock.now() + BOOT_WINDOW_MS);
    const twoRates = transport.canSetBaudRate && working !== BOOT_BAUD;
    // A chip reboots in the middle of an erase or a program: then its boot window is running out.
    const bootFirst = changesFlash(step);
    const rates = !twoRates ? [working] : bootFirst ? [BOOT_BAUD, working] : [working, BOOT_BAUD];
    let told = false;
    do {
      for (const baudRate of rates) {
        if (transport.baudRate !== baudRate) await transport.setBaudRate(baudRate);
        exchanger.reset();
        if (!(await knock(exchanger, CALL_MS, signal))) continue;
        await exchanger.quiet(20, 200);
        this.#wasBusy = told;
        return twoRates && baudRate === BOOT_BAUD ? 'rebooted' : 'alive';
      }
      if (!told) report.onPhase('recover', say('session.callingAgain'), false);
      told = true;
    } while (clock.now() < end);
    return null;
  }

  /** The link from the start, within what is left of the link time-out. */
  async #link(step: Step, since: number, signal: AbortSignal | undefined): Promise<void> {
    const { exchanger, settings, clock, report } = this.#session;
    const { transport } = exchanger;
    if (transport.canSetBaudRate && transport.baudRate !== BOOT_BAUD) {
      await transport.setBaudRate(BOOT_BAUD);
    }
    exchanger.reset();
    try {
      await link(exchanger, {
        reset: settings.reset,
        timeoutMs: Math.max(0, settings.linkTimeout * 1000 - (clock.now() - since)),
        signal,
        onStep: (message, waits) => report.onPhase('recover', message, waits),
      });
    } catch (error) {
      if (isBkError(error, 'BK_NO_LINK')) throw lost(error, step);
      throw error;
    }
  }

  /** After a reboot: the same chip, time for its supply, and the rate of before. */
  async #again(step: Step, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    if (!session.identified) {
      this.#anew = false;
      return;
    }
    const before = session.workingBaud;
    if (!(await sameChip(session))) {
      throw otherChip(session.port, step);
    }
    await session.exchanger.pause(Math.min(LONGEST_REST_MS, REST_MS * this.#reboots));
    await session.raiseBaud(before, signal);
    this.#anew = false;
  }

  async #stepDown(signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    this.#lineErrors = 0;
    const lower = BAUD_LADDER.find((rate) => rate < session.workingBaud);
    if (lower === undefined || !session.identified) return;
    const from = session.workingBaud;
    await session.raiseBaud(lower, signal);
    session.report.onWarning(say('session.lineMadeErrors', { from, baud: session.workingBaud }));
  }

  #forgive(): void {
    if (++this.#goodSteps % STEPS_PER_PARDON === 0 && this.#lineErrors > 0) this.#lineErrors--;
  }
}

const ACTIONS: Readonly<Record<Found, Note>> = {
  alive: say('session.wasStillThere'),
  rebooted: say('session.hadRebooted'),
  relinked: say('session.wasReset'),
  replugged: say('session.portCameBack'),
};

/** What is known of a failure before anybody looks after the chip. */
function dropOf(
  error: BkError,
  step: Step,
  { exchanger }: Recoverable,
): Omit<Drop, 'found' | 'busy' | 'carriedOut'> {
  const { kind, received, brokenOff } = exchanger.watch.lastFailure;
  const checksum = isBkError(error, 'BK_CRC_MISMATCH');
  return {
    address: step.address,
    phase: step.phase,
    baud: exchanger.transport.baudRate,
    kind: checksum ? 'checksum' : faultOf(error, received, brokenOff),
    command: checksum ? null : kind,
    received,
  };
}

function faultOf(error: BkError, received: number, brokenOff: boolean): Fault {
  if (isBkError(error, 'BK_BAD_RESPONSE')) return 'refused';
  if (brokenOff) return 'short';
  return received > 0 ? 'garbled' : 'silence';
}
