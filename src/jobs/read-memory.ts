import type { ChipName } from '../chip/families';
import { EFUSE_BYTES, ROM_BYTES } from '../chip/memories';
import { BkError } from '../errors';
import { readEfuse } from '../session/efuse';
import { ROM_WORD, readRom } from '../session/rom';
import { crc32Hex, sha256Hex } from './checksum';
import type { JobContext, JobOutcome } from './context';
import type { ReadOptions } from './types';

/** Memories beside flash. They have no checksum: what counts is what comes twice. */
export type OtherMemory = 'efuse' | 'rom';

/** So much is read and read again at a time, bytes. */
const SLICE = 1024;
const NAMES = { efuse: 'eFuse', rom: 'mask ROM' } as const;
const SIZES: Readonly<Record<OtherMemory, Readonly<Partial<Record<ChipName, number>>>>> = {
  efuse: EFUSE_BYTES,
  rom: ROM_BYTES,
};

/**
 * Reads eFuse or mask ROM.
 * @throws BkError BK_BAD_SETTING for chips on which that is not known to work, BK_OUT_OF_RANGE
 */
export async function readMemory(
  context: JobContext,
  memory: OtherMemory,
  options: ReadOptions,
): Promise<JobOutcome<Buffer>> {
  const size = sizeOf(context, memory);
  const offset = options.offset ?? 0;
  const length = options.length ?? size - offset;
  if (length < 1 || offset + length > size) {
    throw new BkError(
      'BK_OUT_OF_RANGE',
      `${length} bytes at ${offset} do not fit the ${NAMES[memory]} of the chip on ${context.session.port}, which has ${size} bytes`,
      { address: offset, advice: [`Use a range between 0 and ${size}.`] },
    );
  }
  const payload = await readSlices(context, memory, offset, length);
  if (memory === 'rom' && payload.every((byte) => byte === 0)) {
    context.warnings.push('The mask ROM reads as zeros: the chip may not give it away.');
  }
  return {
    payload,
    offset,
    length,
    bytes: length,
    extra: {
      sha256: sha256Hex(payload),
      crc32: crc32Hex(payload),
      bytesRead: length,
      bytesReused: 0,
    },
  };
}

async function readSlices(
  context: JobContext,
  memory: OtherMemory,
  offset: number,
  length: number,
): Promise<Buffer> {
  const { progress, session } = context;
  const first = Math.floor(offset / ROM_WORD) * ROM_WORD;
  const end = Math.ceil((offset + length) / ROM_WORD) * ROM_WORD;
  const slices: Buffer[] = [];
  progress.begin('read', end - first, `Reading ${NAMES[memory]}`);
  for (let at = first; at < end; at += SLICE) {
    const count = Math.min(SLICE, end - at);
    const read = (): Promise<Buffer> =>
      memory === 'rom'
        ? readRom(session.exchanger, at, count)
        : readEfuse(session.exchanger, at, count);
    const step = { phase: 'read', address: at } as const;
    slices.push(await context.step(step, () => twice(context, memory, read)));
    progress.advance('read', count, at, `Reading ${NAMES[memory]}`);
  }
  return Buffer.concat(slices).subarray(offset - first, offset - first + length);
}

async function twice(
  context: JobContext,
  memory: OtherMemory,
  read: () => Promise<Buffer>,
): Promise<Buffer> {
  const first = await read();
  if (first.equals(await read())) return first;
  throw new BkError(
    'BK_BAD_RESPONSE',
    `The ${NAMES[memory]} of the chip on ${context.session.port} was read twice and came differently`,
    { phase: 'read', advice: ['Set a lower baud in the device; use shorter wires.'] },
  );
}

function sizeOf(context: JobContext, memory: OtherMemory): number {
  const { chip, family } = context.session.identity;
  const size = chip === null ? undefined : SIZES[memory][chip];
  if (size !== undefined) return size;
  throw new BkError(
    'BK_BAD_SETTING',
    family === 'basic'
      ? `The ${NAMES[memory]} of a ${chip ?? 'basic chip'} cannot be read over the serial line`
      : `How the ${NAMES[memory]} of a ${chip} is read is not known`,
    { advice: ['Set memory to flash.'] },
  );
}
