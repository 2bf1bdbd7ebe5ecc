import { inOrder } from '../../placement/base/pieces';
import type { LoadedImage, Piece, PlaceWish } from '../../placement/base/place-types';
import { firmwareDoubts } from '../../placement/firmware-doubts';
import {
  isFreeForMove,
  moveOf,
  notMoved,
  placeForMoved,
} from '../../placement/parts/moved-calibration';
import { bringsApplication, isOpenBeken } from '../../placement/parts/openbeken-firmware';
import type { Note } from '../../texts/note';
import { type JobContext, mustFitFlash } from '../base/job-context';
import { readSector } from '../chip/read-sector';
import { placeAtOffset } from './at-offset';
import { placeByKind } from './by-kind';
import { targetOf } from './chip-target';
import { asReadByChip, asSizedForChip } from './own-image';
import { placePart } from './place-part';

/**
 * Where an image goes on the connected chip. Offsets and lengths are bytes and need not be whole sectors.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED
 */
export async function place(
  context: JobContext,
  image: LoadedImage,
  wish: PlaceWish,
): Promise<Piece[]> {
  const read = await asReadByChip(context, await asSizedForChip(context, image));
  const pieces = await piecesOf(context, read, wish);
  pieces.push(...(await movedCalibration(context, read, wish, pieces)));
  const sorted = inOrder(pieces);
  context.warnings.push(...(await doubtsOf(context, read, wish, sorted)));
  for (const { offset, bytes } of sorted) mustFitFlash(context, offset, bytes.length);
  return sorted;
}

async function piecesOf(
  context: JobContext,
  image: LoadedImage,
  wish: PlaceWish,
): Promise<Piece[]> {
  const { offset, part = 'image', bootloader, anyImage } = wish;
  if (typeof offset === 'number') return placeAtOffset(context, image, offset, wish);
  if (part !== 'image') return placePart(context, image, part, wish);
  return placeByKind(context, image, {
    bootloader: bootloader ?? 'keep',
    anyImage: anyImage ?? false,
  });
}

/** What a person should know of the firmware that is written, on this very chip. */
async function doubtsOf(
  context: JobContext,
  image: LoadedImage,
  wish: PlaceWish,
  pieces: readonly Piece[],
): Promise<Note[]> {
  if (!bringsApplication(image, wish, pieces)) return [];
  const target = await targetOf(context, { calibration: true, partitions: true });
  return firmwareDoubts(image, pieces, target);
}

/**
 * The calibration of the radio for OpenBeken, where Tuya's firmware had it at another address: a copy,
 * so that Tuya's can come back. None where OpenBeken's firmware is not written.
 */
async function movedCalibration(
  context: JobContext,
  image: LoadedImage,
  wish: PlaceWish,
  pieces: readonly Piece[],
): Promise<Piece[]> {
  const place = placeForMoved(image, wish, pieces, context.session.identity.chip);
  if (place === null || !isOpenBeken(image.detected)) return [];
  const target = await targetOf(context, { calibration: true, partitions: true });
  const move = moveOf(target, place);
  if (move === null) return [];
  const isFree = isFreeForMove(target, move.to, await readSector(context, move.to));
  context.warnings.push(isFree ? move.warning : notMoved(move));
  return isFree ? [{ offset: move.to, bytes: await readSector(context, move.from) }] : [];
}
