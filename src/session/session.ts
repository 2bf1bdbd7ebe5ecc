import { CHIPS } from '../chip/known/chips';
import type { Clock } from '../clock';
import { BkError } from '../errors';
import { linkCheck, reboot } from '../protocol/commands/command-table';
import type { Transport } from '../transport/transport';
import type { Identity } from './base/identity';
import { type SessionReport, unheard } from './base/report';
import type { FilledSettings } from './base/settings';
import type { Step } from './base/step';
import { type Climber, climb } from './baud/baud-climb';
import { Exchanger } from './exchange/exchanger';
import { Fingerprint } from './identify/fingerprint';
import { identify } from './identify/identify';
import { BOOT_BAUD, type LinkOutcome, link } from './link/link';
import { Flash } from './memory/flash';
import { Comeback, type Returning } from './recovery/port-reconnect';
import { type Recoverable, Recovery } from './recovery/recovery';

/** Opens a port again that was lost; waits for it at most so many ms. @throws BkError BK_PORT_LOST */
export type Reopen = (timeoutMs: number, signal: AbortSignal | undefined) => Promise<Transport>;

/** A linked and identified chip. Made by `Session.open`, and ended by `close`. */
export class Session implements Climber, Recoverable, Returning {
  readonly settings: FilledSettings;
  readonly exchanger: Exchanger;
  #report: SessionReport;
  #identity: Identity | null = null;
  #flash: Flash | null = null;
  #fingerprint: Fingerprint | null = null;
  #linked: LinkOutcome | null = null;
  #recovery = new Recovery(this);
  readonly #comeback = new Comeback(this);
  #workingBaud = BOOT_BAUD;

  readonly #reopen: Reopen;

  private constructor(
    transport: Transport,
    settings: FilledSettings,
    clock: Clock,
    report: SessionReport,
    reopen: Reopen,
  ) {
    this.settings = settings;
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
  static async open(
    transport: Transport,
    settings: FilledSettings,
    clock: Clock,
    report: SessionReport,
    signal?: AbortSignal,
    reopen: Reopen = goneForGood,
  ): Promise<Session> {
    const session = new Session(transport, settings, clock, report, reopen);
    await session.#comeback.despite(() => session.#begin(signal));
    return session;
  }

  /** Nothing has been changed by then: when the port goes away and comes back, all of it is simply done anew. */
  async #begin(signal: AbortSignal | undefined): Promise<void> {
    await this.#comeback.take(this.#linked === null ? 'link' : 'identify', () =>
      this.reopen(signal),
    );
    this.#identity = null;
    this.#flash = null;
    this.#fingerprint = null;
    this.#linked = await link(this.exchanger, {
      reset: this.settings.reset,
      timeoutMs: this.#comeback.linkMs,
      signal,
      onStep: (message, waits) => this.report.onPhase('link', message, waits),
    });
    this.#comeback.settled();
    this.#workingBaud = this.exchanger.transport.baudRate;
    this.report.onPhase('identify', 'Identifying the chip', false);
    this.#identity = await this.step({ phase: 'identify', address: null }, signal, () =>
      identify(this.exchanger),
    );
    this.#flash = new Flash(this.exchanger, this.#identity);
    this.#noteIdentity();
    this.#expect();
    await this.raiseBaud(this.settings.baud, signal);
    this.#fingerprint = await this.step({ phase: 'identify', address: null }, signal, () =>
      Fingerprint.take(this.flash, this.identity),
    );
  }

  /** Begins a job on a chip that has just answered; what is seen and told from here on goes to it. */
  beginJob(report: SessionReport): void {
    this.#report = report;
    this.exchanger.watch.evidence = report.evidence;
    report.evidence.good('link', this.exchanger.transport.baudRate);
    this.#noteIdentity();
  }

  /** From here on the link is only kept. */
  endJob(): void {
    this.#report = unheard();
    this.exchanger.watch.evidence = this.#report.evidence;
  }

  get report(): SessionReport {
    return this.#report;
  }

  #noteIdentity(): void {
    const { evidence } = this.exchanger;
    const { bootloader, family, flash, chip, encryption } = this.identity;
    const expected = this.settings.chip;
    evidence.bootloader(Number.parseInt(bootloader.crc, 16), bootloader.known);
    evidence.family(family);
    evidence.flashId(flash.id);
    evidence.chip(expected === 'auto' ? null : expected, chip);
    evidence.key(encryption, null);
  }

  get port(): string {
    return this.exchanger.transport.port;
  }

  get clock(): Clock {
    return this.exchanger.clock;
  }

  get identity(): Identity {
    if (this.#identity === null) throw new Error('not identified yet');
    return this.#identity;
  }

  get flash(): Flash {
    if (this.#flash === null) throw new Error('not identified yet');
    return this.#flash;
  }

  get linked(): LinkOutcome {
    if (this.#linked === null) throw new Error('not linked yet');
    return this.#linked;
  }

  blameLine(signal: AbortSignal | undefined): Promise<void> {
    return this.#recovery.blameLine(signal);
  }

  /** How often the chip was found rebooted in the middle of a job. */
  get reboots(): number {
    return this.#recovery.reboots;
  }

  /** The rate that both sides have agreed on, bits per second. */
  get workingBaud(): number {
    return this.#workingBaud;
  }

  reopen(signal: AbortSignal | undefined): Promise<Transport> {
    const { lost } = this.exchanger;
    const isGone = this.#reopen === goneForGood && lost !== null;
    return this.#comeback.wait((ms) => (isGone ? Promise.reject(lost) : this.#reopen(ms, signal)));
  }

  /** What tells this chip from others of its model; null until it has been looked at. */
  get fingerprint(): Fingerprint | null {
    return this.#fingerprint;
  }

  get identified(): boolean {
    return this.#identity !== null;
  }

  /** To be called when the chip may have rebooted: its flash is locked and protected then. */
  forgetLocks(): void {
    this.#flash?.forget();
  }

  /** Runs one step of a job until it succeeds; see Recovery. */
  step<T>(
    step: Step,
    signal: AbortSignal | undefined,
    attempt: (tries: number) => Promise<T>,
  ): Promise<T> {
    let tries = 0;
    const once = async (): Promise<T> => {
      // Winning the port back is not this attempt's business.
      if (this.exchanger.lost !== null) throw this.exchanger.lost;
      this.#comeback.settled();
      return attempt(tries++);
    };
    return this.#comeback.despite(() => this.#recovery.run(step, signal, once));
  }

  /** Goes to the best rate for a setting that proves itself on this wiring, and stays at a proved one. */
  async raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void> {
    if (!this.exchanger.transport.canSetBaudRate) return;
    this.#workingBaud = await climb(this, setting, signal);
    if (typeof setting === 'number' && this.#workingBaud !== setting) {
      this.report.onWarning(
        `${setting} baud did not work on ${this.port}; the job went on at ${this.#workingBaud}.`,
      );
    }
  }

  /** Keeps a chip in download mode that leaves it when it hears nothing. @returns false when it is gone */
  async keepAlive(): Promise<boolean> {
    try {
      return await this.exchanger.run(linkCheck, undefined);
    } catch {
      return false;
    }
  }

  /** Ends the link: starts the firmware or leaves the chip as it is; closes the port either way. */
  async close(after: 'reboot' | 'leave'): Promise<void> {
    try {
      if (after === 'reboot' && this.exchanger.lost === null) {
        await this.exchanger.send(reboot, undefined);
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
    exchanger.reset();
    this.#linked = await link(exchanger, {
      reset: settings.reset,
      timeoutMs: settings.linkTimeout * 1000,
      signal,
      onStep: (message, waits) => this.report.onPhase('link', message, waits),
    });
    this.forgetLocks();
  }

  #expect(): void {
    const expected = this.settings.chip;
    if (expected === 'auto') return;
    const { identity } = this;
    if (identity.chip === null && CHIPS[expected].family === identity.family) {
      identity.chip = expected;
      identity.warnings.push(
        `That the chip is a ${expected} is taken from the device's setting: its bootloader is not a known one.`,
      );
      return;
    }
    if (identity.chip === expected) return;
    const found = identity.chip ?? `${identity.family} chip`;
    throw new BkError(
      'BK_WRONG_CHIP',
      `The chip on ${this.port} is a ${found}, but the device is set to ${expected}; nothing was changed`,
      {
        phase: 'identify',
        likely: [
          {
            cause: 'Another chip than expected',
            confidence: 0.9,
            evidence: evidenceOf(identity),
          },
        ],
        advice: [
          `Set the device's chip to ${identity.chip ?? 'the right model'} (or auto), and make sure that the firmware is for that chip.`,
        ],
      },
    );
  }
}

function goneForGood(): Promise<Transport> {
  return Promise.reject(new BkError('BK_PORT_LOST', 'The port went away'));
}

function evidenceOf(identity: Identity): string {
  const parts = [`bootloader ${identity.bootloader.name} (checksum ${identity.bootloader.crc})`];
  if (identity.chipId !== null) parts.push(`chip id ${identity.chipId}`);
  if (identity.key !== null) parts.push(`code key ${identity.encryption}`);
  return `It shows ${parts.join(', ')}.`;
}
