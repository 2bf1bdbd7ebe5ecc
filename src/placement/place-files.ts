import { BOOTLOADER_END } from '../chip/geometry';
import { modelOrUntold } from '../chip/known/chip-places';
import { hex } from '../errors';
import { onFlash, PACKET_DATA } from '../image/code/packets';
import { RBL_HEADER, RBL_HEADER_ON_FLASH, readRblHeader } from '../image/code/rbl';
import { readUf2, uf2Writes } from '../image/containers/uf2';
import {
  badImage,
  firstKept,
  type PlacedPiece,
  type PlaceJob,
  slotOf,
  span,
  wholeSectors,
  wrongImage,
} from './place-target';

/** An update waits in the download slot until the bootloader installs it. */
export function updatePiece({ image, target, warnings }: PlaceJob, bytes: Uint8Array): PlacedPiece {
  const header = readRblHeader(bytes);
  if (header === null) throw badImage(image, 'there is no update in it');
  if (header.partition !== 'app')
    throw wrongImage(
      image,
      `it is for the partition ${header.partition}, and only applications are installed this way`,
    );
  const { compression, encryption } = header;
  const packing = {
    quicklz: 'QuickLZ',
    fastlz: 'FastLZ',
    xor: 'XOR',
    unknown: 'something unknown',
  };
  for (const method of [compression, encryption]) {
    if (method === 'none' || method === 'gzip' || method === 'aes') continue;
    throw badImage(image, `it is packed with ${packing[method]}, which is not supported`, UNPACKED);
  }
  const slot = slotOf(target, 'download');
  if (slot === null)
    throw wrongImage(image, 'this chip has no download slot that is known', UNPACKED);
  const length = RBL_HEADER + header.packageSize;
  const needed =
    onFlash(Math.ceil(header.rawSize / PACKET_DATA) * PACKET_DATA) + RBL_HEADER_ON_FLASH;
  const room = slotOf(target, 'app')?.length ?? 0;
  if (length > slot.length || needed > room) {
    const why =
      length > slot.length
        ? `it has ${hex(length)} bytes, and the download slot (${span(slot)}) ${hex(slot.length)}`
        : `unpacked it needs ${hex(needed)} bytes, and the application slot has ${hex(room)}`;
    throw wrongImage(image, why, UNPACKED);
  }
  const piece = wholeSectors(slot.offset, bytes.subarray(0, length));
  const { calibration } = target;
  const end = piece.offset + piece.bytes.length;
  if (calibration != null && calibration >= piece.offset && calibration < end)
    throw wrongImage(
      image,
      `in the download slot (${span(slot)}) it would go over the calibration of the radio with the MAC at ${hex(calibration)}, and it has ${hex(length)} bytes where ${hex(calibration - slot.offset)} are free`,
      UNPACKED,
    );
  const table = target.partitions?.some(({ name }) => name === 'download') ?? false;
  if (!table && modelOrUntold(target.chip).layoutVaries)
    warnings.push(
      `The chip's own partition table was not read: the download slot is taken to be at ${hex(slot.offset)}, as is usual.`,
    );
  if (encryption === 'aes')
    warnings.push('The update is encrypted: only a bootloader with the same AES key installs it.');
  return piece;
}

const UNPACKED = 'Use the application image (UA) or QIO file of the same firmware.';

/** The parts of a UF2 file that are for flashing by cable. */
export function uf2Pieces({ image, target }: PlaceJob, bytes: Uint8Array): PlacedPiece[] {
  const file = readUf2(bytes);
  if (file === null || file.chips.length === 0) {
    const name = file?.familyName ?? 'a chip that is not known';
    throw wrongImage(image, `it is for ${name}, which is no BK72xx`, ...image.advice);
  }
  const slots = (['app', 'download'] as const).flatMap((name) => {
    const slot = slotOf(target, name);
    return slot === null ? [] : [{ name, ...slot }];
  });
  const writes = uf2Writes(file, 'flasher-single', slots).sort((a, b) => a.offset - b.offset);
  if (writes.length === 0) throw wrongImage(image, 'none of its parts is for flashing by cable');
  const limit = firstKept(target);
  for (const { offset, bytes: part, partition } of writes) {
    const region = { offset, length: part.length };
    if (offset < BOOTLOADER_END)
      throw badImage(
        image,
        `its part for ${partition} would go over the bootloader (${span(region)})`,
      );
    if (offset + part.length > limit)
      throw wrongImage(
        image,
        `its part for ${partition} (${span(region)}) reaches beyond ${hex(limit)}, where the chip keeps its own data or its flash ends`,
      );
  }
  return merged(writes);
}

/** Whole sectors; those that parts share become one piece. */
function merged(writes: readonly PlacedPiece[]): PlacedPiece[] {
  const pieces: PlacedPiece[] = [];
  for (const write of writes) {
    const piece = wholeSectors(write.offset, write.bytes);
    const last = pieces[pieces.length - 1];
    if (last === undefined || last.offset + last.bytes.length <= piece.offset) {
      pieces.push(piece);
      continue;
    }
    const end = Math.max(last.offset + last.bytes.length, piece.offset + piece.bytes.length);
    const bytes = Buffer.alloc(end - last.offset, 0xff);
    last.bytes.copy(bytes);
    bytes.set(write.bytes, write.offset - last.offset);
    last.bytes = bytes;
  }
  return pieces;
}
