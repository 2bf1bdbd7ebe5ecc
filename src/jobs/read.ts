import { checkFilename, resolveFilename } from '../backup/filename';
import { checkFolder } from '../backup/folder';
import { digestsOf } from '../backup/record';
import { BOOTLOADER_END } from '../chip/geometry';
import { say } from '../texts/note';
import { type JobContext, mustFitFlash } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { FileOutput, ReadOptions } from './base/job-types';
import { takeReadOptions } from './options/job-options';
import { refused } from './options/take';
import { readMemory } from './read/read-memory';
import { readRange } from './read/read-range';
import { readToFile } from './read/read-to-file';

/**
 * Checks what can be checked without a chip.
 * @param given whatever code has given as options
 * @throws BkError BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_STORAGE
 */
export async function checkReading(given: unknown, port: string): Promise<ReadOptions> {
  const options = takeReadOptions(given, port);
  const memory = options.memory ?? 'flash';
  if (memory === 'openbeken' || memory === 'littlefs') {
    const text = say('option.memoryOfNetwork', { memory });
    throw refused(text, say('option.readFlashOrNetwork'), { port });
  }
  if (memory !== 'flash' && options.file !== undefined) {
    throw refused(say('option.memoryToFile', { memory }), say('option.setOutputToBuffer'), {
      port,
    });
  }
  if (options.file !== undefined) await checkOutput(options.file);
  return options;
}

/** Better known before a long read than after it. @throws BkError BK_BAD_SETTING, BK_STORAGE */
export async function checkOutput({ folder, filename, fileMode }: FileOutput): Promise<void> {
  if (filename) checkFilename(folder, filename);
  await checkFolder(folder, fileMode);
  if (filename) await resolveFilename(folder, filename, fileMode);
}

/** Reads a range of flash to memory or to a file, or another memory. */
export async function read(
  context: JobContext,
  options: ReadOptions,
): Promise<JobOutcome<Buffer | string>> {
  const { memory = 'flash' } = options;
  if (memory === 'rom' || memory === 'efuse' || memory === 'otp')
    return readMemory(context, memory, options);
  const offset = options.offset ?? 0;
  const length = options.length ?? context.flash.size - offset;
  mustFitFlash(context, offset, length);
  if (options.file !== undefined) {
    const file = await readToFile(context, { offset, length }, options.file, 'read');
    return { payload: file.path, offset, length, bytes: length, extra: file.facts };
  }
  const { bytes, ...counts } = await readRange(context, { offset, length }, 'read');
  warnIfZeros(context, offset, bytes);
  return {
    payload: bytes,
    offset,
    length,
    bytes: length,
    extra: { ...digestsOf(bytes), ...counts },
  };
}

function warnIfZeros(context: JobContext, offset: number, bytes: Buffer): void {
  if (offset >= BOOTLOADER_END || bytes.length < BOOTLOADER_END) return;
  if (bytes.every((byte) => byte === 0)) {
    context.warnings.push(say('job.allZeros'));
  }
}
