import { chipsForKey, chipsOfFirmware, tellApartByKey } from '../../chip/known/chip-queries';
import { CHIP_MODELS, type ChipName } from '../../chip/known/chips';
import type { CodeKey, CodePlace } from '../../chip/marker';
import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { AppImage } from '../code/app';
import type { BootloaderImage } from '../code/bootloader';
import { chipOfModule } from '../tuya/tuya-module';

/** What speaks for which chips; hints contradict each other where an image is a mixture. */
export interface Hint {
  chips: readonly ChipName[];
  /** A sentence for people. */
  evidence: Note;
}

export interface ChipGuess {
  /** Null when nothing tells, or when the hints contradict each other. */
  chip: ChipName | null;
  /** Those that all hints allow; empty when nothing tells, or when they contradict each other. */
  chips: ChipName[];
  evidence: Note[];
  /** The hints exclude each other: what they are about is a mixture, or says so by mistake. */
  contradicts: boolean;
}

/** How firmware writes the chip's name. */
const SDK_CHIP = /\bAT (bk72\w{2,4}) >$/i;
/** In names as `Open<chip>`, `generic-<chip>-qfn32-tuya` and the chip's alone. */
const TARGET_CHIP = /^(?:Open|generic-)?(bk72[0-9a-z]{2,4})(?:-|$)/i;

/**
 * Guesses the chip of a dump, or of any image, that begins with this bootloader. What code says of itself outranks
 * its layout: modules exist with the layout that another chip usually has.
 * @param calibration where the calibration sector lies, null where there is none
 * @param key which key the code is stored with, null where that is not known
 * @param app the application behind it, where it was read
 */
export function guessChip(
  bootloader: BootloaderImage,
  calibration: number | null,
  key: CodeKey | null,
  app: AppImage | null = null,
): ChipGuess {
  const { known } = bootloader;
  if (known !== null && known.chip !== null) {
    const name = [known.name, known.version].filter((part) => part !== null).join(' ');
    const evidence = [say('image.bootloaderIs', { name })];
    return { chip: known.chip, chips: [known.chip], evidence, contradicts: false };
  }
  const layout = [partitionHint(bootloader, key), calibrationHint(calibration, key)].filter(
    (hint) => hint !== null,
  );
  const ofBootloader = bootloaderHints(bootloader, key);
  const said =
    ofBootloader.length > 0 || app === null ? ofBootloader : appHints(withoutMark(app), key);
  const all = weighHints([...layout, ...said]);
  const bySaid = weighHints(said);
  if (!all.contradicts || bySaid.chips.length === 0) return all;
  const evidence = [...all.evidence.slice(0, -1), say('image.layoutOfOther')];
  return { ...bySaid, evidence };
}

/** Newer SDKs put the mark behind the vectors for other chips, too: only names are left. */
export function withoutMark(app: AppImage): AppImage {
  return { ...app, saysBk7231: false };
}

/** The chips that the bootloader is for by what it is and says, whatever its layout; empty where neither tells. */
export function namedChips(bootloader: BootloaderImage, key: CodeKey | null): readonly ChipName[] {
  if (bootloader.known?.chip != null) return [bootloader.known.chip];
  return weighHints(bootloaderHints(bootloader, key)).chips;
}

/** Which chips all hints allow. */
export function weighHints(hints: readonly (Hint | null)[]): ChipGuess {
  const given = hints.filter((hint) => hint !== null);
  const evidence = given.map((hint) => hint.evidence);
  const left = given.reduce<readonly ChipName[] | null>(
    (chips, hint) => chips?.filter((chip) => hint.chips.includes(chip)) ?? hint.chips,
    null,
  );
  if (left === null) return { chip: null, chips: [], evidence, contradicts: false };
  const contradicts = left.length === 0;
  if (contradicts) evidence.push(say('image.contradictEachOther'));
  const chip = left.length === 1 ? (left[0] ?? null) : null;
  return { chip, chips: [...left], evidence, contradicts };
}

/** A mixture is good for no chip: a sentence about it; none where nothing contradicts. */
export function contradiction({ contradicts, evidence }: ChipGuess): Note[] {
  if (!contradicts) return [];
  return [say('image.contradictsItself', { evidence: evidence.slice(0, -1) })];
}

/** What an application's texts say. The key is null where the image fits any, as update files do. */
export function appHints(app: AppImage, key: CodeKey | null): Hint[] {
  const hints: Hint[] = [];
  const add = (chips: readonly ChipName[], evidence: Note): void => {
    if (chips.length > 0) hints.push({ chips, evidence });
  };
  const sdk = SDK_CHIP.exec(app.sdk ?? '')?.[1];
  if (sdk !== undefined) add(chipsOfFirmware(sdk, key), say('image.appBuiltFor', { sdk }));
  for (const target of app.targets) add(chipsOfTarget(target, key), targetEvidence(app, target));
  // Newer SDKs write it for other chips too, so that it counts only where nothing better is said.
  if (app.saysBk7231 && hints.length === 0) {
    add(chipsThatSay('app', key), say('image.appSaysBk7231'));
  }
  return hints;
}

/** By the chip in the name, as of OpenBeken's builds and LibreTiny's generic boards, else by the module. */
function chipsOfTarget(target: string, key: CodeKey | null): readonly ChipName[] {
  const named = TARGET_CHIP.exec(target)?.[1];
  if (named !== undefined) return chipsOfFirmware(named, key);
  const module = chipOfModule(target);
  return module === null ? [] : chipsOfFirmware(module, key);
}

function targetEvidence({ project }: AppImage, target: string): Note {
  return project?.includes(target)
    ? say('image.appCallsItself', { project })
    : say('image.appBuiltAs', { target });
}

/** Where the partition table in the bootloader puts the download slot: the weaker evidence, as boards differ. */
export function partitionHint({ partitions }: BootloaderImage, key: CodeKey | null): Hint | null {
  const download = partitions.find(({ name }) => name === 'download');
  if (download === undefined) return null;
  const chips = chipsToldBy('download', download.offset, key);
  if (chips === null) return null;
  return {
    chips,
    evidence: say('image.downloadSlotAt', { offset: hex(download.offset) }),
  };
}

function calibrationHint(offset: number | null, key: CodeKey | null): Hint | null {
  if (offset === null) return null;
  const chips = chipsToldBy('calibration', offset, key);
  return chips === null
    ? null
    : { chips, evidence: say('image.calibrationLiesAt', { offset: hex(offset) }) };
}

/** What a bootloader says of itself. */
export function bootloaderHints(
  { saysBk7231, name, known }: BootloaderImage,
  key: CodeKey | null,
): Hint[] {
  const hints: Hint[] = [];
  if (known !== null && known.chips.length > 0) {
    const evidence = say('image.bootloaderThatOf', { name: known.name });
    hints.push({ chips: tellApartByKey(known.chips, key), evidence });
  }
  if (saysBk7231) {
    const evidence = say('image.bootloaderSaysBk7231');
    hints.push({ chips: chipsThatSay('bootloader', key), evidence });
  }
  const chips = chipsOfFirmware(name?.split('_')[0] ?? '', key);
  if (name !== null && chips.length > 0)
    hints.push({ chips, evidence: say('image.bootloaderCallsItself', { name }) });
  return hints;
}

/** Code for this place says BK7231 on these. */
function chipsThatSay(place: CodePlace, key: CodeKey | null): readonly ChipName[] {
  return chipsForKey(
    CHIP_MODELS.filter(({ firmware }) => firmware.saysBk7231.includes(place)),
    key,
  );
}

/** The layout alone does not tell the many chips apart that have the SDK's layout and no key; null where it tells nothing. */
function chipsToldBy(
  what: 'download' | 'calibration',
  offset: number,
  key: CodeKey | null,
): readonly ChipName[] | null {
  const chips = CHIP_MODELS.filter(({ toldBy }) => toldBy?.[what] === offset);
  return chips.length === 0 ? null : chipsForKey(chips, key);
}
