import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import type { ImageKind } from '../../image/detect';
import { type Partition, readPartitions } from '../../image/partitions';
import type { PlaceTarget } from '../../image/place';
import { chipCalibration } from '../calibration';
import type { JobContext } from '../context';
import { sectorsOf } from '../ranges';

/** Kinds whose place the partition table of the chip decides. */
const BY_TABLE: readonly ImageKind[] = ['rbl', 'tuya-ug'];

/** What placing an image has to know of the connected chip. */
export async function targetOf(context: JobContext, kind: ImageKind): Promise<PlaceTarget> {
  const { chip, family, encryption } = context.session.identity;
  const { offset, mac } = await chipCalibration(context);
  return {
    chip,
    family,
    flashSize: context.flash.size,
    key: encryption,
    partitions: BY_TABLE.includes(kind) ? await chipPartitions(context) : [],
    mac,
    calibration: offset,
  };
}

/** The partition table in the chip's own bootloader; empty where it has none that can be read. */
async function chipPartitions(context: JobContext): Promise<Partition[]> {
  const bootloader = Buffer.alloc(BOOTLOADER_END);
  for (const address of sectorsOf({ offset: 0, length: BOOTLOADER_END })) {
    (await readSector(context, address)).copy(bootloader, address);
  }
  return readPartitions(bootloader);
}

/** What a sector of the chip holds now. */
export function readSector(context: JobContext, address: number): Promise<Buffer> {
  return context.step({ phase: 'identify', address }, async () =>
    Buffer.from(await context.flash.readSector(address)).subarray(0, SECTOR),
  );
}
