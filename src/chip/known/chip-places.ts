import type { ChipModel } from '../chip-model';
import { BK7231T } from '../models/bk7231t';
import { possibleModels } from './chip-queries';
import { CHIP_MODELS, CHIPS, type ChipName } from './chips';

/** What is taken for granted of a chip whose model is not known. */
type UsualFacts = Pick<
  ChipModel,
  'core' | 'layout' | 'layoutVaries' | 'toldBy' | 'largestAppEnd' | 'dataAreas' | 'openBeken'
> & { tuya: Pick<ChipModel['tuya'], 'files'> };

/** A basic chip whose bootloader is not known does not tell its model: all of them have code where the T has it. */
const UNTOLD_BASIC: UsualFacts = {
  ...BK7231T,
  layoutVaries: true,
  openBeken: { pins: 32, places: null, group: null },
};

/** The facts of a chip, or what is usual where it does not tell its model. */
export function modelOrUntold(chip: ChipName | null): UsualFacts {
  return chip === null ? UNTOLD_BASIC : CHIPS[chip];
}

/** By what a flash tells its layout, whatever the model of its chip; null for what is not known of it. */
export interface LayoutMarks {
  /** Where the download slot begins by the partition table in the bootloader. */
  download: number | null;
  /** Where the calibration sector lies. */
  calibration: number | null;
}

const MARKS = ['download', 'calibration'] as const;

/**
 * What holds for a layout: that of the chip's own model, unless the flash has marks of another one's. Modules are
 * made with either layout. The partition table outranks the place of the calibration.
 */
export function factsOfLayout(
  chip: ChipName | null,
  marks: LayoutMarks,
): Pick<UsualFacts, 'layout' | 'dataAreas' | 'tuya'> {
  const own = modelOrUntold(chip);
  if (own.core !== 'arm9') return own;
  for (const what of MARKS) {
    const at = marks[what];
    if (at === null) continue;
    if (isMarkOf(own, what, at)) return own;
    const other = CHIP_MODELS.find(({ toldBy }) => toldBy?.[what] === at);
    if (other !== undefined) return other;
  }
  return own;
}

/** Whether a flash with these marks is laid out as is usual for the chip. */
export function isUsualLayout(chip: ChipName | null, marks: LayoutMarks): boolean {
  const own = modelOrUntold(chip);
  return (
    own.layoutVaries ||
    MARKS.every((what) => {
      const at = marks[what];
      return at === null || isMarkOf(own, what, at);
    })
  );
}

function isMarkOf({ layout, toldBy }: UsualFacts, what: keyof LayoutMarks, at: number): boolean {
  const usual = what === 'download' ? [layout.download.offset] : layout.calibration;
  return usual.includes(at) || toldBy?.[what] === at;
}

/** Where calibration sectors lie on any of the chips, likeliest first. */
export const CALIBRATIONS: readonly number[] = [
  ...new Set(CHIP_MODELS.flatMap(({ layout }) => layout.calibration)),
];

/**
 * Every address where a chip can have its calibration: its usual ones first, then those of the other chips,
 * as there are modules with the layout of another one. A basic chip that does not tell its model (null) is
 * looked at where any of them has it.
 */
export function calibrationOrder(chip: ChipName | null): number[] {
  const own = possibleModels(chip, 'basic').flatMap(({ layout }) => layout.calibration);
  return [...new Set([...own, ...CALIBRATIONS])];
}

/** Where OpenBeken has its configuration on any of the chips. */
export const OPENBEKEN_CONFIGS: readonly number[] = [
  ...new Set(CHIP_MODELS.flatMap(({ openBeken }) => openBeken.places?.config ?? [])),
];

/** The same, likeliest first: that of the chip, or in the order of flash where the chip is not known. */
export function openBekenConfigOrder(chip: ChipName | null): number[] {
  if (chip === null) return [...OPENBEKEN_CONFIGS].sort((one, other) => one - other);
  const own = CHIPS[chip].openBeken.places?.config;
  return [...new Set(own === undefined ? OPENBEKEN_CONFIGS : [own, ...OPENBEKEN_CONFIGS])];
}
