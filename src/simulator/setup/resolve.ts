import { SECTOR } from '../../chip/geometry';
import { BOOTLOADERS, type BootloaderFacts } from '../../chip/known/bootloaders';
import { isSameSilicon } from '../../chip/known/chip-queries';
import { CHIPS, type Chip, type ChipName } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import { BkError, hex } from '../../errors';
import { say } from '../../texts/note';
import { BOOT_BAUD, FAST_TIMINGS, REAL_TIMINGS, slower, type Timings } from './chip-timing';
import { readOptionFile } from './option-file';
import { isFlashSize, LARGEST_FLASH } from './option-values';
import { fillRandom, seeded } from './prng';
import { readProfile, type ToldProfile } from './profile-file';
import { bootloaderOf, type ChipProfile, madeUpMac, PROFILES } from './profiles';
import type { SimulatorExtras, SimulatorOptions } from './simulator-options';
import { OPTION_RULES, readChip } from './simulator-options';

/** The code key that Tuya and Beken burn, as its four words are written. Source: protocol notes, eFuse. */
const TUYA_KEY = '510fb093a3cbeadc5993a17ec7adeb03';
/** A key of a maker's own, that of Uascent's modules. Source: Elektroda, topic 4032988. */
const OWN_KEY = '4862379a8612784b85c5e25875754528';
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
  appBaud: number;
  crash: number;
  uart: NonNullable<SimulatorOptions['uart']>;
  joined: boolean;
  srPunish: boolean;
  midLength: number;
  stay: number;
  jedec: Buffer;
  /** 32 hex digits, four words. */
  key: string;
  tuyaKey: boolean;
  /** What eFuse says of the key, 32 hex digits. */
  efuse: string;
  bootloader: 'known' | 'blank' | 'unknown';
  contents: NonNullable<SimulatorOptions['contents']>;
  /** The table's entry whose checksum the bootloader is given; null where there is none. */
  knownBootloader: BootloaderFacts | null;
  protect: number;
  mac: Buffer;
  /** Where the calibration sector lies; null for none. */
  calibration: number | null;
  /** The download slot of the partition table; null for no table. */
  download: Region | null;
  latency: number;
  ahead: boolean;
  erase32: boolean;
  registers: ReadonlyMap<number, number>;
  timings: Timings;
  untallied: boolean;
}

const NOTHING_TOLD: ToldProfile = {
  options: {},
  timings: {},
  registers: new Map(),
  hasOwnKey: false,
  maker: null,
};

/** @throws BkError BK_BAD_SETTING, BK_STORAGE (a file cannot be read) */
export function resolveOptions(given: SimulatorOptions & SimulatorExtras): ResolvedOptions {
  const chip = readChip(given.chip);
  const told = given.profile === undefined ? NOTHING_TOLD : readProfile(given.profile, chip);
  const options = { ...told.options, ...given };
  const facts = CHIPS[chip];
  const profile = PROFILES[chip];
  const file =
    options.flash === undefined ? null : readOptionFile('flash', options.flash, LARGEST_FLASH);
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
  const { kind, entry } = bootloaderFor(chip, options.bootloader);
  const { calibration, download } = layoutOf(options, facts, { size, slot: entry?.download });
  const toldKey = told.hasOwnKey ? ownKey(seed) : undefined;
  const usualKey = (kind === 'known' ? entry?.key : null) ?? facts.codeKey.usual;
  const key = keyFor(options.key ?? toldKey ?? usualKey);
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
    appBaud: options.appBaud ?? BOOT_BAUD,
    crash: options.crash ?? 0,
    uart: options.uart ?? '1',
    joined: options.joined ?? false,
    srPunish: options.srPunish ?? false,
    midLength: options.midLength ?? 6,
    stay: options.stay ?? profile.stay,
    jedec: Buffer.from(options.jedec ?? jedecFor(size), 'hex'),
    key,
    tuyaKey: key === TUYA_KEY,
    efuse: options.efuse === undefined ? key : keyFor(options.efuse),
    bootloader: kind,
    contents: options.contents ?? 'factory',
    knownBootloader: entry,
    protect: options.protect ?? 0x067c,
    mac: options.mac === undefined ? madeUpMac(chip, seed, told.maker) : macFrom(options.mac),
    calibration,
    download,
    // Who does not want to wait does not want to wait as long as somebody's chip.
    latency: (fast ? given.latency : options.latency) ?? 0,
    ahead: options.ahead ?? true,
    erase32: options.erase32 ?? false,
    registers: told.registers,
    timings: {
      ...(fast ? FAST_TIMINGS : slower({ ...REAL_TIMINGS, ...told.timings }, options.slow ?? 1)),
      ...(options.answer === undefined ? {} : { answer: options.answer }),
      ...options.timings,
    },
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
  { size, slot }: { size: number; slot: number | null | undefined },
): Pick<ResolvedOptions, 'calibration' | 'download'> {
  if (typeof calibration === 'number' && calibration + SECTOR > size)
    throw bad('calibration', calibration);
  if (typeof download === 'object' && download.offset + download.length > size)
    throw bad('download', download.offset);
  const usual = layout.calibration.find((at) => at + SECTOR <= size) ?? null;
  // Chips with another core keep their partitions elsewhere.
  const hasTable = core === 'arm9' && download !== 'none';
  const offset = slot ?? layout.download.offset;
  const length = layout.download.offset + layout.download.length - offset;
  return {
    calibration: calibration === 'none' ? null : (calibration ?? usual),
    download: hasTable ? (download ?? { offset, length }) : null,
  };
}

function sizeFor(usual: number, contents: number): number {
  let size = usual;
  while (size < contents) size *= 2;
  return size;
}

function jedecFor(size: number): string {
  return JEDEC_BY_SIZE[size] ?? `c840${Math.log2(size).toString(16).padStart(2, '0')}`;
}

/** @throws BkError BK_BAD_SETTING for a bootloader that the chip cannot have */
function bootloaderFor(
  chip: ChipName,
  asked: string = 'known',
): { kind: ResolvedOptions['bootloader']; entry: BootloaderFacts | null } {
  if (asked === 'known' || asked === 'blank' || asked === 'unknown')
    return { kind: asked, entry: bootloaderOf(chip) };
  const crc = Number.parseInt(asked, 16);
  const entry = BOOTLOADERS.find((one) => one.crc === crc);
  const { family } = CHIPS[chip];
  const runs = entry?.chips.length === 0 || entry?.chips.some((name) => isSameSilicon(name, chip));
  if (entry !== undefined && entry.family === family && runs) return { kind: 'known', entry };
  throw new BkError('BK_BAD_SETTING', say('simulator.bootloaderOfOther', { crc: asked, chip }), {
    phase: 'open',
    advice: [say('simulator.correctOption', { option: 'bootloader' })],
  });
}

/** @param asked null where no key is usual */
function keyFor(asked: string | null): string {
  if (asked === 'tuya') return TUYA_KEY;
  if (asked === 'custom') return OWN_KEY;
  return asked === 'none' || asked === null ? NO_KEY : asked;
}

/** Made up: the true one is nobody's business. */
function ownKey(seed: number): string {
  return fillRandom(seeded(seed, 'efuse'), Buffer.alloc(16)).toString('hex');
}

function macFrom(text: string): Buffer {
  return Buffer.from(text.replace(/[:-]/g, ''), 'hex');
}
