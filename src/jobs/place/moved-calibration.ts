import { setImmediate } from 'node:timers/promises';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { hex } from '../../errors';
import { readApp } from '../../image/code/app';
import type { DetectedImage } from '../../image/detect/detect';
import { isDump } from '../../image/detect/detected';
import { unrotate } from '../../image/detect/dump';
import type { LoadedImage } from '../../placement/loaded-image';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { Piece } from '../change/change-plan';
import { chipCalibration } from '../chip/chip-calibration';
import { readSector } from '../chip/read-sector';

/** The image is OpenBeken's firmware. */
export function isOpenBeken({ project }: Pick<DetectedImage, 'project'>): boolean {
  return project?.startsWith('OpenBK') ?? false;
}

/** The same, also of a dump, whose application has to be read for it. */
export async function holdsOpenBeken({ bytes, detected }: LoadedImage): Promise<boolean> {
  const { kind, key } = detected;
  if (!isDump(detected)) return isOpenBeken(detected);
  if (key === null) return false;
  const flash = kind === 'dump' ? bytes : unrotate(bytes);
  const steps = readApp(flash, BOOTLOADER_END, flash.length, key);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return isOpenBeken(step.value);
    await setImmediate();
  }
}

/**
 * The calibration of the radio for OpenBeken, where Tuya's firmware had it at another address: a copy,
 * so that Tuya's can come back. None where OpenBeken's firmware is not written, or the pieces bring their own.
 * @param pieces what is to be written of the image
 */
export async function movedCalibration(
  context: JobContext,
  image: LoadedImage,
  pieces: readonly Piece[],
): Promise<Piece[]> {
  const { chip } = context.session.identity;
  const wanted = modelOrUntold(chip).openBeken.places?.calibration ?? null;
  if (wanted === null || !pieces.some(bringsApplication)) return [];
  // Its own dump knows what belongs there; where an update would reach so far, the two are refused together.
  if (isDump(image.detected) && pieces.some((piece) => holds(piece, wanted))) return [];
  const own = await chipCalibration(context);
  if (own.offset === null || own.mac === null || own.offset === wanted) return [];
  if (!(await holdsOpenBeken(image))) return [];
  context.warnings.push(
    say('placement.calibrationMoved', { offset: hex(wanted), own: hex(own.offset) }),
  );
  return [{ offset: wanted, bytes: await readSector(context, own.offset) }];
}

/** An update in the download slot becomes the application, too. */
function bringsApplication({ offset }: Piece): boolean {
  return offset >= BOOTLOADER_END;
}

function holds({ offset, bytes }: Piece, address: number): boolean {
  return offset < address + SECTOR && address < offset + bytes.length;
}
