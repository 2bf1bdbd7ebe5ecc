import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import type { ResolvedOptions } from '../setup/resolve';
import {
  APP_ADDRESS,
  DATA,
  PACKET,
  physical,
  putLogical,
  sealPackets,
  tuyaStream,
} from './code-area';

/** Where the application's slot ends, counted from its beginning without check bytes; its header is the last of it. */
const SLOT_END = 0x108700;
const HEADER = 96;
const FNV_START = 0x811c9dc5;

/**
 * What a bootloader leaves that has installed a packed update over a longer application: behind the new code what the
 * old one had in the sectors that were not erased, and at the end of the slot the header of the update's package,
 * with the hash of the code in clear.
 * @param cells with the old application
 * @param packets of the old application
 */
export function installedUpdate(options: ResolvedOptions, cells: Buffer, packets: number): void {
  const header = BOOTLOADER_END + physical(SLOT_END - HEADER);
  if (header + 3 * PACKET > options.size) return;
  const code = Math.floor(packets * 0.6);
  // The last packet is not full: FF follows.
  const length = code * DATA - DATA / 2;
  const end = BOOTLOADER_END + code * PACKET;
  cells.fill(0xff, end, Math.ceil(end / SECTOR) * SECTOR);
  const plain = Buffer.alloc(code * DATA);
  for (let packet = 0; packet < code; packet++)
    cells.copy(
      plain,
      packet * DATA,
      BOOTLOADER_END + packet * PACKET,
      BOOTLOADER_END + packet * PACKET + DATA,
    );
  if (options.tuyaKey)
    for (let at = 0; at < plain.length; at += 4)
      plain.writeUInt32LE((plain.readUInt32LE(at) ^ tuyaStream(APP_ADDRESS + at)) >>> 0, at);
  putLogical(cells, BOOTLOADER_END, SLOT_END - HEADER, packageHeader(plain.subarray(0, length)));
  sealPackets(cells, header, HEADER / DATA);
}

/** Of a package that was zipped and encrypted, whose own checksum nobody can compare any more. */
function packageHeader(plain: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.write('RBL\0', 'latin1');
  header.writeUInt8(2, 4);
  header.writeUInt8(1, 5);
  header.writeUInt32LE(1_700_000_000, 8);
  header.write('app', 12, 'latin1');
  header.write('2.0.0', 28, 'latin1');
  header.write('0'.repeat(23), 52, 'latin1');
  header.writeUInt32LE(crc32(plain.subarray(0, DATA)), 76);
  header.writeUInt32LE(fnv(plain), 80);
  header.writeUInt32LE(plain.length, 84);
  header.writeUInt32LE(Math.ceil((plain.length * 0.6) / 16) * 16, 88);
  header.writeUInt32LE(crc32(header.subarray(0, 92)), 92);
  return header;
}

function fnv(bytes: Buffer): number {
  let hash = FNV_START;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
