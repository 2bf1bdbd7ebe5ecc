import type { Clock } from '../../clock';
import { BkError, isBkError, type Phase } from '../../errors';
import { say } from '../../texts/note';
import type { Transport } from '../../transport/transport';
import type { RecoveryRecord, SessionReport } from '../base/report';
import type { FilledSettings } from '../base/settings';
import type { Exchanger } from '../exchange/exchanger';
import { GO_ON } from './recovery-errors';

/** A port that goes away while what was lost with it is being won back gets so many chances more. */
const CHANCES = 5;
/** Time that is left for the port and for the link even when the one before has used it up, ms. */
const LEAST_WAIT_MS = 1_000;
const LEAST_LINK_MS = 4_000;

/** What waiting for a port needs of a session. */
export interface Reconnectable {
  readonly port: string;
  readonly settings: Pick<FilledSettings, 'linkTimeout'>;
  readonly clock: Clock;
  readonly exchanger: Exchanger;
  readonly report: SessionReport;
}

/**
 * Waits for a port that went away. One that comes back and goes again at once, as with a loose plug or a
 * module whose inrush pulls its adapter down, has the link time-out for all of it together.
 */
export class PortReconnect {
  readonly #session: Reconnectable;
  /** Until when the port may be away; null while all is well. */
  #end: number | null = null;
  /** What ended the waiting: it is not begun again for that. */
  #final: unknown = null;

  constructor(session: Reconnectable) {
    this.#session = session;
  }

  /** To be called when chip and port are there again. */
  settled(): void {
    this.#end = null;
  }

  /** How long a link may take, ms: less, after its port was waited for. */
  get linkMs(): number {
    const full = this.#session.settings.linkTimeout * 1000;
    return Math.min(full, Math.max(LEAST_LINK_MS, this.#left()));
  }

  /**
   * Does work that wins a lost port back at its beginning over again, when the port was lost in it.
   * @throws BkError BK_PORT_LOST when it stays away or does not stay, and whatever the work throws
   */
  async repeatAfterReturn<T>(work: () => Promise<T>): Promise<T> {
    for (let losses = 1; ; losses++) {
      try {
        return await work();
      } catch (error) {
        if (!this.#mayComeBack(error)) throw error;
        if (losses <= CHANCES && this.#left() > 0) continue;
        this.#final = doesNotStay(this.#session.port, losses, error);
        throw this.#final;
      }
    }
  }

  /** @param reopen waits for the port at most so many ms, and opens it */
  async waitForPort(reopen: (timeoutMs: number) => Promise<Transport>): Promise<Transport> {
    const { clock, settings } = this.#session;
    this.#end ??= clock.now() + settings.linkTimeout * 1000;
    try {
      return await reopen(Math.max(LEAST_WAIT_MS, this.#left()));
    } catch (error) {
      this.#final = error;
      throw error;
    }
  }

  /** Takes a port again that was lost before anything was changed, so that the job can begin anew. */
  async takePortAgain(phase: Phase, reopen: () => Promise<Transport>): Promise<void> {
    const { port, clock, exchanger, report } = this.#session;
    const { lost } = exchanger;
    if (lost === null) return;
    const start = clock.now();
    await exchanger.transport.close();
    report.onPhase('recover', say('session.portGone', { port }), true);
    exchanger.attach(await reopen());
    exchanger.evidence.adapterBack();
    report.onRecovery(beganAnew(phase, lost, clock.now() - start));
  }

  #mayComeBack(error: unknown): error is BkError {
    if (error === this.#final || this.#session.exchanger.lost === null) return false;
    // A step that gave up has had its tries, with the port back each time.
    return isBkError(error, 'BK_PORT_LOST') && error.cause.attempts <= 1;
  }

  #left(): number {
    return this.#end === null ? Number.POSITIVE_INFINITY : this.#end - this.#session.clock.now();
  }
}

/** What a job notes when its port was away before anything was changed. */
export function beganAnew(phase: Phase, lost: BkError, ms: number): RecoveryRecord {
  return {
    address: null,
    phase,
    cause: lost.text,
    action: say('session.jobBeganAnew'),
    ms: Math.round(ms),
  };
}

function doesNotStay(port: string, losses: number, error: BkError): BkError {
  return new BkError(
    'BK_PORT_LOST',
    say('session.portDoesNotStay', { port, losses, reason: error.text, goOn: GO_ON }),
    {
      phase: 'recover',
      reason: error,
      attempts: losses,
      likely: error.details.likely,
      advice: [say('session.checkPlug'), ...error.cause.adviceCodes],
    },
  );
}
