import { CHIP_NAMES, type ChipName } from '../chip/families';
import { hex } from '../errors';
import type { AppImage } from './app';
import { type BootloaderImage, readBootloader } from './bootloader';
import type { CodeKey } from './marker';
import { readPartitions } from './partitions';

/** What speaks for which chips; hints contradict each other where an image is a mixture. */
export interface Hint {
  chips: readonly ChipName[];
  /** A sentence for people. */
  evidence: string;
}

export interface ChipGuess {
  /** Null when nothing tells, or when the hints contradict each other. */
  chip: ChipName | null;
  /** Those that all hints allow; empty when nothing tells, or when they contradict each other. */
  chips: ChipName[];
  evidence: string[];
}

const T_DOWNLOAD = 0x132000;
const N_DOWNLOAD = 0x12a000;
const T_CALIBRATION = 0x1e0000;
const N_CALIBRATION = 0x1d0000;
/** How firmware writes the chip's name: Tuya calls the T BK7231S. */
const SDK_CHIP = /\bAT (bk72\w{2,4}) >$/i;
const OPENBEKEN_CHIP = /^Open(BK72\w{2,4})/;
const TUYA_CHIP = /(?:^|_)(bk7231[snt])(?:_|$)/i;

/**
 * Guesses the chip of a full dump, or of any image, that begins with the bootloader.
 * @param calibration where the calibration sector lies, null where there is none
 * @param key which key the code is stored with, null where that is not known
 * @param more what other parts of the image say
 */
export function guessChip(
  dump: Uint8Array,
  calibration: number | null,
  key: CodeKey | null,
  more: readonly Hint[] = [],
): ChipGuess {
  const bootloader = readBootloader(dump);
  const { known } = bootloader;
  if (known !== null) {
    const name = [known.name, known.version].filter((part) => part !== null).join(' ');
    const evidence = [`The bootloader is ${name}, by its checksum.`];
    return { chip: known.chip, chips: [known.chip], evidence };
  }
  return weighHints([
    partitionHint(dump, key),
    calibrationHint(calibration, key),
    ...bootloaderHints(bootloader, key),
    ...more,
  ]);
}

/** Which chips all hints allow. */
export function weighHints(hints: readonly (Hint | null)[]): ChipGuess {
  const given = hints.filter((hint) => hint !== null);
  const evidence = given.map((hint) => hint.evidence);
  const left = given.reduce<readonly ChipName[] | null>(
    (chips, hint) => chips?.filter((chip) => hint.chips.includes(chip)) ?? hint.chips,
    null,
  );
  if (left === null) return { chip: null, chips: [], evidence };
  if (left.length === 0) evidence.push('These contradict each other.');
  return { chip: left.length === 1 ? (left[0] ?? null) : null, chips: [...left], evidence };
}

/** What an application's texts say. The key is null where the image fits any, as update files do. */
export function appHints(app: AppImage, key: CodeKey | null): Hint[] {
  const hints: Hint[] = [];
  const add = (chips: readonly ChipName[], evidence: string): void => {
    if (chips.length > 0) hints.push({ chips, evidence });
  };
  const sdk = SDK_CHIP.exec(app.sdk ?? '')?.[1];
  if (sdk !== undefined) add(chipsNamed(sdk, key), `The application was built for ${sdk}.`);
  const project = OPENBEKEN_CHIP.exec(app.project ?? '') ?? TUYA_CHIP.exec(app.project ?? '');
  if (project?.[1] !== undefined)
    add(chipsNamed(project[1], key), `The application calls itself ${app.project}.`);
  if (app.saysBk7231) {
    const also: ChipName[] = key === 'tuya' ? [] : ['BK7238', 'BK7252N'];
    add([...nChips(key), ...also], 'The application says BK7231 where those for N and M do.');
  }
  return hints;
}

/** Where the partition table in the bootloader puts the download slot: the weaker evidence, as boards differ. */
export function partitionHint(dump: Uint8Array, key: CodeKey | null): Hint | null {
  const download = readPartitions(dump).find(({ name }) => name === 'download');
  if (download === undefined) return null;
  const chips = chipsBy(download.offset, { t: T_DOWNLOAD, n: N_DOWNLOAD }, key);
  if (chips === null) return null;
  return {
    chips,
    evidence: `The partition table puts the download slot at ${hex(download.offset)}.`,
  };
}

function calibrationHint(offset: number | null, key: CodeKey | null): Hint | null {
  if (offset === null) return null;
  const chips = chipsBy(offset, { t: T_CALIBRATION, n: N_CALIBRATION }, key);
  return chips === null
    ? null
    : { chips, evidence: `The calibration sector lies at ${hex(offset)}.` };
}

/** What a bootloader says of itself. */
export function bootloaderHints(
  { saysBk7231, name }: BootloaderImage,
  key: CodeKey | null,
): Hint[] {
  const hints: Hint[] = [];
  if (saysBk7231) {
    const evidence = 'The bootloader says BK7231 where only that of N and M does.';
    hints.push({ chips: nChips(key), evidence });
  }
  const chips = chipsNamed(name?.split('_')[0] ?? '', key);
  if (chips.length > 0) hints.push({ chips, evidence: `The bootloader calls itself ${name}.` });
  return hints;
}

function chipsNamed(text: string, key: CodeKey | null): readonly ChipName[] {
  const name = text.toUpperCase().replace('BK7231S', 'BK7231T');
  if (name === 'BK7231N') return nChips(key);
  const chip = CHIP_NAMES.find((known) => known === name);
  return chip === undefined ? [] : [chip];
}

/** The layout alone does not tell the many chips apart that have the SDK's layout and no key. */
function chipsBy(
  offset: number,
  at: { t: number; n: number },
  key: CodeKey | null,
): readonly ChipName[] | null {
  if (offset === at.n) return nChips(key);
  if (offset !== at.t) return null;
  if (key === 'tuya') return ['BK7231T'];
  return ['BK7231T', 'BK7231U', 'BK7231Q', 'BK7238', 'BK7252', 'BK7252N'];
}

/** N and M are one silicon: only the key tells them apart. */
function nChips(key: CodeKey | null): readonly ChipName[] {
  if (key === 'tuya') return ['BK7231N'];
  return key === 'none' ? ['BK7231M'] : ['BK7231N', 'BK7231M'];
}
