import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { Examination } from './examination';

/** Spread over flash; the first is the bootloader's, the next the application's. */
const SAMPLES = 6;

/** Reads some sectors twice, and asks the chip for its checksum of each. */
export async function readTwice(context: JobContext): Promise<NonNullable<Examination['reading']>> {
  const { flash, progress } = context;
  let differed = 0;
  let contradicted = 0;
  const places = placesIn(flash.size);
  for (const address of places) {
    progress.say('read', say('examine.readingTwice'));
    const { first, second, chip } = await context.step({ phase: 'read', address }, async () => ({
      first: crc32(await flash.readSector(address)),
      second: crc32(await flash.readSector(address)),
      chip: await flash.crc(address, SECTOR),
    }));
    if (first !== second) differed++;
    if (first !== chip || second !== chip) contradicted++;
  }
  return { sectors: places.length, differed, contradicted };
}

function placesIn(size: number): number[] {
  const sectors = Math.floor((size - BOOTLOADER_END) / SECTOR);
  const spread = Array.from(
    { length: SAMPLES },
    (_, index) => BOOTLOADER_END + SECTOR * Math.floor((index * (sectors - 1)) / (SAMPLES - 1)),
  );
  return [...new Set([0, ...spread])];
}
