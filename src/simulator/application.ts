import type { Clock, Timer } from '../clock';
import type { SimulatorOptions } from './setup/simulator-options';

type Kind = NonNullable<SimulatorOptions['app']>;

const LINK_CHECK = Buffer.from('01e0fc0100', 'hex');
const SDK_REBOOT = Buffer.from('01e0fc05fe95279527', 'hex');
const TEXT_REBOOT = Buffer.from('reboot\r\n', 'latin1');

const OBEYED: Readonly<Record<Kind, readonly Buffer[]>> = {
  // As LibreTiny's firmware with auto-download-reboot, OpenBeken's shell and Beken's SDK in one.
  friendly: [LINK_CHECK, SDK_REBOOT, TEXT_REBOOT],
  silent: [],
  log: [TEXT_REBOOT],
  tuyamcu: [],
};

const LONGEST = SDK_REBOOT.length;

const BOOT_LOG = [
  'V:BOOT simulated',
  '[Flash]init over',
  'sctrl_sta_ps_init',
  'app started, waiting for commands',
  '',
].join('\r\n');

/** A Tuya module asking its companion chip whether it is alive; the last byte is the sum of the others. */
const HEARTBEAT = Buffer.from('55aa00000000ff', 'hex');

/** Ms between two heartbeats. */
const HEARTBEAT_MS = 1000;

/**
 * What runs on the chip when nobody linked: what it prints on its line and what it obeys. Its timers keep
 * house only: they hold nobody up and keep no process alive.
 */
export class Application {
  readonly #kind: Kind;
  readonly #say: (bytes: Buffer, at: number) => void;
  #clock: Clock;
  #timer: Timer | undefined;
  #tail: Buffer = Buffer.alloc(0);

  constructor(kind: Kind, clock: Clock, say: (bytes: Buffer, at: number) => void) {
    this.#kind = kind;
    this.#clock = clock;
    this.#say = say;
  }

  /** Only for one that keeps no timer. */
  useClock(clock: Clock): void {
    this.#clock = clock;
  }

  start(): void {
    this.#tail = Buffer.alloc(0);
  }

  /** Returns whether it reboots on what it hears. */
  hears(bytes: Buffer): boolean {
    const heard = Buffer.concat([this.#tail, bytes]);
    this.#tail = heard.subarray(Math.max(0, heard.length - LONGEST + 1));
    return OBEYED[this.#kind].some((word) => heard.includes(word));
  }

  /** Calls back when it is time to start, where that can be heard. */
  startIn(ms: number, callback: () => void): void {
    if (this.#kind === 'log' || this.#kind === 'tuyamcu') this.#wait(ms, callback);
  }

  /** Says what it says at its start, and goes on where it does. */
  talk(at: number): void {
    if (this.#kind === 'log') this.#say(Buffer.from(BOOT_LOG, 'latin1'), at);
    this.beat();
  }

  /** Says what it says again and again. */
  beat(): void {
    if (this.#kind !== 'tuyamcu') return;
    this.#wait(HEARTBEAT_MS, () => {
      this.#say(HEARTBEAT, this.#clock.now());
      this.beat();
    });
  }

  hush(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(ms: number, callback: () => void): void {
    this.hush();
    this.#timer = this.#clock.setTimeout(callback, Math.max(0, ms), { background: true });
  }
}
