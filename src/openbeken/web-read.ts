import { mustHaveRoom } from '../backup/care/free-space';
import { digestsOf } from '../backup/record';
import type { Region } from '../chip/layouts';
import { BkError, hex } from '../errors';
import type { JobOutcome } from '../jobs/base/job-facts';
import type { ReadOptions } from '../jobs/base/job-types';
import { takeReadOptions } from '../jobs/options/job-options';
import { refused } from '../jobs/options/take';
import { checkOutput } from '../jobs/read';
import { say } from '../texts/note';
import { saveBytes } from './base/web-backup';
import type { WebContext } from './base/web-context';
import { configRegion, locateFiles, mustBeReadable, readFiles, readFlash } from './base/web-flash';

/** What a device on the network has to be read. */
const MEMORIES = ['flash', 'openbeken', 'littlefs'] as const;

/** Bytes, and where they lie in flash; null where that is not known. */
interface Found {
  bytes: Buffer;
  offset: number | null;
}

/**
 * Checks what can be checked without the device.
 * @throws BkError BK_BAD_SETTING, BK_STORAGE
 */
export async function checkWebReading(given: unknown, port: string): Promise<ReadOptions> {
  const options = takeReadOptions(given, port);
  const memory = options.memory ?? 'flash';
  if (!MEMORIES.some((known) => known === memory)) {
    const text = say('openbeken.noSuchMemory', { memory, memories: MEMORIES.join(', ') });
    throw refused(text, say('openbeken.useCable'), { port });
  }
  if (options.file !== undefined) await checkOutput(options.file);
  return options;
}

/** Reads flash, its configuration or its file system, to memory or to a file that is complete or absent. */
export async function readOverWeb(
  context: WebContext,
  options: ReadOptions,
): Promise<JobOutcome<Buffer | string>> {
  if (options.file !== undefined) {
    const { length = context.identity.readable } = options;
    await mustHaveRoom(options.file.folder, length, 0);
  }
  const { bytes, offset } = await find(context, options);
  const length = bytes.length;
  const region = { offset: offset ?? 0, length };
  if (options.file === undefined) {
    const extra = { ...digestsOf(bytes), bytesRead: length, bytesReused: 0 };
    return { payload: bytes, ...region, bytes: length, extra };
  }
  if (offset === null) throw nowhere(context);
  const { path, facts } = await saveBytes(context, region, bytes, options.file);
  return { payload: path, ...region, bytes: length, extra: facts };
}

async function find(context: WebContext, options: ReadOptions): Promise<Found> {
  const { memory = 'flash' } = options;
  if (memory === 'littlefs') {
    context.progress.say('read', say('openbeken.readingFiles'));
    const files = await readFiles(context, 'read');
    if (files === null) throw noFiles(context);
    const base = await locateFiles(context, files);
    const { offset, length } = rangeIn(context, options, { offset: 0, length: files.length });
    const bytes = files.subarray(offset, offset + length);
    return { bytes, offset: base === null ? null : base + offset };
  }
  const whole =
    memory === 'openbeken'
      ? configRegion(context)
      : { offset: 0, length: context.identity.readable };
  const range = rangeIn(context, options, whole);
  return { bytes: await readFlash(context, range, 'read'), offset: range.offset };
}

/** The stretch that is wanted of a memory, in flash. @throws BkError BK_OUT_OF_RANGE */
function rangeIn(context: WebContext, options: ReadOptions, whole: Region): Region {
  const { offset = 0, length = whole.length - offset } = options;
  if (options.memory === undefined || options.memory === 'flash')
    mustBeReadable(context, { offset, length });
  else if (length < 1 || offset + length > whole.length) {
    const place = { offset: hex(offset), length, memory: options.memory, size: hex(whole.length) };
    throw new BkError('BK_OUT_OF_RANGE', say('openbeken.notInMemory', place), {
      address: offset,
      advice: [say('job.useRange', { from: hex(0), to: hex(whole.length) })],
    });
  }
  return { offset: whole.offset + offset, length };
}

function noFiles({ port }: WebContext): BkError {
  return new BkError('BK_BAD_SETTING', say('openbeken.noFiles', { port }), {
    phase: 'read',
    advice: [say('openbeken.readFlashInstead')],
  });
}

function nowhere({ port }: WebContext): BkError {
  return new BkError('BK_BAD_RESPONSE', say('openbeken.filesNowhere', { port }), {
    phase: 'read',
    advice: [say('openbeken.readFlashInstead')],
  });
}
