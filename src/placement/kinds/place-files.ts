import { BOOTLOADER_END } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { hex } from '../../errors';
import { onFlash, PACKET_DATA } from '../../image/code/packets';
import { RBL_HEADER, RBL_HEADER_ON_FLASH, type RblHeader } from '../../image/code/rbl';
import { type Uf2File, uf2Writes } from '../../image/containers/uf2';
import { say } from '../../texts/note';
import { span, wholeSectors } from '../base/pieces';
import { firstKept, slotOf } from '../base/place-target';
import type { Piece, PlaceJob } from '../base/place-types';
import { badImage, wrongImage } from '../base/refusals';

/** An update waits in the download slot until the bootloader installs it. */
export function updatePiece(
  { image, target, warnings }: PlaceJob,
  { bytes, header }: { bytes: Uint8Array; header: RblHeader | null },
): Piece {
  if (header === null) throw badImage(image, say('placement.noUpdate'));
  if (header.partition !== 'app')
    throw wrongImage(image, say('placement.otherPartition', { partition: header.partition }));
  const { compression, encryption } = header;
  for (const method of [compression, encryption]) {
    if (method === 'none' || method === 'gzip' || method === 'aes') continue;
    const why =
      method === 'unknown'
        ? say('placement.packedUnknown')
        : say('placement.packedWith', { method: PACKING[method] });
    throw badImage(image, why, UNPACKED);
  }
  const slot = slotOf(target, 'download');
  if (slot === null) throw wrongImage(image, say('placement.noDownloadSlot'), UNPACKED);
  const length = RBL_HEADER + header.packageSize;
  const needed =
    onFlash(Math.ceil(header.rawSize / PACKET_DATA) * PACKET_DATA) + RBL_HEADER_ON_FLASH;
  const room = slotOf(target, 'app')?.length ?? 0;
  if (length > slot.length || needed > room) {
    const why =
      length > slot.length
        ? say('placement.updateTooLong', {
            length: hex(length),
            slot: span(slot),
            room: hex(slot.length),
          })
        : say('placement.unpackedTooLong', { length: hex(needed), room: hex(room) });
    throw wrongImage(image, why, UNPACKED);
  }
  const piece = wholeSectors(slot.offset, bytes.subarray(0, length));
  const { calibration } = target;
  const end = piece.offset + piece.bytes.length;
  if (calibration != null && calibration >= piece.offset && calibration < end)
    throw wrongImage(
      image,
      say('placement.updateOverCalibration', {
        slot: span(slot),
        calibration: hex(calibration),
        length: hex(length),
        room: hex(calibration - slot.offset),
      }),
      UNPACKED,
    );
  const table = target.partitions?.some(({ name }) => name === 'download') ?? false;
  if (!table && modelOrUntold(target.chip).layoutVaries)
    warnings.push(say('placement.tableNotRead', { offset: hex(slot.offset) }));
  if (encryption === 'aes') warnings.push(say('placement.encryptedUpdate'));
  return piece;
}

/** Names of ways to pack an update that nothing here can undo. */
const PACKING = { quicklz: 'QuickLZ', fastlz: 'FastLZ', xor: 'XOR' } as const;
const UNPACKED = say('placement.useUnpacked');

/** The parts of a UF2 file that are for flashing by cable. */
export function uf2Pieces({ image, target }: PlaceJob, file: Uf2File): Piece[] {
  if (file.chips.length === 0) {
    const { familyName: family } = file;
    throw wrongImage(
      image,
      family === null ? say('placement.uf2OfUnknown') : say('placement.uf2Of', { family }),
      ...image.advice,
    );
  }
  const slots = (['app', 'download'] as const).flatMap((name) => {
    const slot = slotOf(target, name);
    return slot === null ? [] : [{ name, ...slot }];
  });
  const writes = uf2Writes(file, 'flasher-single', slots).sort((a, b) => a.offset - b.offset);
  if (writes.length === 0) throw wrongImage(image, say('placement.noPartForCable'));
  const limit = firstKept(target);
  for (const { offset, bytes: part, partition } of writes) {
    const region = { offset, length: part.length };
    if (offset < BOOTLOADER_END)
      throw badImage(image, say('placement.partOverBootloader', { partition, span: span(region) }));
    if (offset + part.length > limit)
      throw wrongImage(
        image,
        say('placement.partTooFar', { partition, span: span(region), limit: hex(limit) }),
      );
  }
  return merged(writes);
}

/** Whole sectors; those that parts share become one piece. */
function merged(writes: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
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
