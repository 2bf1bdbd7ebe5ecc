import type { Clock } from '../clock';
import { BkError, hex, isBkError, type Phase } from '../errors';
import { invertCrc } from '../protocol/checksum';
import { checkCrc, readJedecId, readRegister } from '../protocol/commands';
import { BAUD_LADDER } from './baud';
import type { Exchanger } from './exchange';
import type { Identity } from './identity';
import { BOOT_BAUD, knock, link } from './link';
import type { SessionReport } from './report';
import type { FilledSettings } from './settings';

/** How often one step is tried before the job gives up. */
export const STEP_TRIES = 5;
/** How long a chip is called at its own rate, ms. */
const STILL_THERE_MS = 60;
/** How long it is called at the boot rate before its reset is tried, ms: a boot window. */
const REBOOTED_MS = 400;
/** After so many line errors the rate goes one rung down. */
const ERRORS_PER_RUNG = 3;
/** So many good steps forgive one line error. */
const STEPS_PER_PARDON = 64;

/** What a job was doing when it lost the chip. */
export interface Step {
  phase: Phase;
  address: number | null;
}

/** What recovery needs of a session. */
export interface Recoverable {
  readonly port: string;
  readonly settings: FilledSettings;
  readonly clock: Clock;
  readonly exchanger: Exchanger;
  readonly identified: boolean;
  readonly identity: Identity;
  readonly workingBaud: number;
  readonly report: SessionReport;
  forgetLocks(): void;
  raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void>;
}

type Found = 'alive' | 'rebooted' | 'relinked';

/** What a lost or wrong answer is answered with: find the chip first, then go on. */
export class Recovery {
  readonly #session: Recoverable;
  #lineErrors = 0;
  #goodSteps = 0;

  constructor(session: Recoverable) {
    this.#session = session;
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
    for (let tries = 0; ; tries++) {
      try {
        const result = await attempt(tries);
        this.#forgive();
        return result;
      } catch (error) {
        if (!isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE', 'BK_CRC_MISMATCH')) throw error;
        if (tries + 1 >= STEP_TRIES) throw gaveUp(error, step, tries + 1);
        await this.#restore(error, step, signal);
      }
    }
  }

  async #restore(error: BkError, step: Step, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    const start = session.clock.now();
    const found = await this.#find(step, signal);
    if (found === 'alive') this.#lineErrors++;
    else await this.#again(step, signal);
    // Whatever happened, the chip may have rebooted inside its boot window: locks count as back.
    session.forgetLocks();
    if (this.#lineErrors >= ERRORS_PER_RUNG) await this.#stepDown(signal);
    session.report.onRecovery({
      address: step.address,
      phase: step.phase,
      cause: error.message,
      action: ACTIONS[found],
      ms: Math.round(session.clock.now() - start),
    });
  }

  /** Is it alive at this rate, rebooted and listening at the boot rate, or does it need a reset? */
  async #find(step: Step, signal: AbortSignal | undefined): Promise<Found> {
    const { exchanger, settings } = this.#session;
    const { transport } = exchanger;
    const working = transport.baudRate;
    exchanger.reset();
    if (await knock(exchanger, STILL_THERE_MS, signal)) {
      await exchanger.quiet(20, 200);
      return 'alive';
    }
    if (working !== BOOT_BAUD && transport.canSetBaudRate) {
      await transport.setBaudRate(BOOT_BAUD);
      exchanger.reset();
    }
    this.#session.report.onPhase('recover', 'The chip stopped answering: calling it again', false);
    if (await knock(exchanger, REBOOTED_MS, signal)) {
      await exchanger.quiet(20, 200);
      return 'rebooted';
    }
    try {
      await link(exchanger, {
        reset: settings.reset,
        timeoutMs: settings.linkTimeout * 1000,
        signal,
        onStep: (message, waits) => this.#session.report.onPhase('recover', message, waits),
      });
    } catch (error) {
      if (isBkError(error, 'BK_NO_LINK')) throw lost(error, step);
      throw error;
    }
    return 'relinked';
  }

  /** After a reboot: the same chip, and the rate of before. */
  async #again(step: Step, signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    if (!session.identified) return;
    const before = session.workingBaud;
    if (!(await sameChip(session))) {
      throw new BkError(
        'BK_WRONG_CHIP',
        `Another chip answers on ${session.port} than the one that this job began with; it was not touched`,
        { phase: 'recover', ...(step.address === null ? {} : { address: step.address }) },
      );
    }
    await session.raiseBaud(before, signal);
  }

  async #stepDown(signal: AbortSignal | undefined): Promise<void> {
    const session = this.#session;
    this.#lineErrors = 0;
    const lower = BAUD_LADDER.find((rate) => rate < session.workingBaud);
    if (lower === undefined) return;
    const from = session.workingBaud;
    await session.raiseBaud(lower, signal);
    session.report.onWarning(
      `The line made errors at ${from} baud; the job went on at ${session.workingBaud}.`,
    );
  }

  #forgive(): void {
    if (++this.#goodSteps % STEPS_PER_PARDON === 0 && this.#lineErrors > 0) this.#lineErrors--;
  }
}

const ACTIONS: Readonly<Record<Found, string>> = {
  alive: 'the chip was still there; the step was repeated',
  rebooted: 'the chip had rebooted; it was caught while it listened, and the step was repeated',
  relinked: 'the chip was reset and linked again, and the step was repeated',
};

async function sameChip(session: Recoverable): Promise<boolean> {
  const { exchanger, identity } = session;
  if (identity.family === 'basic') {
    const crc = invertCrc(await exchanger.run(checkCrc, { start: 0, end: 256 }));
    return crc === Number.parseInt(identity.bootloader.crc, 16);
  }
  // The bootloader of a full chip may be what is being written; its id and its flash are not.
  for (const address of [0x800000, 0x44010004]) {
    const id = await exchanger.run(readRegister, { address });
    if (id.toString(16) !== identity.chipId) continue;
    const jedec = await exchanger.run(readJedecId, undefined);
    return identity.flash.id === null || jedec.toString('hex') === identity.flash.id;
  }
  return false;
}

function gaveUp(error: BkError, step: Step, attempts: number): BkError {
  const where = step.address === null ? '' : ` at ${hex(step.address)}`;
  return new BkError(
    error.code,
    `${error.message}; ${attempts} tries of the ${step.phase}${where} failed. ${GO_ON}`,
    {
      ...details(error),
      phase: step.phase,
      attempts,
      ...(step.address === null ? {} : { address: step.address }),
    },
  );
}

function lost(error: BkError, step: Step): BkError {
  return new BkError(
    'BK_LINK_LOST',
    `The chip stopped answering during the ${step.phase}${step.address === null ? '' : ` at ${hex(step.address)}`} and could not be won back. ${GO_ON}`,
    {
      ...details(error),
      phase: step.phase,
      advice: [
        'Power the module from a 3.3 V supply of its own (500 mA or more) with common ground: a chip that stops in the middle of a job has most often rebooted for want of current.',
        ...error.cause.advice,
      ],
      ...(step.address === null ? {} : { address: step.address }),
    },
  );
}

const GO_ON = 'Send the same message again to go on: what is in place already is not written again';

function details(error: BkError) {
  return { likely: error.cause.likely, advice: error.cause.advice, reason: error };
}
