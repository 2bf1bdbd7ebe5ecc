import { classify, nothingHeard } from './evidence/stray-bytes';

/** Firmware that was known by its own words. */
export interface LoggedFirmware {
  /** `OpenBeken`, `ESPHome`, `LibreTiny`, `Tuya`. */
  name: string;
  /** As it tells it; null where it did not. */
  version: string | null;
}

/** One kind of words that a log may hold. */
interface Words {
  name: string;
  known: RegExp;
  /** Its first group is the version. */
  version: RegExp;
}

/**
 * By what firmware is known in its log; of several the first one, as ESPHome's is one of LibreTiny's. Sources: the
 * firmware's own texts in OpenBeken (user_main), libretiny (lt_logger's banner), esphome (application), and
 * Tuya's SDK (tuya_iot_config); users' logs in Elektroda and GitHub threads.
 */
const FIRMWARE: readonly Words[] = [
  {
    name: 'OpenBeken',
    known: /\b(Info|Warn|Error|Debug|ExtraDebug):[A-Z][A-Za-z0-9]*:|\bOpenBK72\w+, version\b/,
    version: /\bOpenBK\w+, version (\d[\w.-]*)/,
  },
  {
    name: 'ESPHome',
    known: /\bESPHome version \d|\[[CDEIVW]\]\[[\w.]+:\d+\]:/,
    version: /\bESPHome version (\d[\w.-]*)/,
  },
  {
    name: 'LibreTiny',
    known: /\bLibreTiny v\d/,
    version: /\bLibreTiny v(\d[\w.+-]*)/,
  },
  {
    name: 'Tuya',
    known: /\bTUYA (Err|Warn|Notice|Info|Debug|Trace|[EWNIDT])\]|\bTUYA IOT SDK V:/,
    version: /\bTUYA IOT SDK V:(\d[\w.]*)/,
  },
];

/** What is said once a start by a bootloader, by Beken's SDK, which is part of an application, or by firmware. */
const STARTS: readonly { says: RegExp; isApplication: boolean }[] = [
  { says: /^V:BK72\w+/, isApplication: false },
  { says: /^J 0x10000\b/, isApplication: false },
  { says: /\bprvHeapInit-start addr/, isApplication: true },
  { says: /\bInfo:MAIN:Main_Init_Before_Delay$/, isApplication: true },
  { says: /\bLibreTiny v\d\S* on /, isApplication: true },
];

/** Longer lines are cut. */
const LONGEST_LINE = 400;

/** Reads what an application says on its line. */
export class FirmwareLog {
  readonly #heard = nothingHeard();
  readonly #counts = STARTS.map(() => 0);
  #frames: Buffer = Buffer.alloc(0);
  #line = '';
  #runs = false;
  #known: { rank: number; version: string | null } | null = null;

  push(bytes: Buffer): void {
    const all = Buffer.concat([this.#frames, bytes]);
    const left = classify(all, this.#heard, all.length > LONGEST_LINE);
    this.#frames = all.subarray(all.length - left);
    for (const part of bytes.toString('latin1').split(/(?<=[\r\n])/)) {
      this.#line = (this.#line + part).slice(-LONGEST_LINE);
      if (!/[\r\n]$/.test(part)) continue;
      this.#read(this.#line.trim());
      this.#line = '';
    }
  }

  /** Whether an application was heard, and not only a bootloader, or words that may be one's. */
  get speaks(): boolean {
    return this.#runs || this.#known !== null || this.controllerIsCalled;
  }

  /** Whether there was any text. */
  get hasWords(): boolean {
    return this.#heard.text > 0;
  }

  /** Frames to a second controller: firmware that runs says nothing else on this UART. */
  get controllerIsCalled(): boolean {
    return this.#heard.tuyaFrames > 0;
  }

  /** How often something was heard that is said once a start. */
  get starts(): number {
    return Math.max(...this.#counts);
  }

  /** Null where nothing was heard by which firmware is known. */
  get firmware(): LoggedFirmware | null {
    if (this.#known === null) return null;
    const { rank, version } = this.#known;
    return { name: (FIRMWARE[rank] as Words).name, version };
  }

  #read(line: string): void {
    STARTS.forEach(({ says, isApplication }, index) => {
      if (!says.test(line)) return;
      this.#counts[index] = (this.#counts[index] as number) + 1;
      this.#runs ||= isApplication;
    });
    const rank = FIRMWARE.findIndex(({ known }) => known.test(line));
    if (rank >= 0) this.#recognise(rank, line);
  }

  #recognise(rank: number, line: string): void {
    const told = this.#known;
    if (told !== null && told.rank < rank) return;
    const version = (FIRMWARE[rank] as Words).version.exec(line)?.[1] ?? null;
    const kept = told?.rank === rank ? told.version : null;
    this.#known = { rank, version: version ?? kept };
  }
}
