import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import type { Layout, PartitionEntry, Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { BkError } from '../../errors';
import { readPartitions } from '../../image/code/partitions';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import {
  configInSlots,
  isOtherCore,
  type LaidOut,
  layoutOf,
  slotInTable,
} from '../../placement/base/place-target';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { chipCalibration } from './chip-calibration';
import { confirms } from './chip-checksum';
import { tellChip } from './chip-report';
import { readSector } from './read-sector';

const BOOTLOADER: Region = { offset: 0, length: BOOTLOADER_END };
/** Here all bootloaders that are known have their table, which saves reading the rest. Source: real dumps. */
const TABLE_FROM = 0xe000;

/** What a chip is laid out by: its own partition table and its own calibration. @throws as a step does */
export async function laidOut(context: JobContext): Promise<LaidOut> {
  const { chip } = context.session.identity;
  const partitions = await chipPartitions(context);
  const { offset } = await chipCalibration(context);
  return { chip, flashSize: context.flash.size, partitions, calibration: offset };
}

/**
 * Where the connected chip has what.
 * @throws BkError BK_UNKNOWN_CHIP where neither its own table nor its model tells
 */
export async function chipLayout(context: JobContext): Promise<Layout> {
  const target = await laidOut(context);
  const isTold = target.chip !== null || slotInTable(target, 'download') !== null;
  if (isTold) return layoutOf(target);
  throw new BkError('BK_UNKNOWN_CHIP', say('job.layoutNotKnown', { port: context.session.port }), {
    advice: [say('job.setChipOrRange')],
  });
}

/** OpenBeken's configuration in the middle of the slots for code; null where the chip has none there. */
export async function heldConfigInSlots(context: JobContext): Promise<number | null> {
  const target = await laidOut(context);
  const place = configInSlots(target);
  if (place === null) return null;
  const isHeld = readOpenBekenConfig(await readSector(context, place), target.chip) !== null;
  return isHeld ? place : null;
}

/**
 * The partition table in the chip's own bootloader; empty where it has none that can be read. Once for a link: what
 * was read stays with what is known of the chip.
 */
export async function chipPartitions(context: JobContext): Promise<readonly PartitionEntry[]> {
  const { identity } = context.session;
  if (identity.partitions !== undefined) return identity.partitions;
  const isWithout = identity.bootloader.blank || isOtherCore(identity.chip);
  const partitions = isWithout ? [] : await readTable(context);
  identity.partitions = partitions;
  tellChip(context);
  return partitions;
}

async function readTable(context: JobContext): Promise<readonly PartitionEntry[]> {
  const bootloader = Buffer.alloc(BOOTLOADER.length, 0xff);
  const tail = { offset: TABLE_FROM, length: BOOTLOADER_END - TABLE_FROM };
  await readInto(context, bootloader, tail);
  const partitions = readPartitions(bootloader);
  if (['app', 'download'].every((slot) => partitions.some(({ name }) => name === slot)))
    return partitions;
  await readInto(context, bootloader, { offset: 0, length: TABLE_FROM });
  return readPartitions(bootloader);
}

/** One checksum of all is quicker than one of each sector; those are asked for where it does not fit. */
async function readInto(context: JobContext, bootloader: Buffer, range: Region): Promise<void> {
  const bytes = bootloader.subarray(range.offset, range.offset + range.length);
  for (const address of sectorsOf(range)) {
    await context.step({ phase: 'identify', address }, async () => {
      (await context.flash.readSector(address)).copy(bytes, address - range.offset);
    });
  }
  if (await confirms(context, range, bytes, 'read')) return;
  for (const address of sectorsOf(range))
    (await readSector(context, address)).copy(bytes, address - range.offset, 0, SECTOR);
}
