import { crc16 } from './checksums';

/** A code packet: so many bytes of code, and with its two check bytes. */
export const DATA = 32;
export const PACKET = 34;
/** Where the application lies for the processor. */
export const APP_ADDRESS = 0x10000;

/** Where a logical byte lies on flash: two check bytes follow every 32. */
export function physical(logical: number): number {
  return Math.floor(logical / DATA) * PACKET + (logical % DATA);
}

/** Writes bytes at a logical offset of a packetised area that starts at `base`; the checks come later. */
export function putLogical(cells: Buffer, base: number, logical: number, bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) {
    cells[base + physical(logical + index)] = bytes[index] as number;
  }
}

/** Sets the check bytes, high byte first, of so many packets from `base` on. */
export function sealPackets(cells: Buffer, base: number, count: number): void {
  for (let packet = 0; packet < count; packet++) {
    const start = base + packet * PACKET;
    cells.writeUInt16BE(crc16(cells, start, start + DATA), start + DATA);
  }
}

/** What the Tuya key makes of a word of code by its address for the processor, XORed. Source: protocol notes, formats. */
export function tuyaStream(address: number): number {
  const mixed = (rotate(address, 8) ^ 0x510fb093) >>> 0;
  const spread = Math.imul((mixed >>> 2) & 0xf, 0x11111111);
  return (rotate(mixed, 15) ^ (0xe519a4f1 & spread) ^ 0x5993a17e) >>> 0;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
