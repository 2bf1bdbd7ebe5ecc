import { BOOTLOADER_END } from '../../chip/geometry';
import { isDump } from '../../image/detect/detected';
import { replacesBootloader } from '../../placement/bootloader-fit';
import type { LoadedImage } from '../../placement/loaded-image';
import { type PlaceOptions, placeImage } from '../../placement/place-image';
import type { JobContext } from '../base/job-context';
import type { Piece } from '../change/change-plan';
import { targetOf } from './chip-target';
import { explained } from './fit-chip';
import { mustSpareData, sparingData } from './spare-data';

/**
 * Where images of this kind go on the connected chip; what a person should know joins the job's warnings.
 * @throws BkError as `placeImage`
 */
export async function placeByKind(
  context: JobContext,
  { bytes, detected }: LoadedImage,
  options: PlaceOptions,
): Promise<Piece[]> {
  const found = await targetOf(context, detected.kind);
  const bootloaderCrc = replacesBootloader(detected, found, options)
    ? await bootloaderCrcOf(context)
    : null;
  const target = { ...found, port: context.session.port, bootloaderCrc };
  const { pieces, warnings, foreign } = await explained(context, detected, () =>
    placeImage(detected, bytes, target, options),
  );
  context.warnings.push(...warnings);
  if (foreign) return sparingData(context, target, pieces);
  if (!isDump(detected)) await mustSpareData(context, target, pieces);
  return pieces;
}

/** The chip's own checksum of its whole bootloader area. */
export function bootloaderCrcOf(context: JobContext): Promise<number> {
  return context.step({ phase: 'identify', address: 0 }, () =>
    context.flash.crc(0, BOOTLOADER_END),
  );
}
