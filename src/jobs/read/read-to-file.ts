import { mustHaveRoom } from '../../backup/care/free-space';
import { backupsOf, listBackups, loadListed } from '../../backup/find';
import type { FoundBackup } from '../../backup/record';
import { settleLeftovers } from '../../backup/unfinished/leftovers';
import { PartialBackup, type PartialSubject } from '../../backup/unfinished/partial';
import type { Region } from '../../chip/layouts';
import { outward, sectorsOf } from '../../chip/regions';
import { isBkError } from '../../errors';
import { say } from '../../texts/note';
import { renderAll } from '../../texts/render';
import type { JobContext } from '../base/job-context';
import type { FileOutput } from '../base/job-types';
import { chipIdOf } from '../chip/chip-calibration';
import { keptAlive } from '../chip/kept-alive';
import type { Keep } from './block-reader';
import { inspectionFacts } from './inspection';
import { type ReadBytes, readRange } from './read-range';
import { HeldSectors, type SectorSource, storedSectors } from './sector-sources';
import { type WrittenFile, writeToFile } from './written-file';

/**
 * Reads a range to a file that is complete or absent, with its facts beside it. What comes over the wire is
 * kept meanwhile: after a failure, a cancel or a crash the next read of the same range goes on with it.
 */
export async function readToFile(
  context: JobContext,
  range: Region,
  output: FileOutput,
  phase: 'read' | 'backup',
): Promise<WrittenFile> {
  const { folder, filename = '', fileMode } = output;
  const subject = await subjectOf(context, range);
  const now = context.session.clock.date().getTime();
  await settleLeftovers(context.folders, folder, subject, filename, now, fileMode);
  const partial = await PartialBackup.open(folder, subject, outward(range), 'partial', fileMode);
  const mustFit = async () =>
    mustHaveRoom(folder, range.length, (await partial?.bytesOnDisk()) ?? 0);
  try {
    await mustFit();
    const read = await readOn(context, range, output, phase, partial);
    // Others may have filled the disk meanwhile.
    await mustFit();
    const written = await save(context, subject, output, read, partial);
    await partial?.remove();
    return written;
  } catch (error) {
    if (!isBkError(error) || !partial?.holdsAny) throw error;
    throw error.with({ advice: [...error.cause.adviceCodes, say('job.readIsKept')] });
  } finally {
    await partial?.close();
  }
}

/** What a backup of this range of the connected chip is of. */
export async function subjectOf(context: JobContext, range: Region): Promise<PartialSubject> {
  const whole = range.offset === 0 && range.length === context.flash.size;
  return { ...(await chipIdOf(context)), kind: whole ? 'full' : 'part', ...range };
}

/** What an earlier try has counts for more than the newest backup: it is the younger of the two. */
async function readOn(
  context: JobContext,
  range: Region,
  output: FileOutput,
  phase: 'read' | 'backup',
  partial: PartialBackup | null,
): Promise<ReadBytes> {
  const whole = outward(range);
  const backups = output.incremental === false ? [] : await listBackups(output.folder);
  const own = await ownBackup(context, whole, backups);
  const base = own?.bytes ?? Buffer.alloc(whole.length);
  // Before it is filled by what is read now, which needs no second look.
  const held = sectorsOf(whole).filter((address) => own !== null || partial?.has(address));
  partial?.fill(base);
  const sources: SectorSource[] = [
    ...(held.length === 0 ? [] : [new HeldSectors(whole.offset, base, held)]),
    ...(await storedSectors(backups.filter(({ path }) => path !== own?.path))),
  ];
  const keep: Keep = (address, sector) => partial?.keep(address, sector) ?? Promise.resolve();
  return readRange(context, range, phase, sources, keep);
}

async function save(
  context: JobContext,
  subject: PartialSubject,
  output: FileOutput,
  { bytes, bytesRead, bytesReused, bytesBlank }: ReadBytes,
  partial: PartialBackup | null,
): Promise<WrittenFile> {
  const { session } = context;
  const { chip, mac, kind, offset } = subject;
  const inspection = kind === 'full' ? await inspectionFacts(context, bytes) : null;
  const read = {
    bytes,
    subject: { chip, mac, kind, offset },
    date: session.clock.date(),
    pause: keptAlive(session),
    // A disk that has room for one of the two gets the backup.
    makeRoom: () => partial?.remove() ?? Promise.resolve(),
    counts: { bytesRead, bytesReused, bytesBlank },
    facts: {
      family: session.identity.family,
      bootloader: session.identity.bootloader,
      flash: { id: session.identity.flash.id, size: session.identity.flash.size },
      encryptionKey: session.identity.encryption,
      baud: session.workingBaud,
      warnings: renderAll([...session.identity.warnings, ...context.warnings]),
      ...(inspection === null ? {} : { inspection }),
    },
  };
  return writeToFile(context.folders, output, read, context.warnings);
}

/** What the newest backup of this same chip has for a range; null without one, or without a MAC to tell it by. */
async function ownBackup(
  context: JobContext,
  range: Region,
  backups: readonly FoundBackup[],
): Promise<{ path: string; bytes: Buffer } | null> {
  const chip = await chipIdOf(context);
  if (chip.mac === null) return null;
  for (const backup of backupsOf(backups, chip)) {
    const start = range.offset - backup.record.offset;
    if (start < 0 || start + range.length > backup.record.length) continue;
    const bytes = await loadListed(backup);
    if (bytes === null) continue;
    return { path: backup.path, bytes: bytes.subarray(start, start + range.length) };
  }
  return null;
}
