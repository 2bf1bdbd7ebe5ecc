import { CHIPS } from '../../chip/known/chips';
import { BkError } from '../../errors';
import { isOnlyFor } from '../../image/detect/image-format';
import { say } from '../../texts/note';
import { wholeSectors } from '../base/pieces';
import type { Piece, PlaceJob } from '../base/place-types';
import { ALL_THE_SAME, nameOf, wrongImage } from '../base/refusals';
import { keyOf } from '../fit/fit-evidence';

/** What a person is told who wants a basic chip's bootloader replaced along with the rest. */
export const KEPT = say('placement.bootloaderKept');

/** The bootloader of a QIO image, or one alone; none where it is to be kept. */
export function bootloaderPieces(job: PlaceJob, bytes: Uint8Array): Piece[] {
  const { image, target, options, warnings } = job;
  const alone = isOnlyFor(image, 'bootloader');
  const isBasic = target.family === 'basic';
  if (options.bootloader !== 'replace' || isBasic) {
    if (options.bootloader === 'replace' && !alone) warnings.push(KEPT);
    if (!alone) return [];
    throw new BkError(
      'BK_BOOTLOADER_PROTECTED',
      say(isBasic ? 'placement.basicBootloader' : 'placement.bootloaderToKeep', {
        image: image.description,
      }),
      {
        address: 0,
        advice: [say(isBasic ? 'placement.useApplication' : 'placement.setReplace')],
      },
    );
  }
  mustBeReplaceable(job);
  if (image.chips.length === 0) warnings.push(say('placement.bootloaderTellsNoChip'));
  return [wholeSectors(0, bytes)];
}

/**
 * A bootloader with another key than the chip's would not start. A chip whose flash is blank may not tell its key;
 * those of the models that come without one are taken to have none.
 * @throws BkError BK_WRONG_IMAGE
 */
export function mustBeReplaceable({ image, target, options, warnings }: PlaceJob): void {
  const own = image.code?.bootloader?.key ?? null;
  const given = own === null ? keyOf(image) : own === 'other' ? 'custom' : own;
  if (given === target.key || options.anyImage) return;
  const { chip, key } = target;
  const isUsual = chip !== null && CHIPS[chip].codeKey.usual === given;
  if (key === null && given === 'none' && isUsual) {
    warnings.push(say('placement.keylessBootloader', { chip: nameOf(target) }));
    return;
  }
  throw wrongImage(
    image,
    say('placement.keyNotSureToFit'),
    say('placement.useBootloaderForThis'),
    ...(isUntoldTwin(target) ? [say('placement.setTwin'), ALL_THE_SAME] : []),
  );
}

/** Only its key would tell the chip from one that comes without. */
function isUntoldTwin({ chip, key }: PlaceJob['target']): boolean {
  return key === null && chip !== null && CHIPS[chip].codeKey.readable;
}
