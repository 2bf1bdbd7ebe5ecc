import { BOOTLOADER_END } from '../../chip/geometry';
import { BkError, hex } from '../../errors';
import type { JobContext } from '../context';
import { mustFitFlash } from '../context';
import type { Piece } from '../plan';
import type { WriteOptions } from '../types';
import { mustFitChip } from './fit';
import type { LoadedImage } from './loaded-image';

/**
 * With a numeric offset the bytes go there as they are, but for an image that is another chip's.
 * @throws BkError BK_OUT_OF_RANGE, BK_WRONG_IMAGE, BK_BOOTLOADER_PROTECTED
 */
export async function placeAtOffset(
  context: JobContext,
  image: LoadedImage,
  offset: number,
  options: WriteOptions,
): Promise<Piece[]> {
  await mustFitChip(context, image.detected, options);
  const skip = options.skip ?? 0;
  const length = options.length ?? image.bytes.length - skip;
  if (skip < 0 || length < 1 || skip + length > image.bytes.length) {
    throw new BkError(
      'BK_OUT_OF_RANGE',
      `The image has ${image.bytes.length} bytes; ${length} bytes after the first ${skip} are not in it`,
      { phase: 'open' },
    );
  }
  mustFitFlash(context, offset, length);
  mustSpareBootloader(context, offset, options);
  return [{ offset, bytes: image.bytes.subarray(skip, skip + length) }];
}

function mustSpareBootloader(context: JobContext, offset: number, options: WriteOptions): void {
  if (offset >= BOOTLOADER_END) return;
  const basic = context.session.identity.family === 'basic';
  if (!basic && options.bootloader === 'replace') return;
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    basic
      ? `The image would go to ${hex(offset)}, into the bootloader of a basic chip: without it only SPI could bring the chip back, so it is never written. Nothing was changed`
      : `The image would go to ${hex(offset)}, into the bootloader (below 0x11000); nothing was changed`,
    {
      address: offset,
      advice: [
        basic
          ? 'Write to 0x11000 or later; with a full dump leave the offset on auto.'
          : 'Write to 0x11000 or later, or set bootloader to replace.',
      ],
    },
  );
}
