import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { blocksOf, outward, sectorsOf } from '../../chip/regions';
import { hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { ComparePredictor, chipCrc, confirms, notePair } from '../chip/compare';
import { contradicted } from '../chip/read-sector';

export interface ReadBytes {
  bytes: Buffer;
  /** Over the wire. */
  bytesRead: number;
  /** Taken from the base, proved by the chip's checksums. */
  bytesReused: number;
}

/** Where the sectors of a read go as they come, and what its base knows. */
export interface SectorStore {
  /** Whether the base has this sector. One that it has not is read without asking. */
  has(address: number): boolean;
  /** A sector came over the wire; the next one is asked for afterwards. Told again when it is read anew. */
  keep(address: number, sector: Buffer): Promise<void>;
}

/**
 * Reads a range and has the chip confirm every 64 KiB of it by checksum; what does not match is read
 * again, sector by sector.
 * @param base what the range held once: what the chip confirms of it is not read
 * @param store without one the base counts as whole
 */
export async function readRange(
  context: JobContext,
  range: Region,
  phase: 'read' | 'backup',
  base: Buffer | null = null,
  store: SectorStore | null = null,
): Promise<ReadBytes> {
  const whole = outward(range);
  const bytes = Buffer.allocUnsafeSlow(whole.length);
  const usable = base !== null && base.length === whole.length ? base : null;
  const predictor = new ComparePredictor();
  let bytesRead = 0;
  context.progress.begin(phase, whole.length, say('job.readingBytes', { size: hex(whole.length) }));
  for (const block of blocksOf(whole)) {
    const into = bytes.subarray(block.offset - whole.offset).subarray(0, block.length);
    const known = usable?.subarray(block.offset - whole.offset).subarray(0, block.length);
    const hasAny = store === null || sectorsOf(block).some((address) => store.has(address));
    bytesRead +=
      known && hasAny
        ? await readChanged(context, block, into, known, phase, store, predictor)
        : await readBlock(context, block, into, phase, store);
  }
  const start = range.offset - whole.offset;
  return {
    bytes: bytes.subarray(start, start + range.length),
    bytesRead,
    bytesReused: whole.length - bytesRead,
  };
}

async function readBlock(
  context: JobContext,
  block: Region,
  into: Buffer,
  phase: 'read' | 'backup',
  store: SectorStore | null,
): Promise<number> {
  for (const address of sectorsOf(block)) {
    await readSector(context, address, sectorIn(into, block, address), phase, store);
    tellReading(context, phase, address);
  }
  if (!(await confirms(context, block, into, 'read'))) {
    for (const address of sectorsOf(block)) {
      await confirmSector(context, address, sectorIn(into, block, address), phase, store);
    }
  }
  return block.length;
}

/**
 * Reads only the sectors of a block that the base does not have. The checksum that tells that a sector
 * differs confirms it afterwards, too.
 */
async function readChanged(
  context: JobContext,
  block: Region,
  into: Buffer,
  known: Buffer,
  phase: 'read' | 'backup',
  store: SectorStore | null,
  predictor: ComparePredictor,
): Promise<number> {
  const has = (address: number) => store === null || store.has(address);
  known.copy(into);
  if (!predictor.differs && sectorsOf(block).every(has)) {
    if ((await chipCrc(context, block)) === crc32(known)) {
      predictor.saw(true);
      const message = say('job.unchanged', { address: hex(block.offset) });
      context.progress.advance(phase, block.length, block.offset, message);
      return 0;
    }
  }
  let read = 0;
  for (const address of sectorsOf(block)) {
    const sector = sectorIn(into, block, address);
    const range = { offset: address, length: SECTOR };
    const held = has(address) ? await chipCrc(context, range) : null;
    if (held !== crc32(sector)) {
      await readSector(context, address, sector, phase, store);
      if (crc32(sector) !== held) await confirmSector(context, address, sector, phase, store);
      read += SECTOR;
    }
    tellReading(context, phase, address);
  }
  predictor.saw(read === 0);
  return read;
}

function tellReading(context: JobContext, phase: 'read' | 'backup', address: number): void {
  context.progress.advance(phase, SECTOR, address, say('job.reading', { address: hex(address) }));
}

async function readSector(
  context: JobContext,
  address: number,
  into: Buffer,
  phase: 'read' | 'backup',
  store: SectorStore | null,
): Promise<void> {
  await context.step({ phase, address }, async () => {
    (await context.flash.readSector(address)).copy(into);
  });
  await store?.keep(address, into);
}

/** Reads a sector again until the chip confirms it. */
function confirmSector(
  context: JobContext,
  address: number,
  into: Buffer,
  phase: 'read' | 'backup',
  store: SectorStore | null,
): Promise<void> {
  return context.step({ phase, address }, async (tries) => {
    if (tries > 0) {
      (await context.flash.readSector(address)).copy(into);
      await store?.keep(address, into);
    }
    const [host, chip] = [crc32(into), await context.flash.crc(address, SECTOR)];
    notePair(context, { offset: address, length: SECTOR }, 'read', host, chip);
    if (host === chip) return;
    throw contradicted(context, address);
  });
}

function sectorIn(bytes: Buffer, block: Region, address: number): Buffer {
  return bytes.subarray(address - block.offset, address - block.offset + SECTOR);
}
