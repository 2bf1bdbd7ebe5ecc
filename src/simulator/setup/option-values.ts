import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';

/* Values of options as they stand in an address or on a command line; undefined where a text is none. */

export function readChance(text: string): number | undefined {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= 0 && value <= 1 ? value : undefined;
}

export function readNumber(text: string): number | undefined {
  const match = /^(0x[0-9a-f]+|\d+)([km]?)$/i.exec(text);
  if (match === null) return undefined;
  const unit = { '': 1, k: 1024, m: 1024 * 1024 }[(match[2] as string).toLowerCase()] as number;
  const value = Number(match[1]) * unit;
  return value <= 0xffffffff ? value : undefined;
}

/** Of ms, at most an hour, or a factor; either may have a fraction. */
export function readAmount(text: string): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 3_600_000 ? value : undefined;
}

export function readSize(text: string): number | undefined {
  const value = readNumber(text);
  return value !== undefined && isFlashSize(value) ? value : undefined;
}

/** Bytes; no part of this kind is larger. */
export const LARGEST_FLASH = 0x4000000;

/** 128 KiB to 64 MiB: less holds no bootloader, and a JEDEC id tells sizes by powers of two only. */
export function isFlashSize(value: number): boolean {
  return value >= 0x20000 && value <= LARGEST_FLASH && Number.isInteger(Math.log2(value));
}

export function readNone(text: string): 'none' | undefined {
  return text.toLowerCase() === 'none' ? 'none' : undefined;
}

export function readSector(text: string): number | undefined {
  const value = readNumber(text);
  return value !== undefined && value % SECTOR === 0 ? value : undefined;
}

/** An offset and a length, as `0x132000:0xae000`. */
export function readSlot(text: string): Region | undefined {
  const [offset, length, ...more] = text.split(':').map(readSector);
  if (offset === undefined || length === undefined || more.length > 0) return undefined;
  return { offset, length };
}

export function readProtect(text: string): number | undefined {
  if (text.toLowerCase() === 'none') return 0x0600;
  const value = readNumber(text);
  return value !== undefined && value <= 0xffff ? value : undefined;
}

/** Four words in hex, or a key by its name. */
export function readKey(text: string): string | undefined {
  return /^(tuya|none|[0-9a-f]{32})$/i.test(text) ? text.toLowerCase() : undefined;
}

export function readBoolean(text: string): boolean | undefined {
  if (/^(true|1|yes|on|)$/i.test(text)) return true;
  return /^(false|0|no|off)$/i.test(text) ? false : undefined;
}
