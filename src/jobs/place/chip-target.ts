import { BOOTLOADER_END } from '../../chip/geometry';
import { sectorsOf } from '../../chip/regions';
import { type Partition, readPartitions } from '../../image/code/partitions';
import type { ImageKind } from '../../image/detect/detect';
import type { PlaceTarget } from '../../placement/place-image';
import type { JobContext } from '../base/job-context';
import { chipCalibration } from '../chip/chip-calibration';
import { confirms } from '../chip/chip-checksum';
import { readSector } from '../chip/read-sector';

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
  const range = { offset: 0, length: BOOTLOADER_END };
  const bootloader = Buffer.alloc(range.length);
  for (const address of sectorsOf(range)) {
    await context.step({ phase: 'identify', address }, async () => {
      (await context.flash.readSector(address)).copy(bootloader, address);
    });
  }
  // One checksum of all is quicker than one of each.
  if (!(await confirms(context, range, bootloader, 'read'))) {
    for (const address of sectorsOf(range)) {
      (await readSector(context, address)).copy(bootloader, address);
    }
  }
  return readPartitions(bootloader);
}
