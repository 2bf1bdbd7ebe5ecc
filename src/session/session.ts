import type { Clock } from '../clock';
import { linkCheck, reboot } from '../protocol/commands/command-table';
import { say } from '../texts/note';
import type { Transport } from '../transport/transport';
import type { Identity } from './base/identity';
import type { LinkState } from './base/link-state';
import { type SessionReport, unheard } from './base/report';
import type { FilledSettings } from './base/settings';
import type { Step } from './base/step';
import { type Climber, climb } from './baud/baud-climb';
import type { BaudMemories } from './baud/baud-memory';
import { Exchanger } from './exchange/exchanger';
import { chipLine, mustBeExpected, noteIdentity } from './identify/expected-chip';
import { Fingerprint } from './identify/fingerprint';
import { identify } from './identify/identify';
import { BOOT_BAUD, type LinkOutcome, link } from './link/link';
import { Flash } from './memory/flash';
import { PortReconnect, type Reconnectable } from './recovery/port-reconnect';
import { type Recoverable, Recovery } from './recovery/recovery';
import type { Linked, Lost, SessionState } from './session-state';
import * as transition from './session-state';

/** Opens a port again that was lost; waits for it at most so many ms. @throws BkError BK_PORT_LOST */
export type Reopen = (timeoutMs: number, signal: AbortSignal | undefined) => Promise<Transport>;

/** What a session is opened with. */
export interface SessionOptions {
  /** Open, at the boot rate. */
  transport: Transport;
  settings: FilledSettings;
  clock: Clock;
  report: SessionReport;
  /** What earlier links have found out about rates, and where this one puts its own. */
  bauds: BaudMemories;
  signal?: AbortSignal | undefined;
  /** Without it a port that is lost stays lost. */
  reopen?: Reopen | undefined;
}

/** A linked and identified chip. Made by `Session.open`, and ended by `close`. */
export class Session implements Climber, Recoverable, Reconnectable {
  readonly settings: FilledSettings;
  readonly exchanger: Exchanger;
  readonly bauds: BaudMemories;
  readonly #reopen: Reopen | undefined;
  readonly #recovery = new Recovery(this);
  readonly #portReconnect = new PortReconnect(this);
  #report: SessionReport;
  #state: SessionState = transition.UNOPENED;

  private constructor({ transport, settings, clock, report, bauds, reopen }: SessionOptions) {
    this.settings = settings;
    this.bauds = bauds;
    this.#reopen = reopen;
    this.exchanger = new Exchanger(transport, clock);
    this.exchanger.watch.evidence = report.evidence;
    this.#report = report;
  }

  /**
   * Links to the chip on an open transport (at the boot rate), identifies it, compares it with what is
   * expected, and goes to the working rate.
   * @throws BkError BK_NO_LINK, BK_UNKNOWN_CHIP, BK_UNKNOWN_FLASH, BK_WRONG_CHIP, BK_CANCELLED, BK_PORT_LOST;
   *   the transport is left open
   */
  static async open(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    await session.#portReconnect.repeatAfterReturn(() => session.#begin(options.signal));
    return session;
  }

  /** Nothing has been changed by then: when the port goes away and comes back, all of it is simply done anew. */
  async #begin(signal: AbortSignal | undefined): Promise<void> {
    await this.#portReconnect.takePortAgain(this.#state.link === null ? 'link' : 'identify', () =>
      this.reopen(signal),
    );
    const begun = transition.begunAnew(this.#state);
    this.#state = begun;
    const outcome = await this.#link(this.#portReconnect.linkMs, signal);
    this.#portReconnect.settled();
    const opening = transition.answered(begun, outcome, this.exchanger.transport.baudRate);
    this.#state = opening;
    this.report.onPhase('identify', say('session.identifying'), false);
    const identity = await this.step({ phase: 'identify', address: null }, signal, () =>
      identify(this.exchanger),
    );
    this.report.decisions?.decide(chipLine(identity));
    const flash = new Flash(this.exchanger, identity);
    this.#state = transition.identified(opening, outcome, identity, flash);
    noteIdentity(this.exchanger.evidence, identity, this.settings.chip);
    mustBeExpected(identity, this.settings.chip, this.port);
    await this.raiseBaud(this.settings.baud, signal);
    const fingerprint = await this.step({ phase: 'identify', address: null }, signal, () =>
      Fingerprint.take(flash, identity),
    );
    this.#state = transition.fingerprinted(this.#state, fingerprint);
  }

  async #link(timeoutMs: number, signal: AbortSignal | undefined): Promise<LinkOutcome> {
    const outcome = await link(this.exchanger, {
      reset: this.settings.reset,
      timeoutMs,
      signal,
      onStep: (message, waits) => this.report.onPhase('link', message, waits),
    });
    const { baudRate: baud } = this.exchanger.transport;
    this.report.decisions?.decide({ kind: 'link', by: outcome.by, baud });
    return outcome;
  }

  /** Begins a job on a chip that has just answered; what is seen and told from here on goes to it. */
  beginJob(report: SessionReport): void {
    this.#report = report;
    this.exchanger.watch.evidence = report.evidence;
    report.evidence.good('link', this.exchanger.transport.baudRate);
    noteIdentity(report.evidence, this.identity, this.settings.chip);
  }

  /** From here on the link is only kept. */
  endJob(): void {
    this.#report = unheard();
    this.exchanger.watch.evidence = this.#report.evidence;
  }

  get report(): SessionReport {
    return this.#report;
  }

  get port(): string {
    return this.exchanger.transport.port;
  }

  get clock(): Clock {
    return this.exchanger.clock;
  }

  get state(): LinkState {
    return this.#state.state;
  }

  get identity(): Identity {
    return this.#known.identity;
  }

  get flash(): Flash {
    return this.#known.flash;
  }

  /** What it took to link; the latest time. */
  get linked(): LinkOutcome {
    return this.#known.link;
  }

  /** What tells this chip from others of its model; null until it has been looked at. */
  get fingerprint(): Fingerprint | null {
    return this.#known.fingerprint;
  }

  get #known(): Linked | Lost {
    if (this.#state.state === 'opening') throw new Error('not identified yet');
    return this.#state;
  }

  /** The rate that both sides have agreed on, bits per second. */
  get workingBaud(): number {
    return this.#state.workingBaud;
  }

  /** How often the chip was found rebooted in the middle of a job. */
  get reboots(): number {
    return this.#recovery.reboots;
  }

  blameLine(signal: AbortSignal | undefined): Promise<void> {
    return this.#recovery.blameLine(signal);
  }

  mistrustChip(): void {
    this.#state = transition.mistrusted(this.#state);
  }

  recogniseChip(): void {
    this.#state = transition.recognised(this.#state);
  }

  reopen(signal: AbortSignal | undefined): Promise<Transport> {
    const reopen = this.#reopen ?? (() => Promise.reject(this.exchanger.lost));
    return this.#portReconnect.waitForPort((ms) => reopen(ms, signal));
  }

  /** To be called when the chip may have rebooted: its flash is locked and protected then. */
  forgetLocks(): void {
    if (this.#state.state !== 'opening') this.#state.flash.forget();
  }

  /** Runs one step of a job until it succeeds; see Recovery. `attempt` gets the number of the try, 0 at first. */
  step<T>(
    step: Step,
    signal: AbortSignal | undefined,
    attempt: (tries: number) => Promise<T>,
  ): Promise<T> {
    let tries = 0;
    const once = async (): Promise<T> => {
      // Winning the port back is not this attempt's business.
      if (this.exchanger.lost !== null) throw this.exchanger.lost;
      this.#portReconnect.settled();
      return attempt(tries++);
    };
    return this.#portReconnect.repeatAfterReturn(() => this.#recovery.run(step, signal, once));
  }

  /** Goes to the best rate for a setting that proves itself on this wiring, and stays at a proved one. */
  async raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void> {
    if (!this.exchanger.transport.canSetBaudRate) return;
    const baud = await climb(this, setting, signal);
    this.#state = transition.atRate(this.#state, baud);
    if (typeof setting === 'number' && baud !== setting) {
      this.report.onWarning(say('session.baudDidNotWork', { setting, port: this.port, baud }));
    }
  }

  /** Keeps a chip in download mode that leaves it when it hears nothing. @returns false when it is gone */
  async keepAlive(): Promise<boolean> {
    try {
      return await this.exchanger.sendOnce(linkCheck, undefined);
    } catch {
      return false;
    }
  }

  /** Ends the link: starts the firmware or leaves the chip as it is; closes the port either way. */
  async close(after: 'reboot' | 'leave'): Promise<void> {
    try {
      if (after === 'reboot' && this.exchanger.lost === null) {
        await this.exchanger.sendUnanswered(reboot, undefined);
      }
    } catch {
      // The port is on its way out; closing it is all that is left to do.
    } finally {
      await this.exchanger.transport.close();
    }
  }

  /** Links anew, at the boot rate. */
  async relink(signal: AbortSignal | undefined): Promise<void> {
    const { settings, exchanger } = this;
    await exchanger.transport.setBaudRate(BOOT_BAUD);
    exchanger.forgetInput();
    const outcome = await this.#link(settings.linkTimeout * 1000, signal);
    this.#state = transition.relinked(this.#state, outcome);
    this.forgetLocks();
  }
}
