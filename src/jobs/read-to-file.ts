import { findBackups, loadVerified } from '../backup/find';
import { writeBackup } from '../backup/write';
import type { Region } from '../chip/layouts';
import { chipCalibration } from './calibration';
import type { JobContext } from './context';
import { readRange } from './read';
import type { FileOutput, JobFacts } from './types';

export interface WrittenFile {
  /** Absolute path. */
  path: string;
  facts: Pick<JobFacts, 'filename' | 'sha256' | 'crc32' | 'bytesRead' | 'bytesReused'>;
}

/** Reads a range to a file that is complete or absent, with its facts beside it. */
export async function readToFile(
  context: JobContext,
  range: Region,
  output: FileOutput,
  phase: 'read' | 'backup',
): Promise<WrittenFile> {
  const { session } = context;
  const { chip } = session.identity;
  const { mac } = await chipCalibration(context);
  const base = output.incremental === false ? null : await baseFor(context, range, output.folder);
  const { bytes, bytesRead, bytesReused } = await readRange(context, range, phase, base);
  const whole = range.offset === 0 && range.length === context.flash.size;
  const { path, record } = await writeBackup({
    folder: output.folder,
    filename: output.filename,
    keep: output.keep,
    bytes,
    subject: { chip, mac, kind: whole ? 'full' : 'part', offset: range.offset },
    date: session.clock.date(),
    facts: {
      family: session.identity.family,
      bootloader: session.identity.bootloader,
      flash: { id: session.identity.flash.id, size: session.identity.flash.size },
      encryptionKey: session.identity.encryption,
      baud: session.workingBaud,
      bytesRead,
      bytesReused,
      warnings: [...session.identity.warnings, ...context.warnings],
    },
  });
  const { sha256, crc32 } = record;
  return { path, facts: { filename: path, sha256, crc32, bytesRead, bytesReused } };
}

/** The bytes that the newest backup of this same chip has for a range; null without one, or without a MAC to tell it by. */
async function baseFor(context: JobContext, range: Region, folder: string): Promise<Buffer | null> {
  const { chip } = context.session.identity;
  const { mac } = await chipCalibration(context);
  if (mac === null) return null;
  for (const backup of await findBackups(folder, { chip, mac })) {
    const start = range.offset - backup.record.offset;
    if (start < 0 || start + range.length > backup.record.length) continue;
    const bytes = await loadVerified(backup);
    if (bytes !== null) return bytes.subarray(start, start + range.length);
  }
  return null;
}
