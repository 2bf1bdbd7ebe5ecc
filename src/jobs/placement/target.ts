import { BOOTLOADER_END } from '../../chip/geometry';
import type { ImageKind } from '../../image/detect';
import { type Partition, readPartitions } from '../../image/partitions';
import type { PlaceTarget } from '../../image/place';
import { chipCalibration } from '../calibration';
import { confirms } from '../compare';
import type { JobContext } from '../context';
import { sectorsOf } from '../ranges';
import { readSector } from '../sector';

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
