import type { ChipName } from './families';
import { BOOTLOADER_END } from './geometry';

/** A stretch of flash, in bytes. */
export interface Region {
  offset: number;
  length: number;
}

export interface Layout {
  /** Application slot. */
  app: Region;
  /** Download (OTA) slot. */
  download: Region;
  /** Where the RF calibration sector ("TLV", with the MAC) can lie, likeliest first. */
  calibration: readonly number[];
}

const region = (offset: number, end: number): Region => ({ offset, length: end - offset });

const SDK_2M: Layout = {
  app: region(BOOTLOADER_END, 0x132000),
  download: region(0x132000, 0x1d8000),
  calibration: [0x1e0000],
};

const TUYA_N: Layout = {
  app: region(BOOTLOADER_END, 0x12a000),
  download: region(0x12a000, 0x1d0000),
  calibration: [0x1d0000],
};

const BK7252: Layout = {
  app: region(BOOTLOADER_END, 0x132000),
  download: region(0x132000, 0x1e0000),
  // The public tools disagree: BK7231GUIFlashTool has the first, ltchiptool the second.
  calibration: [0x1e0000, 0x3fe000],
};

/**
 * Where things usually lie. Sources: libretiny's board files and BK7231GUIFlashTool; the N and T rows
 * were seen on real dumps. A partition table in the bootloader, where readable, outranks this.
 */
export const LAYOUTS: Readonly<Record<ChipName, Layout>> = {
  BK7231T: SDK_2M,
  BK7231U: SDK_2M,
  BK7231Q: SDK_2M,
  BK7231N: TUYA_N,
  BK7231M: TUYA_N,
  // Tuya T1 keeps the calibration at 0x1e3000, the SDK and OpenBeken at 0x1e0000.
  BK7238: {
    ...SDK_2M,
    app: region(BOOTLOADER_END, 0x12c000),
    download: region(0x12c000, 0x1e0000),
    calibration: [0x1e0000, 0x1e3000],
  },
  BK7252,
  BK7252N: BK7252,
  BK7236: {
    app: region(BOOTLOADER_END, 0x3d0000),
    download: region(0x3d0000, 0x3d0000),
    calibration: [0x3fe000],
  },
  BK7258: {
    app: region(BOOTLOADER_END, 0x7dd000),
    download: region(0x7dd000, 0x7dd000),
    calibration: [0x7fe000],
  },
};

/**
 * Every address where a chip can have its calibration: its usual ones first, then those of the other chips,
 * as there are modules with the layout of another one. A basic chip that does not tell its model (null) is
 * looked at where any of them has it.
 */
export function calibrationOrder(chip: ChipName | null): number[] {
  const all = Object.values(LAYOUTS).flatMap(({ calibration }) => calibration);
  return [...new Set([...LAYOUTS[chip ?? 'BK7252'].calibration, ...all])];
}

/**
 * Where the largest application ends that a firmware for the chip is known to have. Firmware without the
 * usual download slot may reach beyond the usual application slot. Sources: libretiny's board files, whose N
 * board without Tuya's layout and whose 4 MiB BK7252 have more than is usual; OpenBeken's table.
 */
export function largestAppEnd(chip: ChipName | null): number {
  if (chip === 'BK7252' || chip === 'BK7252N') return 0x1cb000;
  return Math.max(
    0x132000,
    LAYOUTS[chip ?? 'BK7231T'].app.offset + LAYOUTS[chip ?? 'BK7231T'].app.length,
  );
}
