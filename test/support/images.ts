import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { crc16, PACKET, PACKET_DATA } from '../../src/image/packets';
import { ROOT } from './project';

/** Real dumps, where this computer has them. They hold other people's data: nothing of them is printed. */
const DUMPS = join(ROOT, '..', 'shared', 'data', 'dumps');

/** Paths of the real dumps; none where they are absent. */
export function realDumps(): string[] {
  if (!existsSync(DUMPS)) return [];
  return readdirSync(DUMPS).map((name) => join(DUMPS, name));
}

/** So many packets of code, begun with the marker of a key where one is given. */
export function packets(count: number, marker: readonly number[] = [], seed = 1): Buffer {
  const bytes = Buffer.alloc(count * PACKET);
  let state = seed;
  for (let packet = 0; packet < count; packet++) {
    const start = packet * PACKET;
    for (let at = 0; at < PACKET_DATA; at++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      bytes[start + at] = state >>> 16;
    }
    if (packet === 0) bytes.set(marker);
    bytes.writeUInt16BE(crc16(bytes, start, start + PACKET_DATA), start + PACKET_DATA);
  }
  return bytes;
}

/** First eight bytes of code as they lie on flash. */
export const MARKERS = {
  tuyaBootloader: [0x69, 0x0c, 0xb5, 0x96, 0x35, 0xff, 0x2a, 0x99],
  tuyaApp: [0x2f, 0x07, 0xb5, 0x94, 0x35, 0xff, 0x2a, 0x9b],
  clear: [0x0e, 0x00, 0x00, 0xea, 0x14, 0xf0, 0x9f, 0xe5],
} as const;

/** A calibration sector with the MAC where devices have it. */
export function calibrationSector(mac: readonly number[]): Buffer {
  const entry = (tag: number, value: readonly number[] | Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(tag, 0);
    head.writeUInt32LE(value.length, 4);
    return Buffer.concat([head, Buffer.from(value)]);
  };
  const group = entry(
    0x11111100,
    Buffer.concat([entry(0x11111101, [0x4e, 0x61, 0xbc, 0]), entry(0x11111102, mac)]),
  );
  const sector = Buffer.alloc(SECTOR, 0xff);
  sector.write('TLV\0', 'latin1');
  sector.writeUInt32LE(group.length, 4);
  group.copy(sector, 8);
  return sector;
}

/** A made-up dump of a Tuya N: bootloader, application, calibration. */
export function madeUpDump(size = 0x200000): Buffer {
  const dump = Buffer.alloc(size, 0xff);
  packets(2048, MARKERS.tuyaBootloader).copy(dump);
  packets(4000, MARKERS.tuyaApp, 2).copy(dump, BOOTLOADER_END);
  if (size > 0x1d0000) calibrationSector([2, 0, 0, 0xab, 0xcd, 0xef]).copy(dump, 0x1d0000);
  return dump;
}
