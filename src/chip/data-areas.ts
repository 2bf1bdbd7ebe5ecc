import type { ChipName } from './families';
import type { Region } from './layouts';

/** A stretch of flash where firmware keeps what is unique to a device. */
export interface DataArea extends Region {
  /** Completes "the chip has …". */
  what: string;
}

const USER_FILES = "files of Tuya's firmware";
const STORAGE = "Tuya's storage";
const OPENBEKEN = "OpenBeken's configuration, or settings of another firmware";

const area = (what: string, offset: number, end: number): DataArea => ({
  what,
  offset,
  length: end - offset,
});

const T = [
  area(USER_FILES, 0x1d8000, 0x1e0000),
  area(OPENBEKEN, 0x1e1000, 0x1e3000),
  area(USER_FILES, 0x1e3000, 0x1ee000),
  area(STORAGE, 0x1ee000, 0x200000),
];
const N = [
  area(OPENBEKEN, 0x1d1000, 0x1d2000),
  area(USER_FILES, 0x1d2000, 0x1ed000),
  area(STORAGE, 0x1ed000, 0x200000),
];
const BK7252 = [area(OPENBEKEN, 0x1e1000, 0x1e2000), area(STORAGE, 0x397000, 0x3a9000)];

/**
 * What lies behind the code of a chip, beside the calibration, by its usual layout; what is not listed there
 * has no use that is known. Sources: libretiny's board files and BK7231GUIFlashTool; the areas of N and T were
 * seen on real dumps.
 */
export const DATA_AREAS: Readonly<Partial<Record<ChipName, readonly DataArea[]>>> = {
  BK7231T: T,
  BK7231U: T,
  BK7231Q: [area(OPENBEKEN, 0x1e1000, 0x1e2000), area(STORAGE, 0x1eb000, 0x200000)],
  BK7231N: N,
  BK7231M: N,
  BK7238: [area(OPENBEKEN, 0x1e1000, 0x1e2000), area(STORAGE, 0x1f5000, 0x200000)],
  BK7252,
  BK7252N: BK7252,
  BK7236: [area(STORAGE, 0x3d0000, 0x3e0000)],
  BK7258: [area(STORAGE, 0x7dd000, 0x7ed000)],
};
