import type { ChipName } from './families';

/**
 * Bytes of eFuse that can be read over UART, by the controller at 0x800074. BK7238 and BK7252N have only
 * four, which repeat behind them. Chips that are not listed have another controller, or no way to it.
 * Source: BK7231GUIFlashTool, bk7231tools.
 */
export const EFUSE_BYTES: Readonly<Partial<Record<ChipName, number>>> = {
  BK7231N: 32,
  BK7231M: 32,
  BK7238: 4,
  BK7252N: 4,
};

/** Bytes of mask ROM that can be read over UART. Source: ltchiptool. */
export const ROM_BYTES: Readonly<Partial<Record<ChipName, number>>> = {
  BK7231N: 0x4000,
  BK7231M: 0x4000,
};
