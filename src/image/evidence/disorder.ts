import { BLOCK, BOOTLOADER_END } from '../../chip/geometry';
import { CALIBRATIONS } from '../../chip/known/chip-places';
import { markerKey } from '../../chip/marker';
import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { findCalibration } from '../calibration';
import { readBootloader } from '../code/bootloader';
import { hasCode, isUsualDumpSize, namesBootloader } from './dump';

const MIB = 1024 * 1024;

/** How a dump of a whole flash is not as flash is. */
export type Disorder =
  /** Flash begins with this byte of the file, not with its first one. */
  | { how: 'turned'; start: number }
  /** The file holds the same flash more than once: tools read on where a smaller flash begins again. */
  | { how: 'doubled'; length: number }
  /** Its parts do not belong to one flash: nobody knows what of it is right. */
  | { how: 'contradicting'; why: Note };

/**
 * Looks for what is out of place in a dump, by where its bootloaders stand and what lies around them. That one is
 * missing tells nothing.
 * @param flashSize of the chip that they are known to be for, bytes: then its length is one of a dump
 * @returns null where nothing is known to be out of place
 */
export function findDisorder(bytes: Uint8Array, flashSize?: number): Disorder | null {
  const { length } = bytes;
  if (length < MIB || (length !== flashSize && !isUsualDumpSize(length))) return null;
  const half = length / 2;
  if (isTwice(bytes) && (hasCode(bytes, 0) || hasCode(bytes, BOOTLOADER_END)))
    return { how: 'doubled', length: half };
  const standing = bootloadersIn(bytes);
  const [first, second] = standing;
  if (first === undefined) return null;
  if (standing.includes(half) && second !== undefined) return contradicting(first, half);
  // Code at the beginning is told by itself; a bootloader behind it may be one that was kept there.
  if (first === 0 || hasCode(bytes, 0)) return null;
  if (second !== undefined) return contradicting(first, second);
  if (markerKey(bytes, BOOTLOADER_END, 'app') !== null) {
    const why = say('image.applicationElsewhere', { offset: hex(first) });
    return { how: 'contradicting', why };
  }
  return calibrationFits(bytes, first)
    ? { how: 'turned', start: first }
    : { how: 'contradicting', why: say('image.calibrationElsewhere', { offset: hex(first) }) };
}

function contradicting(first: number, second: number): Disorder {
  const why = say('image.bootloaderTwice', { first: hex(first), second: hex(second) });
  return { how: 'contradicting', why };
}

function isTwice(bytes: Uint8Array): boolean {
  const half = bytes.length / 2;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return all.subarray(0, half).equals(all.subarray(half));
}

/** Where bootloaders stand for sure, at whole blocks: tools read flash in parts of such sizes. */
function bootloadersIn(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at + BOOTLOADER_END <= bytes.length; at += BLOCK)
    if (isBootloader(bytes, at)) found.push(at);
  return found;
}

function isBootloader(bytes: Uint8Array, at: number): boolean {
  const key = markerKey(bytes, at, 'bootloader');
  if (key === null || !hasCode(bytes, at)) return namesBootloader(bytes, at);
  if (key === 'tuya' || namesBootloader(bytes, at)) return true;
  // In clear an application begins alike: only what it says tells a bootloader.
  const { known, name, partitions } = readBootloader(bytes.subarray(at, at + BOOTLOADER_END));
  return known !== null || name !== null || partitions.length > 0;
}

/** Whether turning the dump leaves the calibration where chips have it, if it lies there as the file is. */
function calibrationFits(bytes: Uint8Array, start: number): boolean {
  const found = findCalibration(bytes, []);
  if (found === null || !CALIBRATIONS.includes(found.offset)) return true;
  const { length } = bytes;
  return CALIBRATIONS.includes((found.offset - start + length) % length);
}
