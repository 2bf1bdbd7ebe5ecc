import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { without } from '../../chip/regions';
import type { JobContext } from '../base/job-context';

/**
 * Tells who looks on what a change leaves alone of what is hard to come by again: the bootloader and the calibration.
 * @param changed the regions that the change is of
 */
export function tellSpared(context: JobContext, changed: readonly Region[]): void {
  const bootloader = { offset: 0, length: Math.min(BOOTLOADER_END, context.flash.size) };
  for (const part of without(bootloader, changed)) context.show(part, 'protected');
  const offset = context.session.identity.calibration?.offset ?? null;
  if (offset === null) return;
  for (const part of without({ offset, length: SECTOR }, changed)) context.show(part, 'kept');
}
