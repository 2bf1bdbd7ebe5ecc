import { BOOTLOADER_END } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { hex } from '../../errors';
import { readPartitions } from '../../image/code/partitions';
import type { DetectedImage } from '../../image/detect/detect';
import { goesTo, isOnlyFor } from '../../image/detect/image-format';
import { type Note, say } from '../../texts/note';
import { span } from '../base/pieces';
import { slotInTable } from '../base/place-target';
import type { ConnectedTarget, LoadedImage, Piece, PlaceWish } from '../base/place-types';
import { nameOf } from '../base/refusals';

/** The image is OpenBeken's firmware, or a dump with it. */
export function isOpenBeken({ project }: Pick<DetectedImage, 'project'>): boolean {
  return project?.startsWith('OpenBK') ?? false;
}

/**
 * Whether the application of the image comes to where it starts from. An update in the download slot becomes the
 * application, too.
 * @param pieces what is to be written of the image
 */
export function bringsApplication(
  { detected }: LoadedImage,
  { offset, skip = 0, part = 'image' }: PlaceWish,
  pieces: readonly Piece[],
): boolean {
  if (!pieces.some((piece) => piece.offset + piece.bytes.length > BOOTLOADER_END)) return false;
  if (typeof offset !== 'number') return part === 'image' || part === 'app';
  if (isOnlyFor(detected, 'app')) return offset === BOOTLOADER_END && skip === 0;
  const beginsAtZero = detected.contents.some((content) =>
    content.to === 'flash' ? !content.wrapped : content.to === 'app',
  );
  return beginsAtZero && offset === skip;
}

/**
 * OpenBeken has one place for its own updates, whatever the bootloader's table says: where that has the download slot
 * elsewhere, they are never installed.
 * @param target with the chip's own partition table; that of a bootloader among the pieces outranks it
 */
export function doubtsOfUpdates(
  { detected }: LoadedImage,
  pieces: readonly Piece[],
  target: ConnectedTarget,
): Note[] {
  const own = modelOrUntold(target.chip).openBeken.places?.download;
  const bootloader = pieces.find(({ offset }) => offset === 0);
  const partitions =
    bootloader === undefined ? target.partitions : readPartitions(bootloader.bytes);
  const slot = slotInTable({ partitions, flashSize: target.flashSize }, 'download');
  if (own === undefined || slot === null || slot.offset === own) return [];
  const facts = { chip: nameOf(target), own: hex(own), slot: span(slot) };
  if (target.family === 'basic' || bootloader !== undefined)
    return [say('placement.updatesNotInstalled', facts)];
  return [
    goesTo(detected, 'bootloader')
      ? say('placement.updatesNeedThisBootloader', facts)
      : say('placement.updatesNeedBootloader', facts),
  ];
}
