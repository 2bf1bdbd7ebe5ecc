import { readFileSync, type Stats, statSync } from 'node:fs';
import { SECTOR } from '../../chip/geometry';
import type { BootloaderFacts } from '../../chip/known/bootloaders';
import { CHIPS, type Chip, type ChipName } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import { BkError, hex, textOf } from '../../errors';
import { type Note, say } from '../../texts/note';
import { FAST_TIMINGS, REAL_TIMINGS, type Timings } from './chip-timing';
import { bootloaderOf, type ChipProfile, madeUpMac, PROFILES } from './profiles';
import type { SimulatorExtras, SimulatorOptions } from './simulator-options';
import { isFlashSize, LARGEST_FLASH, OPTION_RULES, readChip } from './simulator-options';

/** The code key that Tuya and Beken burn, as its four words are written. Source: protocol notes, eFuse. */
const TUYA_KEY = '510fb093a3cbeadc5993a17ec7adeb03';
const NO_KEY = '00000000000000000000000000000000';

/** Real parts of each size, by their id. */
const JEDEC_BY_SIZE: Readonly<Record<number, string>> = {
  524288: 'c86513',
  1048576: '0b4014',
  2097152: 'eb6015',
  4194304: 'c84016',
  8388608: 'c84017',
};

/** A chip with every choice made. */
export interface ResolvedOptions {
  chip: ChipName;
  facts: Chip;
  profile: ChipProfile;
  /** Contents from a file, not yet padded; null where they are made from the seed. */
  file: Buffer | null;
  size: number;
  baudLimit: number;
  window: number;
  seed: number;
  brownout: number;
  corrupt: number;
  lose: number;
  deadSector: number | null;
  fast: boolean;
  reset: NonNullable<SimulatorOptions['reset']>;
  app: NonNullable<SimulatorOptions['app']>;
  srPunish: boolean;
  midLength: number;
  stay: number;
  jedec: Buffer;
  /** 32 hex digits, four words. */
  key: string;
  tuyaKey: boolean;
  bootloader: NonNullable<SimulatorOptions['bootloader']>;
  /** The table's entry whose checksum the bootloader is given; null where there is none. */
  knownBootloader: BootloaderFacts | null;
  protect: number;
  mac: Buffer;
  /** Where the calibration sector lies; null for none. */
  calibration: number | null;
  /** The download slot of the partition table; null for no table. */
  download: Region | null;
  timings: Timings;
  untallied: boolean;
}

/** @throws BkError BK_BAD_SETTING, BK_STORAGE (the file cannot be read) */
export function resolveOptions(options: SimulatorOptions & SimulatorExtras): ResolvedOptions {
  const chip = readChip(options.chip);
  const facts = CHIPS[chip];
  const profile = PROFILES[chip];
  const file = options.flash === undefined ? null : readContents(options.flash);
  const size = options.size ?? sizeFor(facts.flashSize, file?.length ?? 0);
  if (!isFlashSize(size)) throw bad('size', size);
  if (file !== null && file.length > size) {
    const text = say('simulator.fileTooLong', {
      file: options.flash ?? '',
      bytes: file.length,
      size,
    });
    throw new BkError('BK_BAD_SETTING', text, {
      phase: 'open',
      advice: [say('simulator.smallerFile')],
    });
  }
  const { deadSector = null, seed = 1 } = options;
  if (deadSector !== null && deadSector >= size) throw bad('deadSector', deadSector);
  const { calibration, download } = layoutOf(options, facts, size);
  const key = keyFor(facts, options.key);
  const fast = options.speed === 'fast';
  return {
    chip,
    facts,
    profile,
    file,
    size,
    baudLimit: options.baudLimit ?? Number.POSITIVE_INFINITY,
    window: options.window ?? 300,
    seed,
    brownout: options.brownout ?? 0,
    corrupt: options.corrupt ?? 0,
    lose: options.lose ?? 0,
    deadSector,
    fast,
    reset: options.reset ?? 'rts',
    app: options.app ?? 'friendly',
    srPunish: options.srPunish ?? false,
    midLength: options.midLength ?? 6,
    stay: options.stay ?? profile.stay,
    jedec: Buffer.from(options.jedec ?? jedecFor(size), 'hex'),
    key,
    tuyaKey: key === TUYA_KEY,
    bootloader: options.bootloader ?? 'known',
    knownBootloader: bootloaderOf(chip),
    protect: options.protect ?? 0x067c,
    mac: options.mac === undefined ? madeUpMac(chip, seed) : macFrom(options.mac),
    calibration,
    download,
    timings: { ...(fast ? FAST_TIMINGS : REAL_TIMINGS), ...options.timings },
    untallied: options.untallied ?? false,
  };
}

function bad(name: keyof typeof OPTION_RULES, value: number): BkError {
  const { allowed } = OPTION_RULES[name];
  return new BkError(
    'BK_BAD_SETTING',
    say('simulator.outsideFlash', { option: name, value: hex(value), allowed }),
    { phase: 'open', advice: [say('simulator.correctOption', { option: name })] },
  );
}

/** Where flash that is made from the seed has what. */
function layoutOf(
  { calibration, download }: SimulatorOptions,
  { layout, core }: Chip,
  size: number,
): Pick<ResolvedOptions, 'calibration' | 'download'> {
  if (typeof calibration === 'number' && calibration + SECTOR > size)
    throw bad('calibration', calibration);
  if (typeof download === 'object' && download.offset + download.length > size)
    throw bad('download', download.offset);
  const usual = layout.calibration.find((at) => at + SECTOR <= size) ?? null;
  // Chips with another core keep their partitions elsewhere.
  const hasTable = core === 'arm9' && download !== 'none';
  return {
    calibration: calibration === 'none' ? null : (calibration ?? usual),
    download: hasTable ? (download ?? layout.download) : null,
  };
}

function readContents(path: string): Buffer {
  const refuse = (what: Note, reason?: unknown): BkError =>
    new BkError('BK_STORAGE', what, {
      phase: 'open',
      ...(reason === undefined ? {} : { reason }),
      advice: [say('simulator.checkFileName')],
    });
  let stats: Stats | undefined;
  try {
    // Asked before it is opened: a pipe would have the whole program wait for somebody to write to it.
    stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && stats.size <= LARGEST_FLASH) return readFileSync(path);
  } catch (reason) {
    throw refuse(say('simulator.fileUnreadable', { path, reason: textOf(reason) }), reason);
  }
  if (stats === undefined) throw refuse(say('simulator.noSuchFile', { path }));
  if (!stats.isFile()) throw refuse(say('simulator.noPlainFile', { path }));
  throw refuse(say('simulator.fileLongerThanAnyFlash', { path, bytes: stats.size }));
}

function sizeFor(usual: number, contents: number): number {
  let size = usual;
  while (size < contents) size *= 2;
  return size;
}

function jedecFor(size: number): string {
  return JEDEC_BY_SIZE[size] ?? `c840${Math.log2(size).toString(16).padStart(2, '0')}`;
}

function keyFor({ codeKey }: Chip, asked: string | undefined): string {
  const key = asked ?? codeKey.usual ?? 'none';
  if (key === 'tuya') return TUYA_KEY;
  return key === 'none' ? NO_KEY : key;
}

function macFrom(text: string): Buffer {
  return Buffer.from(text.replace(/[:-]/g, ''), 'hex');
}
