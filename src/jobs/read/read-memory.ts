import { digestsOf } from '../../backup/record';
import { BkError } from '../../errors';
import { WORD } from '../../session/memory/words';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { JobOutcome } from '../base/job-facts';
import type { ReadOptions } from '../base/job-types';
import { type MemorySource, memorySource, type OtherMemory } from './memory-source';

/** Bits on the line for a word: request, and answer with address and value. */
const WORD_BITS = 10 * (9 + 15);
/** So much is read and read again at a time, bytes. */
const SLICE = 1024;

/**
 * Reads eFuse, mask ROM or OTP. They have no checksum: what counts is what comes twice.
 * @throws BkError BK_BAD_SETTING for chips on which that is not known to work, BK_OUT_OF_RANGE
 */
export async function readMemory(
  context: JobContext,
  memory: OtherMemory,
  options: ReadOptions,
): Promise<JobOutcome<Buffer>> {
  const source = memorySource(context.session, memory);
  const { name, size } = source;
  const offset = options.offset ?? 0;
  const length = options.length ?? size - offset;
  if (length < 1 || offset + length > size) {
    const place = { offset, memory: name, port: context.session.port, size };
    throw new BkError(
      'BK_OUT_OF_RANGE',
      options.length === undefined
        ? say('job.restNotInMemory', place)
        : say('job.notInMemory', { ...place, length }),
      { address: offset, advice: [say('job.useRange', { from: 0, to: size })] },
    );
  }
  const payload = await readSlices(context, source, offset, length);
  if (source.warning !== undefined) context.warnings.push(source.warning);
  warnIfBlank(context, memory, payload, size);
  return {
    payload,
    offset,
    length,
    bytes: length,
    extra: { ...digestsOf(payload), bytesRead: length, bytesReused: 0 },
  };
}

async function readSlices(
  context: JobContext,
  source: MemorySource,
  offset: number,
  length: number,
): Promise<Buffer> {
  const { progress } = context;
  const first = Math.floor(offset / WORD) * WORD;
  const end = Math.ceil((offset + length) / WORD) * WORD;
  const slices: Buffer[] = [];
  const message = say('job.readingMemory', { memory: source.name });
  const bits = 2 * ((end - first) / WORD) * WORD_BITS;
  progress.begin('read', end - first, bits / context.session.workingBaud, message);
  for (let at = first; at < end; at += SLICE) {
    const count = Math.min(SLICE, end - at);
    const step = { phase: 'read', address: at } as const;
    slices.push(await context.step(step, () => twice(context, source, at, count)));
    progress.advance('read', count, at, message);
  }
  return Buffer.concat(slices).subarray(offset - first, offset - first + length);
}

async function twice(
  context: JobContext,
  source: MemorySource,
  at: number,
  count: number,
): Promise<Buffer> {
  const first = await source.read(at, count);
  if (first.equals(await source.read(at, count))) return first;
  throw new BkError(
    'BK_BAD_RESPONSE',
    say('job.memoryNeverTwiceAlike', { memory: source.name, port: context.session.port }),
    { phase: 'read', advice: [say('job.lowerBaud')] },
  );
}

/** No ROM is blank. An OTP may be in parts, but hardly as a whole; eFuse of chips without a key is. */
function warnIfBlank(
  context: JobContext,
  memory: OtherMemory,
  payload: Buffer,
  size: number,
): void {
  const value = payload[0];
  if ((value !== 0x00 && value !== 0xff) || payload.some((byte) => byte !== value)) return;
  const byte = value === 0 ? '00' : 'FF';
  if (memory === 'rom') context.warnings.push(say('job.romUniform', { byte }));
  else if (memory === 'otp' && payload.length === size) {
    context.warnings.push(say('job.otpUniform', { byte }));
  }
}
