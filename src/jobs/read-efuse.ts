import { EFUSE_BYTES } from '../chip/efuse';
import { BkError } from '../errors';
import { readEfuse } from '../session/efuse';
import { crc32Hex, sha256Hex } from './checksum';
import type { JobContext, JobOutcome } from './context';
import type { ReadOptions } from './types';

/**
 * Reads eFuse. It has no checksum: what counts is what comes twice.
 * @throws BkError BK_BAD_SETTING for chips whose eFuse cannot be read, BK_OUT_OF_RANGE
 */
export async function readFuses(
  context: JobContext,
  options: ReadOptions,
): Promise<JobOutcome<Buffer>> {
  const size = efuseSize(context);
  const offset = options.offset ?? 0;
  const length = options.length ?? size - offset;
  if (length < 1 || offset + length > size) {
    throw new BkError(
      'BK_OUT_OF_RANGE',
      `${length} bytes at ${offset} do not fit the eFuse of the chip on ${context.session.port}, which has ${size} bytes`,
      { address: offset, advice: [`Use a range between 0 and ${size}.`] },
    );
  }
  context.progress.begin('read', length, 'Reading eFuse');
  const bytes = await context.step({ phase: 'read', address: null }, () => twice(context, size));
  context.progress.end('read', 'Read eFuse');
  const payload = bytes.subarray(offset, offset + length);
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

async function twice(context: JobContext, size: number): Promise<Buffer> {
  const { exchanger, port } = context.session;
  const first = await readEfuse(exchanger, size);
  if (first.equals(await readEfuse(exchanger, size))) return first;
  throw new BkError(
    'BK_BAD_RESPONSE',
    `The eFuse of the chip on ${port} was read differently twice`,
    {
      phase: 'read',
      advice: ['Set a lower baud in the device; use shorter wires.'],
    },
  );
}

function efuseSize(context: JobContext): number {
  const { chip, family } = context.session.identity;
  const size = chip === null ? undefined : EFUSE_BYTES[chip];
  if (size !== undefined) return size;
  throw new BkError(
    'BK_BAD_SETTING',
    family === 'basic'
      ? `The eFuse of a ${chip ?? 'basic chip'} cannot be read over the serial line`
      : `How the eFuse of a ${chip} is read is not known`,
    { advice: ['Set memory to flash.'] },
  );
}
