import type { Clock, Timer } from '../clock';
import type { SimulatorOptions } from './setup/simulator-options';

type Kind = NonNullable<SimulatorOptions['app']>;

const LINK_CHECK = Buffer.from('01e0fc0100', 'hex');
const SDK_REBOOT = Buffer.from('01e0fc05fe95279527', 'hex');
const TEXT_REBOOT = Buffer.from('reboot\r\n', 'latin1');

const LONGEST = SDK_REBOOT.length;

/** One of the applications that a chip can run. */
interface Habits {
  /** What it reboots on when it hears it. */
  obeys: readonly Buffer[];
  /** What it says at its start, and again and again; null for one that is silent then. */
  start: Buffer | null;
  beat: Buffer | null;
}

const lines = (...texts: string[]): Buffer => Buffer.from(`${texts.join('\r\n')}\r\n`, 'latin1');

/** What a bootloader and Beken's SDK print before the application's own words. */
const SDK_LOG = ['J 0x10000', 'prvHeapInit-start addr:0x412f20', '[Flash]init over'];

/** The logs are told as firmware's sources and people's posts have them: OpenBeken's, LibreTiny's and Tuya's. */
const HABITS: Readonly<Record<Kind, Habits>> = {
  // As LibreTiny's firmware with auto-download-reboot, OpenBeken's shell and Beken's SDK in one.
  friendly: { obeys: [LINK_CHECK, SDK_REBOOT, TEXT_REBOOT], start: null, beat: null },
  silent: { obeys: [], start: null, beat: null },
  log: {
    obeys: [TEXT_REBOOT],
    start: lines(
      'V:BOOT simulated',
      '[Flash]init over',
      'sctrl_sta_ps_init',
      'app started, waiting for commands',
    ),
    beat: null,
  },
  // A Tuya module asking its companion chip whether it is alive; the last byte is the sum of the others.
  tuyamcu: { obeys: [], start: null, beat: Buffer.from('55aa00000000ff', 'hex') },
  openbeken: {
    obeys: [TEXT_REBOOT],
    start: lines(
      ...SDK_LOG,
      'Info:MAIN:Main_Init_Before_Delay',
      'Info:MAIN:Main_Init_Before_Delay done',
      'Info:GEN:OpenBK7231N, version 1.18.300',
      'Info:MAIN:Main_Init_After_Delay done',
    ),
    beat: lines('Info:MAIN:Time 5, idle 183612/s, free 74288, MQTT 0(0), bWifi 0'),
  },
  libretiny: {
    obeys: [LINK_CHECK],
    start: lines(
      'I [      0.000] LibreTiny v1.9.1 on generic-bk7231n-qfn32-tuya, compiled at Jan  2 2026 03:04:05, GCC 10.3.1 (-O1)',
      '[I][logger:399]: Log initialized',
      '[I][app:029]: Running through setup()...',
      '[I][app:100]: ESPHome version 2026.1.0 compiled on Jan  2 2026, 03:04:05',
    ),
    beat: null,
  },
  tuya: {
    obeys: [],
    start: lines(
      ...SDK_LOG,
      '[01-01 00:00:00 TUYA N][lr:0x4eb2b] reset info -> reason is 0',
      '[01-01 00:00:00 TUYA N][lr:0x51923] < TUYA IOT SDK V:2.3.1 BS:40.00_PT:2.2 >',
    ),
    beat: lines('[01-01 00:00:05 TUYA D][lr:0x4bb03] wifi status is :0'),
  },
};

/** Ms between two of the things that are said again and again. */
const BEAT_MS = 1000;

/** What an application does to the chip around it. */
interface Surroundings {
  say(bytes: Buffer, at: number): void;
  /** It crashes, and the chip reboots. */
  crash(): void;
}

/**
 * What runs on the chip when nobody linked: what it prints on its line and what it obeys. Its timers keep
 * house only: they hold nobody up and keep no process alive.
 */
export class Application {
  readonly #habits: Habits;
  readonly #crashMs: number;
  readonly #around: Surroundings;
  #clock: Clock;
  #timer: Timer | undefined;
  #end: Timer | undefined;
  #tail: Buffer = Buffer.alloc(0);

  constructor(
    { app, crash }: Required<Pick<SimulatorOptions, 'app' | 'crash'>>,
    clock: Clock,
    around: Surroundings,
  ) {
    this.#habits = HABITS[app];
    this.#crashMs = crash;
    this.#clock = clock;
    this.#around = around;
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
    return this.#habits.obeys.some((word) => heard.includes(word));
  }

  /** Calls back when it is time to start, where that can be heard. */
  startIn(ms: number, callback: () => void): void {
    const { start, beat } = this.#habits;
    if (start !== null || beat !== null || this.#crashMs > 0) this.#wait(ms, callback);
  }

  /** Says what it says at its start, and goes on. */
  talk(at: number): void {
    const { start } = this.#habits;
    if (start !== null) this.#around.say(start, at);
    this.goOn();
  }

  /** Says what it says again and again, until it crashes. */
  goOn(): void {
    if (this.#crashMs > 0) {
      this.#end = this.#clock.setTimeout(() => this.#around.crash(), this.#crashMs, {
        background: true,
      });
    }
    this.#beat();
  }

  hush(): void {
    for (const timer of [this.#timer, this.#end]) {
      if (timer !== undefined) this.#clock.clearTimeout(timer);
    }
    this.#timer = undefined;
    this.#end = undefined;
  }

  #beat(): void {
    const { beat } = this.#habits;
    if (beat === null) return;
    this.#wait(BEAT_MS, () => {
      this.#around.say(beat, this.#clock.now());
      this.#beat();
    });
  }

  #wait(ms: number, callback: () => void): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = this.#clock.setTimeout(callback, Math.max(0, ms), { background: true });
  }
}
