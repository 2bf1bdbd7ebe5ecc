import { BOOTLOADERS } from '../../chip/known/bootloaders';
import { chipNamed } from '../../chip/known/chip-queries';
import { CHIP_NAMES, type ChipName } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import { BkError, shown } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Timings } from './chip-timing';
import {
  readAmount,
  readBoolean,
  readChance,
  readKey,
  readNone,
  readNumber,
  readProtect,
  readSector,
  readSize,
  readSlot,
} from './option-values';

const RESET_WIRINGS = ['rts', 'dtr', 'rts-inverted', 'dtr-inverted', 'none'] as const;
const APPLICATIONS = [
  'friendly',
  'silent',
  'log',
  'tuyamcu',
  'openbeken',
  'libretiny',
  'tuya',
] as const;
const UARTS = ['1', '2'] as const;
const BOOTLOADER_KINDS = ['known', 'blank', 'unknown'] as const;
const CONTENTS = ['factory', 'updated', 'tuya'] as const;
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
  /** Bits per second at which it talks and listens. Default 115200. */
  appBaud?: number;
  /** Ms after its start at which it crashes, and the chip reboots; 0 never. Default 0. */
  crash?: number;
  /** Which of the chip's UARTs the adapter is at: 2 is for the application's log alone. Default 1. */
  uart?: (typeof UARTS)[number];
  /** Whether TX and RX of the adapter are joined, so that it hears itself and nothing else. Default false. */
  joined?: boolean;
  /** A status-register write while nothing is protected locks the flash for good. Default false. */
  srPunish?: boolean;
  /** What GetMID's answer says of its length; the frame is always 15 bytes. Default 6. */
  midLength?: 5 | 6 | 7;
  /** Ms of silence after which download mode is left; 0 never. Default: the chip's usual one. */
  stay?: number;
  /** Six hex digits. Default by size. */
  jedec?: string;
  /** Code key: `tuya`, `none`, or 32 hex digits (four words). Default: the bootloader's, or the chip's usual one. */
  key?: string;
  /** What eFuse says of the key when it is read, where that is not the key: as `key`, `none` for zeros. */
  efuse?: string;
  /**
   * What the flash begins with when it is made from the seed: one that is known for the chip, or this very one by its
   * checksum, eight hex digits. Default `known`.
   */
  bootloader?: (typeof BOOTLOADER_KINDS)[number] | (string & {});
  /**
   * `updated`: its firmware came over the air, and older, longer code lay there before. `tuya`: a lamp that was paired,
   * whose storage names its pins. Default `factory`.
   */
  contents?: (typeof CONTENTS)[number];
  /** Status register after each boot of a full chip: second byte << 8 | first. Default 0x067c. */
  protect?: number;
  /** Six bytes in hex, colons allowed. Default by seed. */
  mac?: string;
  /** Address of the calibration sector, a multiple of 4096. Default: where the chip usually has it. */
  calibration?: number | 'none';
  /** Download slot in the bootloader's partition table; `none` leaves the table out. Default: the chip's usual one. */
  download?: Region | 'none';
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

const oneOf = (names: readonly string[]): Pick<OptionRule, 'allowed' | 'read'> => ({
  allowed: names.join(', '),
  read: (text) => names.find((name) => name === text.toLowerCase()),
});

const BYTES = say('simulator.bytes');
const CHANCE = say('simulator.probability');
const MS = say('simulator.milliseconds');
const YES_OR_NO = 'true, false';

/** Of all bootloaders that are known. */
const CHECKSUMS = BOOTLOADERS.map(({ crc }) => crc.toString(16).padStart(8, '0'));

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
    read: readNumber,
  },
  window: { allowed: MS, about: say('simulator.aboutWindow'), read: readNumber },
  seed: {
    allowed: say('simulator.wholeNumber'),
    about: say('simulator.aboutSeed'),
    read: readNumber,
  },
  brownout: { allowed: CHANCE, about: say('simulator.aboutBrownout'), read: readChance },
  corrupt: { allowed: CHANCE, about: say('simulator.aboutCorrupt'), read: readChance },
  lose: { allowed: CHANCE, about: say('simulator.aboutLose'), read: readChance },
  deadSector: { allowed: BYTES, about: say('simulator.aboutDeadSector'), read: readNumber },
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
  appBaud: {
    allowed: say('simulator.bitsPerSecond'),
    about: say('simulator.aboutAppBaud'),
    read: (text) => readNumber(text) || undefined,
  },
  crash: { allowed: MS, about: say('simulator.aboutCrash'), read: readNumber },
  uart: { ...oneOf(UARTS), about: say('simulator.aboutUart') },
  joined: { allowed: YES_OR_NO, about: say('simulator.aboutJoined'), read: readBoolean },
  srPunish: { allowed: YES_OR_NO, about: say('simulator.aboutSrPunish'), read: readBoolean },
  midLength: {
    allowed: '5, 6, 7',
    about: say('simulator.aboutMidLength'),
    read: (text) => (/^[567]$/.test(text) ? Number(text) : undefined),
  },
  stay: {
    allowed: say('simulator.millisecondsOrEver'),
    about: say('simulator.aboutStay'),
    read: readNumber,
  },
  jedec: {
    allowed: say('simulator.sixHexDigits'),
    about: say('simulator.aboutJedec'),
    read: (text) => (/^[0-9a-f]{6}$/i.test(text) ? text.toLowerCase() : undefined),
  },
  key: {
    allowed: say('simulator.keys'),
    about: say('simulator.aboutKey'),
    read: readKey,
  },
  efuse: { allowed: say('simulator.keys'), about: say('simulator.aboutEfuse'), read: readKey },
  bootloader: {
    allowed: say('simulator.bootloaders'),
    about: say('simulator.aboutBootloader'),
    read: (text) => {
      const kind = text.toLowerCase();
      return [...BOOTLOADER_KINDS, ...CHECKSUMS].find((name) => name === kind);
    },
  },
  contents: { ...oneOf(CONTENTS), about: say('simulator.aboutContents') },
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
  calibration: {
    allowed: say('simulator.sectorOrNone'),
    about: say('simulator.aboutCalibration'),
    read: (text) => readNone(text) ?? readSector(text),
  },
  download: {
    allowed: say('simulator.slotOrNone'),
    about: say('simulator.aboutDownload'),
    read: (text) => readNone(text) ?? readSlot(text),
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
