import { BLOCK, BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { calibrationOrder, modelOrUntold } from '../../chip/known/chip-places';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { chipCalibration } from '../chip/chip-calibration';
import { blankCrc, chipCrc } from '../chip/chip-checksum';
import { readSector } from '../chip/read-sector';

/**
 * A block of flash that holds nothing, proved by checksum and by reading it, where nothing is protected.
 * @param blank addresses of blocks that were blank by checksum
 * @returns null where there is none
 */
export async function blankStretch(
  context: JobContext,
  blank: readonly number[],
): Promise<Region | null> {
  for (const offset of await inOrder(context, blank)) {
    const stretch = { offset, length: BLOCK };
    if (await isBlank(context, stretch)) return stretch;
  }
  return null;
}

/** Whether a block holds nothing, by the chip's checksum and by every byte of it. */
export async function isBlank(context: JobContext, stretch: Region): Promise<boolean> {
  if ((await chipCrc(context, stretch)) !== blankCrc(stretch.length)) return false;
  for (const address of sectorsOf(stretch)) {
    context.progress.say('read', say('examine.provingBlank'));
    const bytes = await readSector(context, address, 'read');
    if (!bytes.every((byte) => byte === 0xff)) return false;
  }
  return true;
}

/**
 * Where code goes comes first, from its end on: firmware writes there whenever it is updated. Bootloader and every
 * place where a chip can have its calibration are left out.
 */
async function inOrder(context: JobContext, blank: readonly number[]): Promise<number[]> {
  const { chip } = context.session.identity;
  const { offset: own } = await chipCalibration(context);
  const kept = [...calibrationOrder(chip), ...(own === null ? [] : [own])];
  const { app, download } = modelOrUntold(chip).layout;
  const codeEnd = Math.max(app.offset + app.length, download.offset + download.length);
  const isCode = (offset: number): boolean => offset + BLOCK <= codeEnd;
  return blank
    .filter((offset) => offset >= BOOTLOADER_END && offset + BLOCK <= context.flash.size)
    .filter((offset) => !kept.some((at) => at + SECTOR > offset && at < offset + BLOCK))
    .sort((one, other) => Number(isCode(other)) - Number(isCode(one)) || other - one);
}
