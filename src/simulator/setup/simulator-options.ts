import { chipNamed } from '../../chip/known/chip-queries';
import { CHIP_NAMES, type ChipName } from '../../chip/known/chips';
import { BkError, shown } from '../../errors';
import type { Timings } from './chip-timing';

export const RESET_WIRINGS = ['rts', 'dtr', 'rts-inverted', 'dtr-inverted', 'none'] as const;
export const APPLICATIONS = ['friendly', 'silent', 'log', 'tuyamcu'] as const;
export const BOOTLOADER_KINDS = ['known', 'blank', 'unknown'] as const;
export const SPEEDS = ['real', 'fast'] as const;

/** What a simulated chip can be told to be. Everything but the chip has a default. */
export interface SimulatorOptions {
  /** Its own name or one by which people know it, in any case of letters. */
  chip: string;
  /** A file with the flash's contents; FF follows where it is shorter. Default: made from the seed. */
  flash?: string;
  /** Flash size in bytes, a power of two. Default: the chip's usual one, or what `flash` needs. */
  size?: number;
  /** Bits per second above which bytes arrive corrupted in both directions. Default: none. */
  baudLimit?: number;
  /** Ms after each boot in which a link check is taken; 0 never. Default 300. */
  window?: number;
  /** Starts every stream of chance. Default 1. */
  seed?: number;
  /** Probability that an erase or program command reboots the chip in its middle. Default 0. */
  brownout?: number;
  /** Probability that an answer has bytes changed or its end cut off. Default 0. */
  corrupt?: number;
  /** Probability that an answer never comes. Default 0. */
  lose?: number;
  /** Address in a sector that never takes its data. Default: none. */
  deadSector?: number;
  /** `real` models line and flash times, `fast` does not wait. Default `real`. */
  speed?: (typeof SPEEDS)[number];
  /** Which modem line is wired to reset, and which state of it resets. Default `rts` (asserted). */
  reset?: (typeof RESET_WIRINGS)[number];
  /** What runs after a boot without a link. Default `friendly`. */
  app?: (typeof APPLICATIONS)[number];
  /** A status-register write while nothing is protected locks the flash for good. Default false. */
  srPunish?: boolean;
  /** What GetMID's answer says of its length; the frame is always 15 bytes. Default 6. */
  midLength?: 5 | 6 | 7;
  /** Ms of silence after which download mode is left; 0 never. Default: the chip's usual one. */
  stay?: number;
  /** Six hex digits. Default by size. */
  jedec?: string;
  /** Code key in eFuse: `tuya`, `none`, or 32 hex digits (four words). Default: the chip's usual one. */
  key?: string;
  /** What the flash begins with when it is made from the seed. Default `known`. */
  bootloader?: (typeof BOOTLOADER_KINDS)[number];
  /** Status register after each boot of a full chip: second byte << 8 | first. Default 0x067c. */
  protect?: number;
  /** Six bytes in hex, colons allowed. Default by seed. */
  mac?: string;
}

/** What only code can ask for. */
export interface SimulatorExtras {
  /** Replaces single times of the chosen speed. */
  timings?: Partial<Timings>;
  /** Keeps this chip out of `simulatorTally`: for tests that go for the bootloader or burn fuses on purpose. */
  untallied?: boolean;
}

interface OptionRule {
  /** What is allowed, for messages and help. */
  allowed: string;
  /** What it does, for help. */
  about: string;
  /** undefined where the text is not allowed. */
  read(text: string): unknown;
}

const chance: OptionRule['read'] = (text) => {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? value : undefined;
};

const oneOf = (names: readonly string[]): Pick<OptionRule, 'allowed' | 'read'> => ({
  allowed: names.join(', '),
  read: (text) => names.find((name) => name === text.toLowerCase()),
});

const number = (text: string) => readNumber(text);
const BYTES = 'bytes, as 4096, 0x1000, 64K or 2M';
const CHANCE = 'a probability from 0 to 1';
const MS = 'milliseconds';

/** Every option but the chip, by the name that URLs and the command line use. */
export const OPTION_RULES: Readonly<Record<Exclude<keyof SimulatorOptions, 'chip'>, OptionRule>> = {
  flash: { allowed: 'a file', about: 'flash contents', read: (text) => text || undefined },
  size: { allowed: `${BYTES}, a power of two`, about: 'flash size', read: readSize },
  baudLimit: { allowed: 'bits per second', about: 'above it bytes are corrupted', read: number },
  window: { allowed: MS, about: 'how long a boot listens for a link', read: number },
  seed: { allowed: 'a whole number', about: 'starts every stream of chance', read: number },
  brownout: { allowed: CHANCE, about: 'an erase or program reboots the chip', read: chance },
  corrupt: { allowed: CHANCE, about: 'an answer is changed or cut', read: chance },
  lose: { allowed: CHANCE, about: 'an answer never comes', read: chance },
  deadSector: { allowed: BYTES, about: 'address of a sector that takes no data', read: number },
  speed: { ...oneOf(SPEEDS), about: 'model line and flash times or not' },
  reset: { ...oneOf(RESET_WIRINGS), about: 'the modem line that resets the chip' },
  app: { ...oneOf(APPLICATIONS), about: 'what runs when nobody links' },
  srPunish: {
    allowed: 'true, false',
    about: 'a needless status write locks the flash for good',
    read: readBoolean,
  },
  midLength: {
    allowed: '5, 6, 7',
    about: "length that GetMID's answer claims",
    read: (text) => (/^[567]$/.test(text) ? Number(text) : undefined),
  },
  stay: { allowed: `${MS}, 0 for ever`, about: 'silence that ends download mode', read: number },
  jedec: {
    allowed: 'six hex digits',
    about: 'id of the flash part',
    read: (text) => (/^[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : undefined),
  },
  key: {
    allowed: 'tuya, none, 32 hex digits',
    about: 'code key in eFuse',
    read: (text) => (/^(tuya|none|[0-9a-f]{32})$/i.test(text) ? text.toLowerCase() : undefined),
  },
  bootloader: { ...oneOf(BOOTLOADER_KINDS), about: 'what the flash begins with' },
  protect: {
    allowed: 'none, or two bytes as 0x067c (second status byte first)',
    about: 'status register after a boot (full chips)',
    read: readProtect,
  },
  mac: {
    allowed: 'six bytes in hex',
    about: 'address in the calibration sector',
    read: (text) => (/^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i.test(text) ? text : undefined),
  },
};

const OPTION_NAMES = Object.keys(OPTION_RULES) as (keyof typeof OPTION_RULES)[];

/** @throws BkError BK_BAD_SETTING */
export function readChip(text: string): ChipName {
  const chip = chipNamed(text);
  if (chip !== null) return chip;
  const asked = text === '' ? 'No simulated chip is named' : `"${text}" is no simulated chip`;
  throw wrong(
    `${asked}; there are ${CHIP_NAMES.join(', ')}`,
    'Take sim://bk7231n, or another one.',
  );
}

/**
 * Reads named texts, from a URL's query or a command line.
 * @throws BkError BK_BAD_SETTING on a name that is not known or a value that is not allowed
 */
export function readOptions(chip: string, texts: Iterable<[string, string]>): SimulatorOptions {
  const options: Record<string, unknown> = { chip: readChip(chip) };
  for (const [name, text] of texts) {
    const known = OPTION_NAMES.find((own) => own.toLowerCase() === name.toLowerCase());
    if (known === undefined) {
      throw wrong(
        `The simulated chip has no option "${name}"; it has ${OPTION_NAMES.join(', ')}`,
        'Correct its name, or leave it out.',
      );
    }
    const rule = OPTION_RULES[known];
    const value = rule.read(text.trim());
    if (value === undefined) {
      throw wrong(
        `The simulated chip's option ${known} cannot be "${text}"; allowed: ${rule.allowed}`,
        `Correct ${known}, or leave it out.`,
      );
    }
    options[known] = value;
  }
  return options as unknown as SimulatorOptions;
}

/**
 * Reads `sim://<chip>?name=value&…`.
 * @throws BkError BK_BAD_SETTING
 */
export function parseSimulatorUrl(url: string): SimulatorOptions {
  const { chip, query } = splitUrl(url);
  return readOptions(chip, query);
}

/** The same for every spelling of one chip's URL; chips are kept by it. */
export function simulatorKey(url: string): string {
  const { chip, query } = splitUrl(url);
  query.sort();
  return `sim://${(chipNamed(chip) ?? chip).toLowerCase()}?${query.toString()}`;
}

function splitUrl(url: string): { chip: string; query: URLSearchParams } {
  const match = /^sim:\/\/([^/?#]*)\/?(?:\?([^#]*))?$/i.exec(url.trim());
  if (match === null) {
    throw wrong(
      `${shown(url)} is no simulated chip's address; it looks like sim://bk7231n?seed=1`,
      'Correct the address.',
    );
  }
  return { chip: match[1] ?? '', query: new URLSearchParams(match[2] ?? '') };
}

function wrong(what: string, advice: string): BkError {
  return new BkError('BK_BAD_SETTING', what, { phase: 'open', advice: [advice] });
}

function readNumber(text: string): number | undefined {
  const match = /^(0x[0-9a-f]+|\d+)([km]?)$/i.exec(text);
  if (match === null) return undefined;
  const unit = { '': 1, k: 1024, m: 1024 * 1024 }[(match[2] as string).toLowerCase()] as number;
  const value = Number(match[1]) * unit;
  return value <= 0xffffffff ? value : undefined;
}

function readSize(text: string): number | undefined {
  const value = readNumber(text);
  return value !== undefined && isFlashSize(value) ? value : undefined;
}

/** Bytes; no part of this kind is larger. */
export const LARGEST_FLASH = 0x4000000;

/** 128 KiB to 64 MiB: less holds no bootloader, and a JEDEC id tells sizes by powers of two only. */
export function isFlashSize(value: number): boolean {
  return value >= 0x20000 && value <= LARGEST_FLASH && Number.isInteger(Math.log2(value));
}

function readProtect(text: string): number | undefined {
  if (text.toLowerCase() === 'none') return 0x0600;
  const value = readNumber(text);
  return value !== undefined && value <= 0xffff ? value : undefined;
}

function readBoolean(text: string): boolean | undefined {
  if (/^(true|1|yes|on|)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : undefined;
}
