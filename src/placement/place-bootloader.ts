import { BOOTLOADER_END } from '../chip/geometry';
import { comesKeyless } from '../chip/known/chip-queries';
import { BkError } from '../errors';
import { type PlacedPiece, type PlaceJob, wholeSectors, wrongImage } from './place-target';

/** What a person is told who wants a basic chip's bootloader replaced along with the rest. */
export const KEPT = 'The bootloader is kept: replacing it could end a basic chip for good.';

/** The bootloader of a QIO image, or one alone; none where it is to be kept. */
export function bootloaderPieces(job: PlaceJob, bytes: Uint8Array): PlacedPiece[] {
  const { image, target, options, warnings } = job;
  const alone = image.kind === 'bootloader';
  const isBasic = target.family === 'basic';
  if (options.bootloader !== 'replace' || isBasic) {
    if (options.bootloader === 'replace' && !alone) warnings.push(KEPT);
    if (!alone) return [];
    throw new BkError(
      'BK_BOOTLOADER_PROTECTED',
      isBasic
        ? `The image is ${image.description}, and that of a basic chip is never written: without it only SPI could bring the chip back. Nothing was changed`
        : `The image is ${image.description}, and the chip's own is to be kept; nothing was changed`,
      {
        address: 0,
        advice: [
          isBasic
            ? 'Use an application image (UA).'
            : 'Set bootloader to replace, if the chip needs one.',
        ],
      },
    );
  }
  mustBeReplaceable(job);
  if (image.chips.length === 0) warnings.push('The bootloader does not tell which chip it is for.');
  return [wholeSectors(0, bytes.subarray(0, BOOTLOADER_END))];
}

/**
 * A bootloader with another key than the chip's would not start. A chip whose flash is blank does not tell its
 * key; those of the models that have none are taken to have none.
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustBeReplaceable({ image, target, options, warnings }: PlaceJob): void {
  const { encryptionKey } = image;
  const given = encryptionKey === 'other' ? 'custom' : encryptionKey;
  if (given === target.key || options.anyImage) return;
  if (target.key === null && given === 'none' && comesKeyless(target.chip)) {
    warnings.push(
      `Which key the chip has is not known; the bootloader has none, as is usual on a ${target.chip}.`,
    );
    return;
  }
  throw wrongImage(
    image,
    'a bootloader is replaced only where the key of the chip is known to fit',
    'Use an image that holds a bootloader for this chip, or set bootloader to keep.',
  );
}
