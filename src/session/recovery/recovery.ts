import type { Drop } from '../../diagnosis/evidence/evidence';
import { type BkError, isBkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Identity } from '../base/identity';
import { type LinkState, tellsReboots } from '../base/link-state';
import { changesFlash, type Step } from '../base/step';
import type { Exchanger } from '../exchange/exchanger';
import type { Fingerprint } from '../identify/fingerprint';
import { sameChip } from '../identify/same-chip';
import { type Findable, type FoundChip, findChip } from './chip-finder';
import { chipLost, gaveUp, otherChip } from './recovery-errors';
import {
  afterFailure,
  afterFinding,
  afterLineError,
  afterRecovery,
  afterSuccess,
  CLEAN_RECORD,
  type Found,
  type LinkRecord,
  NO_FAILURES,
  type StepFailures,
} from './recovery-policy';

/** What recovery needs of a session. */
export interface Recoverable extends Findable {
  readonly state: LinkState;
  readonly identity: Identity;
  readonly fingerprint: Fingerprint | null;
  readonly workingBaud: number;
  forgetLocks(): void;
  raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void>;
  /** The chip may be another one from here on. */
  mistrustChip(): void;
  /** It is the one that was identified, and has its rate again. */
  recogniseChip(): void;
}

/**
 * What a lost or wrong answer is answered with: find the chip first, then go on. What is to be done is the
 * policy's to say; here it is done.
 */
export class Recovery {
  readonly #session: Recoverable;
  #record: LinkRecord = CLEAN_RECORD;

  constructor(session: Recoverable) {
    this.#session = session;
  }

  /** How often the chip was found rebooted. */
  get reboots(): number {
    return this.#record.reboots;
  }

  /**
   * Runs one step of a job until it succeeds, winning the link back between tries. `attempt` has to look at what
   * flash holds before it repeats a change.
   */
  async run<T>(step: Step, signal: AbortSignal | undefined, attempt: () => Promise<T>): Promise<T> {
    let failures = NO_FAILURES;
    for (;;) {
      try {
        await this.#mustBeKnown(step);
        const result = await attempt();
        // What was answered before and after a break is one chip's word only if it is the same one now.
        await this.#mustBeKnown(step);
        this.#record = afterSuccess(this.#record);
        return result;
      } catch (error) {
        failures = await this.#winBack(error, step, signal, failures);
      }
    }
  }

  /** Bytes arrived changed at the chip without any exchange failing: that is the line's error as well. */
  async blameLine(signal: AbortSignal | undefined): Promise<void> {
    const { state, workingBaud } = this.#session;
    const { record, action } = afterLineError(this.#record, state, workingBaud);
    this.#record = record;
    if (action.kind === 'stepDown') await this.#stepDown(action.baudRate, signal);
  }

  /** @returns the step's failures until now, the one that began it among them */
  async #winBack(
    first: unknown,
    step: Step,
    signal: AbortSignal | undefined,
    before: StepFailures,
  ): Promise<StepFailures> {
    const session = this.#session;
    let failures = before;
    let error = first;
    let during: 'try' | 'winning back' = 'try';
    for (;;) {
      const isPortGone = session.exchanger.lost !== null;
      const decided = afterFailure(failures, { error, during, isPortGone, step });
      failures = decided.failures;
      const { action } = decided;
      if (action.kind === 'passOn') throw action.error;
      if (action.kind === 'declareLost') throw chipLost(action.error, step);
      if (action.kind === 'giveUp') throw gaveUp(action.error, step, action.attempts);
      try {
        const found = await this.#restore(action.error, step, signal);
        return afterRecovery(failures, found, tellsReboots(session.exchanger.transport));
      } catch (again) {
        error = again;
        during = 'winning back';
      }
    }
  }

  async #restore(error: BkError, step: Step, signal: AbortSignal | undefined): Promise<Found> {
    const session = this.#session;
    const { exchanger, clock, state, workingBaud } = session;
    const start = clock.now();
    const { found, wasBusy } = await this.#find(error, step, signal);
    // Whatever happened, the chip may have rebooted inside its boot window: locks count as back.
    session.forgetLocks();
    if (found !== 'alive') session.mistrustChip();
    // Of an erase or a program it is the flash; of anything else a line can have made it.
    const hasRefused = changesFlash(step) && error.details.refusal !== undefined;
    const finding = { found, wasBusy, hasRefused, state, workingBaud };
    const { record, action, isSlow } = afterFinding(this.#record, finding);
    this.#record = record;
    if (isSlow) exchanger.allowMoreTime();
    if (action.kind === 'stepDown') await this.#stepDown(action.baudRate, signal);
    if (action.kind === 'recognise') await this.#recognise(action.restMs, step, signal);
    session.report.onRecovery({
      address: step.address,
      phase: step.phase,
      cause: error.text,
      action: ACTIONS[found],
      ms: Math.round(clock.now() - start),
    });
    return found;
  }

  /** Finds the chip, and takes down as what. */
  async #find(error: BkError, step: Step, signal: AbortSignal | undefined): Promise<FoundChip> {
    const { evidence } = this.#session.exchanger;
    const drop = dropOf(error, step, this.#session.exchanger);
    try {
      const chip = await findChip(this.#session, step, signal);
      evidence.drop({ ...drop, busy: chip.wasBusy, found: chip.found });
      return chip;
    } catch (reason) {
      evidence.drop({ ...drop, busy: false, found: 'lost' });
      throw reason;
    }
  }

  /** After any silence that a reboot could explain: nothing is asked of a chip, or believed, before it is known again. */
  async #mustBeKnown(step: Step): Promise<void> {
    const session = this.#session;
    if (session.exchanger.trust.isSure) return;
    if (!(await sameChip(session))) throw otherChip(session.port, step);
    // What it was silent for may have been a reboot.
    session.forgetLocks();
  }

  /** After a reboot: the same chip, time for its supply, and the rate of before. */
  async #recognise(restMs: number, step: Step, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const before = session.workingBaud;
    if (!(await sameChip(session))) throw otherChip(session.port, step);
    await session.exchanger.pause(restMs);
    await session.raiseBaud(before, signal);
    session.recogniseChip();
  }

  async #stepDown(baudRate: number, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const from = session.workingBaud;
    await session.raiseBaud(baudRate, signal);
    session.report.onWarning(say('session.lineMadeErrors', { from, baud: session.workingBaud }));
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
  exchanger: Exchanger,
): Omit<Drop, 'found' | 'busy' | 'carriedOut'> {
  const { kind, received } = exchanger.watch.lastFailure;
  const checksum = isBkError(error, 'BK_CRC_MISMATCH');
  return {
    address: step.address,
    phase: step.phase,
    baud: exchanger.transport.baudRate,
    kind: checksum ? 'checksum' : exchanger.watch.faultOf(error),
    command: checksum ? null : kind,
    received,
  };
}
