import type { SimulatorOptions } from './options';

const LINK_CHECK = Buffer.from('01e0fc0100', 'hex');
const SDK_REBOOT = Buffer.from('01e0fc05fe95279527', 'hex');
const TEXT_REBOOT = Buffer.from('reboot\r\n', 'latin1');

const OBEYED: Readonly<Record<NonNullable<SimulatorOptions['app']>, readonly Buffer[]>> = {
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
export const HEARTBEAT_MS = 1000;

/** What runs on the chip when nobody linked: what it prints on its line and what it obeys. */
export class Application {
  readonly #kind: NonNullable<SimulatorOptions['app']>;
  #tail: Buffer = Buffer.alloc(0);

  constructor(kind: NonNullable<SimulatorOptions['app']>) {
    this.#kind = kind;
  }

  /** It says something by itself: at its start, or again and again. */
  get talks(): boolean {
    return this.#kind === 'log' || this.#kind === 'tuyamcu';
  }

  get heartbeat(): Buffer | null {
    return this.#kind === 'tuyamcu' ? HEARTBEAT : null;
  }

  /** What it prints when it starts. */
  get bootLog(): Buffer | null {
    return this.#kind === 'log' ? Buffer.from(BOOT_LOG, 'latin1') : null;
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
}
