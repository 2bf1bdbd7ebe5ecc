import type { Family } from '../chip-model';
import type { CodeKey } from '../marker';
import { CHIP_MODELS, CHIPS, type Chip, type ChipName } from './chips';

/** Registers that hold the id of full chips, in the order to ask. */
export const CHIP_ID_REGISTERS: readonly number[] = [
  ...new Set(CHIP_MODELS.flatMap(({ chipIdRegister }) => chipIdRegister ?? [])),
];

/** The chip of this name, its own or one by which people know it, in any case of letters. */
export function chipNamed(text: string): ChipName | null {
  const name = text.toUpperCase();
  const chip = CHIP_MODELS.find((one) => one.name === name) ?? chipAlsoNamed(name);
  return chip?.name ?? null;
}

/** A chip's own name for one by which people know it, in any case of letters; any other text as it is. */
export function ownName(text: string): string {
  return chipAlsoNamed(text.toUpperCase())?.name ?? text;
}

function chipAlsoNamed(name: string): Chip | undefined {
  return CHIP_MODELS.find(({ aliases }) => aliases.includes(name));
}

function modelsOf(family: Family): readonly Chip[] {
  return CHIP_MODELS.filter((chip) => chip.family === family);
}

/** The models that a chip can be, which tells its family at least. */
export function possibleModels(chip: ChipName | null, family: Family): readonly Chip[] {
  return chip === null ? modelsOf(family) : [CHIPS[chip]];
}

/** The models whose register says this; none for null. @param id its value */
export function chipsWithId(id: number | null): readonly Chip[] {
  const text = id?.toString(16);
  return CHIP_MODELS.filter(({ chipId }) => chipId === text);
}

/** The model with the same id that only a larger flash tells from this one; null where there is none. */
export function largerTwin(chip: ChipName): Chip | null {
  const { chipId, flashSize } = CHIPS[chip];
  const twin = CHIP_MODELS.find(
    (other) => chipId !== null && other.chipId === chipId && other.flashSize > flashSize,
  );
  return twin ?? null;
}

/** Whether these are one silicon under two names, which only the key that the chip comes with tells apart. */
export function isSameSilicon(one: ChipName, other: ChipName): boolean {
  return CHIPS[one].firmware.name === CHIPS[other].firmware.name;
}

/** The models that come without a code key, which their eFuse does not tell. Only full chips are asked. */
export function comesKeyless(chip: ChipName | null): boolean {
  if (chip === null) return false;
  const { family, codeKey } = CHIPS[chip];
  return family === 'full' && codeKey.usual === 'none' && !codeKey.readable;
}

/**
 * Of models that are one silicon, only those that come with this key; all the others stay.
 * @param key that the code is stored with; null where it is not known
 */
export function tellApartByKey(
  chips: readonly ChipName[],
  key: CodeKey | null,
): readonly ChipName[] {
  const comesWithIt = (chip: ChipName) => CHIPS[chip].codeKey.usual === key;
  return key === null
    ? chips
    : chips.filter(
        (chip) =>
          comesWithIt(chip) ||
          !chips.some((other) => isSameSilicon(other, chip) && comesWithIt(other)),
      );
}

/** The models that code runs on which is stored with this key, as far as it tells. */
export function chipsForKey(chips: readonly Chip[], key: CodeKey | null): readonly ChipName[] {
  const able = chips.filter(({ codeKey }) => key !== 'tuya' || codeKey.usual === key);
  return tellApartByKey(
    able.map(({ name }) => name),
    key,
  );
}

/** The models that firmware means by a chip's name; empty for what is no chip's name. */
export function chipsOfFirmware(text: string, key: CodeKey | null): readonly ChipName[] {
  const chip = chipNamed(text);
  if (chip === null) return [];
  const meant = CHIP_MODELS.filter(({ firmware }) => firmware.name === chip);
  return meant.length === 0
    ? [chip]
    : tellApartByKey(
        meant.map(({ name }) => name),
        key,
      );
}

/** The model whose bootloader answers the question for its version. */
export function chipThatTellsVersion(): ChipName | null {
  return CHIP_MODELS.find(({ tellsBootVersion }) => tellsBootVersion)?.name ?? null;
}

/** A model on which OpenBeken's configuration has room for as many pins as on any. */
export function chipWithMostPins(): ChipName {
  return CHIP_MODELS.reduce((one, other) =>
    other.openBeken.pins > one.openBeken.pins ? other : one,
  ).name;
}
