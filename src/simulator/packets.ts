import { crc16 } from './checksums';

const DATA = 32;
const PACKET = 34;

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
