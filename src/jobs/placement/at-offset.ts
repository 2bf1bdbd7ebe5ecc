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
  mustFitFlash(context, offset, length);
  mustSpareBootloader(context, offset, options);
  return [{ offset, bytes: image.bytes.subarray(skip, skip + length) }];
}

/**
 * Refuses to leave out more of an image than it has, or to write more. Needs no chip.
 * @throws BkError BK_OUT_OF_RANGE
 */
export function mustHold(bytes: number, { skip = 0, length }: WriteOptions): void {
  if (skip + (length ?? 1) <= bytes) return;
  throw new BkError(
    'BK_OUT_OF_RANGE',
    length === undefined
      ? `The image has ${bytes} bytes, and to leave out its first ${skip} would leave none; nothing was changed`
      : `The image has ${bytes} bytes; ${length} bytes after the first ${skip} are not in it. Nothing was changed`,
    { phase: 'open', advice: ['Correct skip and length, or leave them out.'] },
  );
}

function mustSpareBootloader(context: JobContext, offset: number, options: WriteOptions): void {
  if (offset >= BOOTLOADER_END) return;
  const { port } = context.session;
  const basic = context.session.identity.family === 'basic';
  if (!basic && options.bootloader === 'replace') return;
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    basic
      ? `The image would go to ${hex(offset)}, into the bootloader of the basic chip on ${port}: without it only SPI could bring the chip back, so it is never written. Nothing was changed`
      : `The image would go to ${hex(offset)}, into the bootloader (below 0x11000) of the chip on ${port}; nothing was changed`,
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
