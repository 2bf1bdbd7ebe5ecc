/** The chips that this package knows by name, and what sets them apart on the wire. */
export const CHIP_NAMES = [
  'BK7231T',
  'BK7231U',
  'BK7231N',
  'BK7231M',
  'BK7231Q',
  'BK7238',
  'BK7252',
  'BK7252N',
  'BK7236',
  'BK7258',
] as const;

export type ChipName = (typeof CHIP_NAMES)[number];

/**
 * `full`: a mask ROM serves the download protocol, so that even an empty flash can be written.
 * `basic`: the bootloader in flash serves a part of it; without that bootloader only SPI helps.
 */
export type Family = 'full' | 'basic';

export interface ChipFacts {
  name: ChipName;
  family: Family;
  /** Value of the chip-id register (full chips), lower-case hex without 0x; null where it cannot be read. */
  chipId: string | null;
  /** Register that holds it. BK7236-class chips moved it. */
  chipIdRegister: number | null;
  /** Usual flash size in bytes. */
  flashSize: number;
}

/** Registers that hold the id of full chips, in the order to ask. */
export const CHIP_ID_REGISTERS: readonly number[] = [0x800000, 0x44010004];

const MIB = 1024 * 1024;

/** Source: hid_download_py, bk7231tools and BK7231GUIFlashTool agree, but for the sizes, which are the modules' usual ones. */
export const CHIPS: Readonly<Record<ChipName, ChipFacts>> = {
  BK7231T: basic('BK7231T', 2 * MIB),
  BK7231U: basic('BK7231U', 2 * MIB),
  BK7231Q: basic('BK7231Q', 2 * MIB),
  BK7252: basic('BK7252', 4 * MIB),
  BK7231N: full('BK7231N', '7231c', 0x800000, 2 * MIB),
  BK7231M: full('BK7231M', '7231c', 0x800000, 2 * MIB),
  BK7238: full('BK7238', '7238', 0x800000, 2 * MIB),
  BK7252N: full('BK7252N', '7252a', 0x800000, 4 * MIB),
  BK7236: full('BK7236', '7236', 0x44010004, 4 * MIB),
  BK7258: full('BK7258', '7236', 0x44010004, 8 * MIB),
};

/** Full chips that come without a code key, which their eFuse does not tell. Sources: BK7231GUIFlashTool, and bk7231tools for the first. */
export const KEYLESS: readonly (ChipName | null)[] = ['BK7238', 'BK7252N'];

function basic(name: ChipName, flashSize: number): ChipFacts {
  return { name, family: 'basic', chipId: null, chipIdRegister: null, flashSize };
}

function full(
  name: ChipName,
  chipId: string,
  chipIdRegister: number,
  flashSize: number,
): ChipFacts {
  return { name, family: 'full', chipId, chipIdRegister, flashSize };
}
