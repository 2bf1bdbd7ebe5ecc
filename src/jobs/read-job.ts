import { resolveFilename } from '../backup/filename';
import { checkFolder } from '../backup/folder';
import { BOOTLOADER_END } from '../chip/geometry';
import { BkError } from '../errors';
import { crc32Hex, sha256Hex } from './checksum';
import { type JobContext, type JobOutcome, mustFitFlash } from './context';
import { readRange } from './read';
import { readMemory } from './read-memory';
import { readToFile } from './read-to-file';
import type { ReadOptions } from './types';
import { mustBeOneOf } from './words';

/** Checks what can be checked without a chip. @throws BkError BK_BAD_SETTING, BK_OUT_OF_RANGE, BK_STORAGE */
export async function checkReading(options: ReadOptions): Promise<void> {
  mustBeOneOf('memory', options.memory, ['flash', 'rom', 'efuse', 'otp']);
  const memory = options.memory ?? 'flash';
  if (memory !== 'flash' && options.file !== undefined) {
    throw new BkError(
      'BK_BAD_SETTING',
      `The bytes of ${memory} go to the message, not to a backup`,
      {
        advice: ['Set output to buffer; a "write file" node can save the bytes.'],
      },
    );
  }
  for (const name of ['offset', 'length'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    if (!Number.isInteger(value) || value < (name === 'length' ? 1 : 0)) {
      throw new BkError('BK_OUT_OF_RANGE', `The ${name} ${value} is not a whole number of bytes`);
    }
  }
  // Better known before a long read than after it.
  if (options.file === undefined) return;
  const { keep = 0 } = options.file;
  if (!Number.isInteger(keep) || keep < 0) {
    throw new BkError(
      'BK_BAD_SETTING',
      `keep is the number of backups to keep, a whole number from 0 (all) on, not ${JSON.stringify(keep)}`,
    );
  }
  await checkFolder(options.file.folder);
  if (options.file.filename) await resolveFilename(options.file.folder, options.file.filename);
}

/** Reads a range of flash to memory or to a file, or another memory. */
export async function read(
  context: JobContext,
  options: ReadOptions,
): Promise<JobOutcome<Buffer | string>> {
  const { memory = 'flash' } = options;
  if (memory !== 'flash') return readMemory(context, memory, options);
  const offset = options.offset ?? 0;
  const length = options.length ?? context.flash.size - offset;
  mustFitFlash(context, offset, length);
  if (options.file !== undefined) {
    const file = await readToFile(context, { offset, length }, options.file, 'read');
    return { payload: file.path, offset, length, bytes: length, extra: file.facts };
  }
  const { bytes, bytesRead, bytesReused } = await readRange(context, { offset, length }, 'read');
  warnIfZeros(context, offset, bytes);
  return {
    payload: bytes,
    offset,
    length,
    bytes: length,
    extra: { sha256: sha256Hex(bytes), crc32: crc32Hex(bytes), bytesRead, bytesReused },
  };
}

function warnIfZeros(context: JobContext, offset: number, bytes: Buffer): void {
  if (offset >= BOOTLOADER_END || bytes.length < BOOTLOADER_END) return;
  if (bytes.every((byte) => byte === 0)) {
    context.warnings.push('All that was read is zeros: the flash may not answer.');
  }
}
