import { BOOTLOADER_END } from '../../chip/geometry';
import { CALIBRATIONS } from '../../chip/known/chip-places';
import { CHIPS } from '../../chip/known/chips';
import { type CodeKey, hasMarker, markerKey } from '../../chip/marker';
import { type FoundCalibration, findCalibration } from '../calibration';
import type { BootloaderImage } from '../code/bootloader';
import { countValidPackets, isFilledWith, PACKET, stripPackets } from '../code/packets';
import { guessChip } from './chip-evidence';
import { startByLandmarks } from './partial-dump';

const MIB = 1024 * 1024;

/**
 * Bytes as many as one of these are taken for a whole flash. With 1 MiB or less they rarely are:
 * bootloader and application of OpenBeken come with that length, and tools read half a flash.
 */
const DUMP_SIZES: readonly number[] = [2, 4, 8].map((size) => size * MIB);
/** Flash of these sizes exists too: as long a dump is told by its calibration. */
const RARE_SIZES: readonly number[] = [MIB / 2, MIB, 16 * MIB];

/** 64 KiB of code: the whole bootloader, and enough of an application. */
const CODE_PACKETS = BOOTLOADER_END / PACKET;
/** Sixteen checksums of 16 bits do not fit by chance. */
const ENOUGH_PACKETS = 16;
/** Where the header lies that names the bootloader: behind its 64 KiB less 96 bytes, as packets. */
const BOOTLOADER_HEADER = 0x10f9a;
const HEADER_PACKETS = 3;

/** Whether so many bytes are taken for a whole flash, for whatever chip they are. */
export function isUsualDumpSize(length: number): boolean {
  return DUMP_SIZES.includes(length);
}

/** How bytes are a dump of a whole flash. */
export interface DumpShape {
  /** The bytes begin at flash address 0x11000 and wrap: what some tools save. */
  rotated: boolean;
  /** There is code at their beginning, and at their byte 0x11000. */
  codeAtStart: boolean;
  codeBehind: boolean;
  hasCalibration: boolean;
}

/**
 * Tells whether the bytes are a dump of a whole flash, by what lies in them; null when they are not.
 * @param flashSize of the chip that they are known to be for, bytes: then its length is one of a dump
 */
export function tellDump(bytes: Uint8Array, flashSize?: number): DumpShape | null {
  const { length } = bytes;
  const sized = length === flashSize || isUsualDumpSize(length);
  if (!sized && !RARE_SIZES.includes(length)) return null;
  const codeAtStart = hasCode(bytes, 0);
  const codeBehind = hasCode(bytes, BOOTLOADER_END);
  const any = findCalibration(bytes, CALIBRATIONS);
  if (any === null && (!sized || (!codeAtStart && !codeBehind))) return null;
  const rotated = codeAtStart && isRotated(bytes, any);
  if (codeAtStart && !rotated && isApplication(bytes, any)) return null;
  // A part of a larger flash may happen to be as long as a smaller one.
  const tellsStart = codeAtStart || codeBehind;
  if (!tellsStart && (startByLandmarks(bytes) ?? 0) !== 0) return null;
  return { rotated, codeAtStart, codeBehind, hasCalibration: any !== null };
}

/** The calibration where the chip of this bootloader has it; others may be left from other firmware. */
export function calibrationOf(
  flash: Uint8Array,
  boot: BootloaderImage,
  key: CodeKey | null,
): FoundCalibration | null {
  const { chips } = guessChip(boot, null, key);
  const own = chips.flatMap((chip) => CHIPS[chip].layout.calibration);
  return findCalibration(flash, [...own, ...CALIBRATIONS]);
}

/**
 * A dump that begins somewhere and wraps, as it lies in flash.
 * @param start offset of flash's first byte in it; else it begins at 0x11000
 */
export function unrotate(
  dump: Uint8Array,
  start = Math.max(0, dump.length - BOOTLOADER_END),
): Buffer {
  return Buffer.concat([dump.subarray(start), dump.subarray(0, start)]);
}

/** Valid packets from here on, hardly any broken ones among them. */
export function hasCode(bytes: Uint8Array, offset: number): boolean {
  const { valid, invalid } = countValidPackets(bytes, offset, CODE_PACKETS);
  return valid >= ENOUGH_PACKETS && invalid * 8 <= valid;
}

/**
 * The header that Beken's tools put behind a bootloader, in packets of its own.
 * @param start where the bootloader begins
 */
export function namesBootloader(bytes: Uint8Array, start: number): boolean {
  const offset = start + BOOTLOADER_HEADER;
  if (countValidPackets(bytes, offset, HEADER_PACKETS).valid < HEADER_PACKETS) return false;
  const header = stripPackets(bytes, offset, HEADER_PACKETS).toString('latin1');
  return header.startsWith('RBL\0') && header.startsWith('bootloader\0', 12);
}

function isRotated(bytes: Uint8Array, calibration: FoundCalibration | null): boolean {
  if (namesBootloader(bytes, 0)) return false;
  const start = bytes.length - BOOTLOADER_END;
  if (namesBootloader(bytes, start)) return true;
  // In clear, code for both places begins alike, so that something else has to speak for it.
  const key = markerKey(bytes, 0, 'app');
  if (key === 'tuya' && hasMarker(bytes, start, 'bootloader', 'tuya')) return true;
  if (key === 'none' && hasMarker(bytes, start, 'bootloader', 'none')) return true;
  if (calibration !== null && CALIBRATIONS.includes(calibration.offset)) return false;
  // Only a flash that was read from 0x11000 on, and to its end and around, ends with code: where there is none, the
  // flash may be a larger one.
  return hasCode(bytes, start);
}

/** An application that happens to be as long as a flash, or was padded to it, or has a part of a larger one behind it. */
function isApplication(bytes: Uint8Array, calibration: FoundCalibration | null): boolean {
  if (namesBootloader(bytes, 0)) return false;
  if (calibration !== null) return CALIBRATIONS.includes(calibration.offset + BOOTLOADER_END);
  if (markerKey(bytes, BOOTLOADER_END, 'app') !== null) return false;
  if (hasMarker(bytes, 0, 'app', 'tuya')) return true;
  const goesOn = !isFilledWith(bytes, 0xff, BOOTLOADER_END, BOOTLOADER_END + PACKET);
  return goesOn && hasMarker(bytes, 0, 'app', 'none');
}
