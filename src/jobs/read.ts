import { crc32 } from 'node:zlib';
import { SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { BkError, hex } from '../errors';

import { chipCrc } from './compare';
import type { JobContext } from './context';
import { blocksOf, outward, sectorsOf } from './ranges';

export interface ReadBytes {
  bytes: Buffer;
  /** Over the wire. */
  bytesRead: number;
  /** Taken from the base, proved by the chip's checksums. */
  bytesReused: number;
}

/**
 * Reads a range and has the chip confirm every 64 KiB of it by checksum; what does not match is read
 * again, sector by sector.
 * @param base what the range held once: what the chip confirms of it is not read
 */
export async function readRange(
  context: JobContext,
  range: Region,
  phase: 'read' | 'backup',
  base: Buffer | null = null,
): Promise<ReadBytes> {
  const whole = outward(range);
  const bytes = Buffer.allocUnsafeSlow(whole.length);
  const usable = base !== null && base.length === whole.length ? base : null;
  let bytesRead = 0;
  context.progress.begin(phase, whole.length, `Reading ${hex(whole.length)} bytes`);
  for (const block of blocksOf(whole)) {
    const into = bytes.subarray(block.offset - whole.offset).subarray(0, block.length);
    const known = usable?.subarray(block.offset - whole.offset).subarray(0, block.length);
    bytesRead += known
      ? await readChanged(context, block, into, known, phase)
      : await readBlock(context, block, into, phase);
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
): Promise<number> {
  for (const address of sectorsOf(block)) {
    await readSector(context, address, sectorIn(into, block, address), phase);
    context.progress.advance(phase, SECTOR, address, `Reading ${hex(address)}`);
  }
  if ((await chipCrc(context, block, 'verify')) !== crc32(into)) {
    for (const address of sectorsOf(block)) {
      await confirmSector(context, address, sectorIn(into, block, address), phase);
    }
  }
  return block.length;
}

/** Reads only the sectors of a block that the base does not have. */
async function readChanged(
  context: JobContext,
  block: Region,
  into: Buffer,
  known: Buffer,
  phase: 'read' | 'backup',
): Promise<number> {
  known.copy(into);
  if ((await chipCrc(context, block)) === crc32(known)) {
    context.progress.advance(phase, block.length, block.offset, `Unchanged ${hex(block.offset)}`);
    return 0;
  }
  let read = 0;
  for (const address of sectorsOf(block)) {
    const sector = sectorIn(into, block, address);
    if ((await chipCrc(context, { offset: address, length: SECTOR })) !== crc32(sector)) {
      await readSector(context, address, sector, phase);
      await confirmSector(context, address, sector, phase);
      read += SECTOR;
    }
    context.progress.advance(phase, SECTOR, address, `Reading ${hex(address)}`);
  }
  return read;
}

function readSector(
  context: JobContext,
  address: number,
  into: Buffer,
  phase: 'read' | 'backup',
): Promise<void> {
  return context.step({ phase, address }, async () => {
    (await context.flash.readSector(address)).copy(into);
  });
}

/** Reads a sector again until the chip confirms it. */
function confirmSector(
  context: JobContext,
  address: number,
  into: Buffer,
  phase: 'read' | 'backup',
): Promise<void> {
  return context.step({ phase, address }, async (tries) => {
    if (tries > 0) (await context.flash.readSector(address)).copy(into);
    if ((await context.flash.crc(address, SECTOR)) === crc32(into)) return;
    throw new BkError(
      'BK_CRC_MISMATCH',
      `The sector at ${hex(address)} was read from ${context.session.port}, but the chip's checksum says otherwise`,
      { phase: 'verify', address, advice: ['Set a lower baud in the device; use shorter wires.'] },
    );
  });
}

function sectorIn(bytes: Buffer, block: Region, address: number): Buffer {
  return bytes.subarray(address - block.offset, address - block.offset + SECTOR);
}
