import { crc32 } from 'node:zlib';
import type { Replaced, Stretch } from '../trace/record-lines';
import { FREE_BYTES, forge } from './forge';

/** Printable, and like nothing that anybody says. */
const TEXT = Buffer.from('. text of the application stood here ', 'latin1');

/**
 * Bytes for a record's stretches: those that are told, and for all others some that have the checksums, and look
 * as the record says. The same stretch gets the same bytes each time: what was read twice comes out twice alike.
 */
export function standInFor(stretches: readonly Stretch[]): Buffer {
  return Buffer.concat(
    stretches.map((one) => (typeof one === 'string' ? Buffer.from(one, 'hex') : madeUp(one))),
  );
}

function madeUp(replaced: Replaced): Buffer {
  const { n, crc, parts } = replaced;
  const bytes = parts === undefined ? filled(replaced) : standInFor(parts);
  if (crc === undefined) return bytes;
  const wanted = Number.parseInt(crc, 16);
  if (crc32(bytes) === wanted) return bytes;
  const at = parts === undefined ? n - FREE_BYTES : freeIn(parts);
  if (at !== null && at >= 0) forge(bytes, at, wanted);
  return bytes;
}

function filled({ n, of, crc }: Replaced): Buffer {
  if (of === 'ff') return Buffer.alloc(n, 0xff);
  if (of === '00') return Buffer.alloc(n);
  if (of === 'text') return Buffer.alloc(n, TEXT);
  return noiseFrom(n, crc === undefined ? n : Number.parseInt(crc, 16));
}

/** Where in stretches four bytes in a row are free; null where there are none. */
function freeIn(stretches: readonly Stretch[]): number | null {
  let at = 0;
  for (const one of stretches) {
    const length = typeof one === 'string' ? one.length / 2 : one.n;
    const isFree = typeof one !== 'string' && one.of === undefined && one.crc === undefined;
    if (isFree && one.parts === undefined && length >= FREE_BYTES) return at;
    at += length;
  }
  return null;
}

/** Reproducible bytes of which none is the beginning of a frame, or printable. */
export function noiseFrom(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = 0x80 | (state >>> 8);
  }
  return bytes;
}
