import { crc32 } from 'node:zlib';
import type { InLine, OutLine, Replaced, Stretch, WireLine } from './record-lines';

/*
 * What is kept of the wire while a job runs: as little work as possible, and no contents of flash. Lines are made of it
 * when somebody wants them.
 */

/** A write: its bytes, but for the data of a program. */
export interface OutEntry {
  kind: 'out';
  t: number;
  raw: Buffer;
  body: Replaced | null;
  times: number;
  until: number;
}

/** Input: one frame, or a run of bytes that are none. */
export interface InEntry {
  kind: 'in';
  t: number;
  until: number;
  /** Header and what is no content of flash; empty for a run of strays. */
  raw: Buffer;
  /** An address that follows it, four bytes; null where none does. */
  address: number | null;
  /** What follows. */
  body: readonly Stretch[];
}

export type WireEntry = OutEntry | InEntry | Exclude<WireLine, InLine | OutLine>;

/** Stretches that are shorter than this have no checksum, bytes. */
const SHORTEST_CHECKED = 64;

/** Checksums of so many bytes FF and 00, by how many. */
const blanks = new Map<number, readonly [ff: number, zeros: number]>();

/** What stands for bytes of flash that are whole. */
export function replaced(bytes: Uint8Array): Replaced {
  const n = bytes.length;
  if (n < SHORTEST_CHECKED) return { n };
  const crc = crc32(bytes);
  const [ff, zeros] = blankChecksums(n);
  const line: Replaced = { n, crc: crc.toString(16).padStart(8, '0') };
  if (crc === ff) line.of = 'ff';
  else if (crc === zeros) line.of = '00';
  return line;
}

/** Whether a checksum is that of so many bytes FF or 00: it gives nothing away. */
export function isOfBlank(n: number, crc: number): boolean {
  return blankChecksums(n).includes(crc);
}

function blankChecksums(n: number): readonly [number, number] {
  const known = blanks.get(n);
  if (known !== undefined) return known;
  const made = [crc32(Buffer.alloc(n, 0xff)), crc32(Buffer.alloc(n))] as const;
  // Sectors and pages are nearly all that there is.
  if (blanks.size < 16) blanks.set(n, made);
  return made;
}
