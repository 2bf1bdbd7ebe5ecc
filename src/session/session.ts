import { SECTOR } from '../chip/geometry';
import type { Clock } from '../clock';
import { isBkError } from '../errors';
import { linkCheck, reboot } from '../protocol/commands/command-table';
import { lineTime } from '../protocol/timing';
import { say } from '../texts/note';
import type { Transport } from '../transport/transport';
import type { Identity } from './base/identity';
import { BOOT_BAUD, type LinkState, tellsReboots } from './base/link-state';
import { type SessionReport, unheard } from './base/report';
import type { FilledSettings } from './base/settings';
import type { Step } from './base/step';
import { type Climber, climb } from './baud/baud-climb';
import type { BaudMemories, BaudMemory } from './baud/baud-memory';
import { Exchanger } from './exchange/exchanger';
import { noteIdentity } from './identify/expected-chip';
import { Fingerprint } from './identify/fingerprint';
import { type BootloaderLook, hex8, SMALLEST_FLASH } from './identify/identify';
import { sameChip } from './identify/same-chip';
import { type Introducible, Introduction } from './introduction';
import { type LinkOutcome, link } from './link/link';
import { Flash } from './memory/flash';
import { PortReconnect, type Reconnectable } from './recovery/port-reconnect';
import { type Recoverable, Recovery } from './recovery/recovery';
import { otherChip } from './recovery/recovery-errors';
import type { Linked, Lost, SessionState } from './session-state';
import * as transition from './session-state';

/** What must be missed in so many ms to be caught, and what a page's answer may be kept back by. */
const SHORT_WINDOW_MS = 200;
const PAGE_LATENCY_MS = 8;

/** How often a link that is not used is called, ms: chips that leave download mode do so after seconds of silence. */
export const KEEP_ALIVE_MS = 500;

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
export class Session implements Introducible, Recoverable, Reconnectable {
  readonly settings: FilledSettings;
  readonly exchanger: Exchanger;
  readonly #bauds: BaudMemories;
  readonly #reopen: Reopen | undefined;
  readonly #introduction = new Introduction(this);
  readonly #recovery = new Recovery(this);
  readonly #portReconnect = new PortReconnect(this);
  #report: SessionReport;
  #state: SessionState = transition.UNOPENED;
  /** What the first question of the latest link told. */
  #look: BootloaderLook | null = null;
  #wasKept = false;
  /** For how long answers had been waited for when the job began, ms. */
  #waitedBefore = 0;

  private constructor({ transport, settings, clock, report, bauds, reopen }: SessionOptions) {
    this.settings = settings;
    this.#bauds = bauds;
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
    this.#state = transition.answered(begun, outcome, this.exchanger.transport.baudRate);
    this.report.onPhase('identify', say('session.identifying'), false);
    await this.#introduction.run(signal);
  }

  async #link(timeoutMs: number, signal: AbortSignal | undefined): Promise<LinkOutcome> {
    const outcome = await link(this.exchanger, {
      reset: this.settings.reset,
      timeoutMs,
      signal,
      onStep: (message, waits, line) => this.report.onPhase('link', message, waits, line),
      isTest: this.report.isLineTest,
    });
    const { baudRate: baud } = this.exchanger.transport;
    this.report.decisions?.decide({ kind: 'link', by: outcome.by, baud });
    return outcome;
  }

  /** Begins a job on a chip that has just answered; what is seen and told from here on goes to it. */
  beginJob(report: SessionReport): void {
    this.#report = report;
    this.#waitedBefore = this.exchanger.line.waited;
    this.exchanger.watch.evidence = report.evidence;
    report.evidence.good('link', this.exchanger.transport.baudRate);
    noteIdentity(report.evidence, this.identity, this.settings.chip);
  }

  /** From here on the link is only kept: who looks on does not see whether the firmware ran meanwhile. */
  endJob(): void {
    if (this.#state.state !== 'opening') this.#state.flash.known.clear();
    if (this.#state.state === 'linked') this.#introduction.remember();
    this.#report = unheard();
    this.exchanger.watch.evidence = this.#report.evidence;
  }

  /** For how long the job has waited for answers on their way, its link included, ms. */
  get waitedMs(): number {
    return this.exchanger.line.waited - this.#waitedBefore;
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

  /**
   * Whether a sector takes longer on its way to the chip than a chip that reboots in it listens for, with nothing to
   * reset it by. Pages are answered in time, where line and adapter do not make each of them wait.
   */
  get sectorOutlastsWindow(): boolean {
    const { transport, latency } = this.exchanger;
    const isSlow = lineTime(SECTOR, transport.baudRate) > SHORT_WINDOW_MS;
    return this.settings.reset === 'none' && isSlow && latency < PAGE_LATENCY_MS;
  }

  /** How often the chip was found rebooted in the middle of a job. */
  get reboots(): number {
    return this.#recovery.reboots;
  }

  blameLine(signal: AbortSignal | undefined): Promise<void> {
    return this.#recovery.blameLine(signal);
  }

  seen(look: BootloaderLook): void {
    this.#look = look;
    // A whole record has to begin with what a stranger would ask.
    if (this.settings.record !== 'all') this.exchanger.ahead = this.memory.ahead;
  }

  identified(identity: Identity, flash: Flash): void {
    this.#state = transition.identified(this.#state, identity, flash);
  }

  fingerprinted(fingerprint: Fingerprint): void {
    this.#state = transition.fingerprinted(this.#state, fingerprint);
  }

  atRate(baudRate: number): void {
    this.#state = transition.atRate(this.#state, baudRate);
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
    const baud = await climb(this.climber, setting, signal);
    this.#state = transition.atRate(this.#state, baud);
    if (typeof setting === 'number' && baud !== setting) {
      this.report.onWarning(say('session.baudDidNotWork', { setting, port: this.port, baud }));
    }
  }

  /** Before the chip is identified its kind may be known, and that code lies where it lies on all of them. */
  get climber(): Climber {
    const { exchanger, settings, memory, workingBaud, report } = this;
    const isOpening = this.#state.state === 'opening';
    const family = this.#look?.known?.family;
    const least = { id: null, part: null, size: SMALLEST_FLASH };
    const unidentified = { family: family ?? 'full', chip: null, flash: least } as const;
    return {
      exchanger,
      flash: isOpening ? new Flash(exchanger, unidentified) : this.flash,
      isFamilyKnown: !isOpening || family !== undefined,
      memory,
      report,
      settings,
      workingBaud,
      forgetLocks: () => this.forgetLocks(),
      relink: (signal) => this.relink(signal),
    };
  }

  /** What is remembered of this chip on this port. */
  get memory(): BaudMemory {
    return this.#bauds.of(this.port, hex8(this.#look?.crc ?? 0));
  }

  /**
   * Whether the chip on a kept link is still there, and still the same one: people take the next lamp.
   * @returns false as well where that cannot be told
   */
  async isStillThere(): Promise<boolean> {
    if (!(await this.keepAlive())) return false;
    // At another rate than that of the boot it is there as it was left; only before a change that is not enough.
    this.#wasKept = true;
    if (tellsReboots(this.exchanger.transport)) return true;
    try {
      return await sameChip(this);
    } catch (error) {
      if (isBkError(error)) return false;
      throw error;
    }
  }

  /** To be called before a change: on a link that was kept from another job the chip is looked at once more. */
  async mustBeSameSinceKept(step: Step): Promise<void> {
    if (!this.#wasKept) return;
    if (!(await sameChip(this))) throw otherChip(this.port, step);
    this.#wasKept = false;
  }

  /** To be called at the end of a job: what it has changed tells the chip from others again. */
  async renewFingerprint(): Promise<void> {
    if (this.#state.state !== 'linked' || this.fingerprint?.isChanged !== true) return;
    const fingerprint = await Fingerprint.take(this.flash);
    this.#state = transition.fingerprinted(this.#state, fingerprint);
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
    await exchanger.setBaudRate(BOOT_BAUD);
    exchanger.forgetInput();
    const outcome = await this.#link(settings.linkTimeout * 1000, signal);
    this.#state = transition.relinked(this.#state, outcome);
    this.forgetLocks();
  }
}
