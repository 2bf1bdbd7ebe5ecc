import type { EfuseController } from './chip-model';

/** Registers of a controller that fetches one byte of eFuse at a time. */
export interface EfuseRegisters {
  /** Takes a request; its lowest bit is set for as long as that is under way. */
  control: number;
  /** Has the byte in its low bits, valid where bit 8 is set. */
  result: number;
}

/** Source: BK7231GUIFlashTool, bk7231tools. */
export const EFUSE_REGISTERS: Readonly<Record<EfuseController, EfuseRegisters>> = {
  plain: { control: 0x800074, result: 0x800078 },
  clocked: { control: 0x54880010, result: 0x54880014 },
};

/** Bytes of the code key, the first ones of eFuse. */
export const KEY_BYTES = 16;

/** Four little-endian words as 32 hex digits, each word printed as a number. Everybody knows Tuya's. */
export const TUYA_KEY = '510fb093a3cbeadc5993a17ec7adeb03';
export const ZERO_KEY = '0'.repeat(2 * KEY_BYTES);
