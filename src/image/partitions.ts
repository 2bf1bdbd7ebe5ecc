import { BOOTLOADER_END } from '../chip/geometry';
import { PACKET, stripPackets } from './packets';

/** One entry of the partition table that RT-Thread bootloaders carry ("FAL"). */
export interface Partition {
  name: string;
  /** The bytes lie in packets: then offset and length count their data only. */
  packets: boolean;
  offset: number;
  length: number;
}

const MAGIC = Buffer.from('01PE', 'latin1');
const ENTRY = 64;
const NAME_LENGTH = 24;

/**
 * The partition table inside a dump's bootloader, in its order; empty where there is none. The table
 * lies in clear even where the code around it is encrypted. Source: real dumps.
 */
export function readPartitions(dump: Uint8Array): Partition[] {
  const code = stripPackets(dump, 0, BOOTLOADER_END / PACKET);
  const partitions: Partition[] = [];
  for (let at = code.indexOf(MAGIC); at >= 0; at = code.indexOf(MAGIC, at + 1)) {
    const entry = code.subarray(at, at + ENTRY);
    if (entry.length < ENTRY) break;
    const name = text(entry, 4);
    const device = text(entry, 4 + NAME_LENGTH);
    if (name === null || device === null) continue;
    partitions.push({
      name,
      packets: device.endsWith('_crc'),
      offset: entry.readUInt32LE(52),
      length: entry.readUInt32LE(56),
    });
  }
  return partitions;
}

/** Printable text padded with NUL; null for anything else. */
function text(entry: Buffer, offset: number): string | null {
  const field = entry.toString('latin1', offset, offset + NAME_LENGTH).replace(/\0+$/, '');
  return /^[\x21-\x7e]+$/.test(field) ? field : null;
}
