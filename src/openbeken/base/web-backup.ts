import { setImmediate } from 'node:timers/promises';
import { mustHaveRoom } from '../../backup/care/free-space';
import { backupsOf, listBackups } from '../../backup/find';
import { checkFolder } from '../../backup/folder';
import type { FoundBackup } from '../../backup/record';
import type { Region } from '../../chip/layouts';
import { isBkError } from '../../errors';
import { inspect } from '../../image/inspect/inspect';
import type { BackupOptions, FileOutput } from '../../jobs/base/job-types';
import { noBackup } from '../../jobs/change/backup-first';
import { loadAsTold } from '../../jobs/chip/told-backup';
import { sidecarFacts } from '../../jobs/read/inspection';
import { type WrittenFile, writeToFile } from '../../jobs/read/written-file';
import { renderAll } from '../../texts/render';
import type { WebContext } from './web-context';
import { locateFiles, readFlash } from './web-flash';

/** Writes bytes of the device as a backup of its chip, as one that was read over a line. */
export async function saveBytes(
  context: WebContext,
  range: Region,
  bytes: Buffer,
  output: FileOutput,
): Promise<WrittenFile> {
  const { identity, folders, clock } = context;
  const { chip, mac, family, bootloader, flashSize, key, info } = identity;
  const kind = range.offset === 0 && range.length === flashSize ? 'full' : 'part';
  const inspection =
    kind === 'full'
      ? await sidecarFacts(inspect(bytes, { secrets: 'hide', pause: setImmediate }))
      : null;
  const read = {
    bytes,
    subject: { chip, mac, kind, offset: range.offset },
    date: clock.date(),
    counts: { bytesRead: bytes.length, bytesReused: 0 },
    facts: {
      family,
      bootloader,
      flash: { id: null, size: flashSize },
      encryptionKey: key,
      baud: null,
      openbeken: { version: info.version, build: info.build, name: identity.name },
      warnings: renderAll(context.warnings),
      ...(inspection === null ? {} : { inspection }),
    },
  } as const;
  return writeToFile(folders, output, read, context.warnings);
}

/**
 * Makes sure that all that can be read of the chip is in a backup before anything of it is changed, and that the file
 * system, which an update may wipe, is in one as it is now.
 * @param files the file system as it is now; null where there is none, or where it is not touched
 * @returns the path of the backup of the flash; null where none is wanted
 * @throws BkError BK_BACKUP_FAILED: no backup, no change; errors of the connection pass as they are
 */
export async function backUpFirst(
  context: WebContext,
  options: BackupOptions | undefined,
  files: Buffer | null,
): Promise<string | null> {
  if (options === undefined || options.mode === 'never') return null;
  const { mode, ...output } = options;
  const range = { offset: 0, length: context.identity.readable };
  try {
    await checkFolder(output.folder, output.fileMode);
    const found = mode === 'once' ? await wholeBackup(context, output.folder, range) : null;
    if (found !== null && (await holdsFiles(context, found, files, output))) return found.path;
    await mustHaveRoom(output.folder, range.length, 0);
    const bytes = await readFlash(context, range, 'backup');
    return (await saveBytes(context, range, bytes, output)).path;
  } catch (error) {
    if (!isBkError(error, 'BK_STORAGE', 'BK_BAD_SETTING')) throw error;
    throw noBackup(error);
  }
}

/** The newest verified backup of this very chip that has all that can be read of it. */
async function wholeBackup(
  context: WebContext,
  folder: string,
  range: Region,
): Promise<(FoundBackup & { bytes: Buffer }) | null> {
  const { chip, mac } = context.identity;
  if (mac === null) return null;
  for (const backup of backupsOf(await listBackups(folder), { chip, mac })) {
    const { offset, length } = backup.record;
    if (offset !== 0 || length < range.length) continue;
    const bytes = await loadAsTold(backup);
    if (bytes !== null) return { ...backup, bytes };
  }
  return null;
}

/** Whether the file system is in a backup as it is now; a file of its own is made where it is not, and can be told. */
async function holdsFiles(
  context: WebContext,
  { bytes }: { bytes: Buffer },
  files: Buffer | null,
  output: FileOutput,
): Promise<boolean> {
  if (files === null) return true;
  const offset = await locateFiles(context, files);
  if (offset === null) return false;
  const range = { offset, length: files.length };
  if (bytes.subarray(offset, offset + files.length).equals(files)) return true;
  await saveBytes(context, range, files, output);
  return true;
}
