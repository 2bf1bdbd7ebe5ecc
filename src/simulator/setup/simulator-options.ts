import { chipNamed } from '../../chip/known/chip-queries';
import { CHIP_NAMES, type ChipName } from '../../chip/known/chips';
import { BkError, shown } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Timings } from './chip-timing';

const RESET_WIRINGS = ['rts', 'dtr', 'rts-inverted', 'dtr-inverted', 'none'] as const;
const APPLICATIONS = ['friendly', 'silent', 'log', 'tuyamcu'] as const;
const BOOTLOADER_KINDS = ['known', 'blank', 'unknown'] as const;
const SPEEDS = ['real', 'fast'] as const;

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
  /** Ms for which the adapter at the host's end keeps a USB packet back that is not full. Default 0. */
  latency?: number;
  /** Ms that the chip takes before any answer, besides its work. Default 0. */
  answer?: number;
  /** How many times as long as usual flash takes to erase and to program. Default 1. */
  slow?: number;
  /** Whether it can erase 32 KiB at once. Default false. */
  erase32?: boolean;
  /** Whether it keeps what it hears while it works or talks. Default true. */
  ahead?: boolean;
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
  /** A report of `bk72xx doctor`: the chip behaves as the one that it is of, where no other option says otherwise. */
  profile?: string;
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
  allowed: string | Note;
  /** What it does, for help. */
  about: Note;
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
const BYTES = say('simulator.bytes');
const CHANCE = say('simulator.probability');
const MS = say('simulator.milliseconds');
const YES_OR_NO = 'true, false';

/** Every option but the chip, by the name that URLs and the command line use. */
export const OPTION_RULES: Readonly<Record<Exclude<keyof SimulatorOptions, 'chip'>, OptionRule>> = {
  flash: {
    allowed: say('simulator.file'),
    about: say('simulator.aboutFlash'),
    read: (text) => text || undefined,
  },
  size: {
    allowed: say('simulator.powerOfTwo'),
    about: say('simulator.aboutSize'),
    read: readSize,
  },
  baudLimit: {
    allowed: say('simulator.bitsPerSecond'),
    about: say('simulator.aboutBaudLimit'),
    read: number,
  },
  window: { allowed: MS, about: say('simulator.aboutWindow'), read: number },
  seed: {
    allowed: say('simulator.wholeNumber'),
    about: say('simulator.aboutSeed'),
    read: number,
  },
  brownout: { allowed: CHANCE, about: say('simulator.aboutBrownout'), read: chance },
  corrupt: { allowed: CHANCE, about: say('simulator.aboutCorrupt'), read: chance },
  lose: { allowed: CHANCE, about: say('simulator.aboutLose'), read: chance },
  deadSector: { allowed: BYTES, about: say('simulator.aboutDeadSector'), read: number },
  speed: { ...oneOf(SPEEDS), about: say('simulator.aboutSpeed') },
  reset: { ...oneOf(RESET_WIRINGS), about: say('simulator.aboutReset') },
  latency: { allowed: MS, about: say('simulator.aboutLatency'), read: readAmount },
  answer: { allowed: MS, about: say('simulator.aboutAnswer'), read: readAmount },
  slow: {
    allowed: say('simulator.factor'),
    about: say('simulator.aboutSlow'),
    read: (text) => readAmount(text) || undefined,
  },
  erase32: { allowed: YES_OR_NO, about: say('simulator.aboutErase32'), read: readBoolean },
  ahead: { allowed: YES_OR_NO, about: say('simulator.aboutAhead'), read: readBoolean },
  app: { ...oneOf(APPLICATIONS), about: say('simulator.aboutApp') },
  srPunish: { allowed: YES_OR_NO, about: say('simulator.aboutSrPunish'), read: readBoolean },
  midLength: {
    allowed: '5, 6, 7',
    about: say('simulator.aboutMidLength'),
    read: (text) => (/^[567]$/.test(text) ? Number(text) : undefined),
  },
  stay: {
    allowed: say('simulator.millisecondsOrEver'),
    about: say('simulator.aboutStay'),
    read: number,
  },
  jedec: {
    allowed: say('simulator.sixHexDigits'),
    about: say('simulator.aboutJedec'),
    read: (text) => (/^[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : undefined),
  },
  key: {
    allowed: say('simulator.keys'),
    about: say('simulator.aboutKey'),
    read: (text) => (/^(tuya|none|[0-9a-f]{32})$/i.test(text) ? text.toLowerCase() : undefined),
  },
  bootloader: { ...oneOf(BOOTLOADER_KINDS), about: say('simulator.aboutBootloader') },
  protect: {
    allowed: say('simulator.protectBytes'),
    about: say('simulator.aboutProtect'),
    read: readProtect,
  },
  mac: {
    allowed: say('simulator.sixHexBytes'),
    about: say('simulator.aboutMac'),
    read: (text) => (/^([0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i.test(text) ? text : undefined),
  },
  profile: {
    allowed: say('simulator.file'),
    about: say('simulator.aboutProfile'),
    read: (text) => text || undefined,
  },
};

const OPTION_NAMES = Object.keys(OPTION_RULES) as (keyof typeof OPTION_RULES)[];

/** @throws BkError BK_BAD_SETTING */
export function readChip(text: string): ChipName {
  const chip = chipNamed(text);
  if (chip !== null) return chip;
  const chips = CHIP_NAMES.join(', ');
  throw wrong(
    text === ''
      ? say('simulator.noChip', { chips })
      : say('simulator.unknownChip', { chip: text, chips }),
    say('simulator.takeAnother'),
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
        say('simulator.noSuchOption', { name, options: OPTION_NAMES.join(', ') }),
        say('simulator.correctName'),
      );
    }
    const rule = OPTION_RULES[known];
    const value = rule.read(text.trim());
    if (value === undefined) {
      throw wrong(
        say('simulator.badOption', { option: known, text, allowed: rule.allowed }),
        say('simulator.correctOption', { option: known }),
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

/** The files that a chip of this URL would be made from. @throws BkError BK_BAD_SETTING */
export function filesOfSimulator(url: string): string[] {
  const { query } = splitUrl(url);
  return [...query].flatMap(([name, file]) =>
    ['flash', 'profile'].includes(name.toLowerCase()) ? [file] : [],
  );
}

function splitUrl(url: string): { chip: string; query: URLSearchParams } {
  const match = /^sim:\/\/([^/?#]*)\/?(?:\?([^#]*))?$/i.exec(url.trim());
  if (match === null) {
    throw wrong(say('simulator.noAddress', { url: shown(url) }), say('simulator.correctAddress'));
  }
  return { chip: match[1] ?? '', query: new URLSearchParams(match[2] ?? '') };
}

function wrong(what: Note, advice: Note): BkError {
  return new BkError('BK_BAD_SETTING', what, { phase: 'open', advice: [advice] });
}

function readNumber(text: string): number | undefined {
  const match = /^(0x[0-9a-f]+|\d+)([km]?)$/i.exec(text);
  if (match === null) return undefined;
  const unit = { '': 1, k: 1024, m: 1024 * 1024 }[(match[2] as string).toLowerCase()] as number;
  const value = Number(match[1]) * unit;
  return value <= 0xffffffff ? value : undefined;
}

/** Of ms, at most an hour, or a factor; either may have a fraction. */
function readAmount(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 3_600_000 ? value : undefined;
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
