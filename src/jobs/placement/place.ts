import { type JobContext, mustFitFlash } from '../context';
import type { Piece } from '../plan';
import type { WriteOptions } from '../types';
import { placeAtOffset } from './at-offset';
import { placeByKind } from './by-kind';
import { inOrder } from './in-order';
import type { LoadedImage } from './loaded-image';
import { isOpenBeken, movedCalibration } from './moved-calibration';
import { placePart } from './parts';

/**
 * Where an image goes on the connected chip. Offsets and lengths are bytes and need not be whole sectors.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED
 */
export async function place(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const pieces = inOrder(await piecesOf(context, image, options));
  for (const { offset, bytes } of pieces) mustFitFlash(context, offset, bytes.length);
  return pieces;
}

async function piecesOf(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const { offset, part = 'image', bootloader, anyImage } = options;
  if (typeof offset === 'number') return placeAtOffset(context, image, offset, options);
  if (part !== 'image') return placePart(context, image, part, options);
  const pieces = await placeByKind(context, image, {
    bootloader: bootloader ?? 'keep',
    anyImage: anyImage ?? false,
  });
  return isOpenBeken(image.detected) ? [...pieces, ...(await movedCalibration(context))] : pieces;
}
