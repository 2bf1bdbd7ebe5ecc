import { BOOTLOADER_END } from '../../chip/geometry';
import { inOrder } from '../../placement/in-order';
import type { LoadedImage } from '../../placement/loaded-image';
import { type JobContext, mustFitFlash } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { placeAtOffset } from './at-offset';
import { placeByKind } from './by-kind';
import { movedCalibration } from './moved-calibration';
import { asReadByChip, asSizedForChip } from './own-image';
import { placePart } from './place-part';

/**
 * Where an image goes on the connected chip. Offsets and lengths are bytes and need not be whole sectors.
 * @throws BkError BK_BAD_IMAGE, BK_WRONG_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED
 */
export async function place(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const read = await asReadByChip(context, await asSizedForChip(context, image));
  const pieces = await piecesOf(context, read, options);
  if (bringsFirmware(read, options))
    pieces.push(...(await movedCalibration(context, read, pieces)));
  const sorted = inOrder(pieces);
  for (const { offset, bytes } of sorted) mustFitFlash(context, offset, bytes.length);
  return sorted;
}

async function piecesOf(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const { offset, part = 'image', bootloader, anyImage } = options;
  if (typeof offset === 'number') return placeAtOffset(context, image, offset, options);
  if (part !== 'image') return placePart(context, image, part, options);
  return placeByKind(context, image, {
    bootloader: bootloader ?? 'keep',
    anyImage: anyImage ?? false,
  });
}

/** The application of the image comes to where it starts from. */
function bringsFirmware({ detected }: LoadedImage, options: WriteOptions): boolean {
  const { offset, skip = 0, part = 'image' } = options;
  if (typeof offset !== 'number') return part === 'image' || part === 'app';
  if (detected.kind === 'app') return offset === BOOTLOADER_END && skip === 0;
  return (detected.kind === 'qio' || detected.kind === 'dump') && offset === skip;
}
