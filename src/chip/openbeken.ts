import type { ChipName } from './families';

/** Where OpenBeken's firmware looks for what it keeps outside of its code. Flash addresses. */
export interface OpenBekenPlaces {
  /** Its configuration, one sector. */
  config: number;
  /** The calibration of the radio, where that may differ from what the chip came with; else null. */
  calibration: number | null;
}

const SDK: OpenBekenPlaces = { config: 0x1e1000, calibration: null };
const N: OpenBekenPlaces = { config: 0x1d1000, calibration: null };

/**
 * Chips that are not listed have no place that is known. Sources: OpenBeken's source text and
 * BK7231GUIFlashTool; T and N were seen on real dumps.
 */
export const OPENBEKEN_PLACES: Readonly<Partial<Record<ChipName, OpenBekenPlaces>>> = {
  BK7231T: SDK,
  BK7231U: SDK,
  BK7231N: N,
  BK7231M: N,
  // Tuya's T1 has its calibration at 0x1e3000.
  BK7238: { ...SDK, calibration: 0x1e0000 },
  BK7252: SDK,
  BK7252N: SDK,
};
