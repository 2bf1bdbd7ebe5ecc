import type { ChipName } from './families';

/** A stretch of the processor's address space that the command for registers reads word by word. */
export interface MemoryWindow {
  address: number;
  /** A multiple of four. */
  bytes: number;
}

export interface RomFacts extends MemoryWindow {
  /** Whether it was seen there on a real chip. */
  confirmed: boolean;
}

const SMALL_ROM: RomFacts = { address: 0, bytes: 0x4000, confirmed: true };

/**
 * Mask ROM that can be read over UART. In download mode the Cortex-M33 chips show theirs only by an address
 * outside of the secure ones (0x06000000 on BK7258 reads as nothing); that of BK7236 is worked out from
 * its secure address. BK7231T, U, Q and BK7252 do not give it. Source: ltchiptool, BK7231GUIFlashTool.
 */
export const ROMS: Readonly<Partial<Record<ChipName, RomFacts>>> = {
  BK7231N: SMALL_ROM,
  BK7231M: SMALL_ROM,
  BK7238: SMALL_ROM,
  BK7252N: SMALL_ROM,
  BK7236: { address: 0x161f0000, bytes: 0x10000, confirmed: false },
  BK7258: { address: 0x16000000, bytes: 0x10000, confirmed: true },
};

/**
 * Bytes of eFuse that can be read over UART. BK7238 and BK7252N have only four, which repeat behind them.
 * BK7258 has another controller than the others. Source: BK7231GUIFlashTool, bk7231tools.
 */
export const EFUSE_BYTES: Readonly<Partial<Record<ChipName, number>>> = {
  BK7231N: 32,
  BK7231M: 32,
  BK7238: 4,
  BK7252N: 4,
  BK7258: 4,
};

/** One-time-programmable memory: what its windows show, one behind the other. Source: BK7231GUIFlashTool. */
export const OTPS: Readonly<Partial<Record<ChipName, readonly MemoryWindow[]>>> = {
  BK7258: [
    { address: 0x5b100400, bytes: 0x400 },
    { address: 0x5b010000, bytes: 0xc00 },
  ],
};
