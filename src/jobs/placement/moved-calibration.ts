import { OPENBEKEN_PLACES } from '../../chip/openbeken';
import { hex } from '../../errors';
import type { DetectedImage } from '../../image/detect';
import { chipCalibration } from '../calibration';
import type { JobContext } from '../context';
import type { Piece } from '../plan';
import { readSector } from './target';

/** The image is OpenBeken's firmware. */
export function isOpenBeken({ project }: DetectedImage): boolean {
  return project?.startsWith('OpenBK') ?? false;
}

/**
 * The calibration of the radio for OpenBeken, where Tuya's firmware had it at another address: a copy,
 * so that Tuya's can come back.
 */
export async function movedCalibration(context: JobContext): Promise<Piece[]> {
  const { chip } = context.session.identity;
  const wanted = chip === null ? null : (OPENBEKEN_PLACES[chip]?.calibration ?? null);
  const own = await chipCalibration(context);
  if (wanted === null || own.offset === null || own.mac === null || own.offset === wanted)
    return [];
  context.warnings.push(
    `OpenBeken has the calibration of the radio at ${hex(wanted)}, where this chip has none: it is copied there from ${hex(own.offset)}.`,
  );
  return [{ offset: wanted, bytes: await readSector(context, own.offset) }];
}
