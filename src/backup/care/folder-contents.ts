import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { say } from '../../texts/note';
import { isUnfinished } from '../atomic';
import type { Catalogue, ListedBackup } from '../catalogue';
import { parseName } from '../names';
import { readPlain } from '../plain-file';
import { readSidecar, SIDECAR } from '../record';
import { storageError } from '../storage';

/** What lies in a folder of backups, by the names alone. Whatever is not of this program's making is left out. */
export interface FolderContents {
  /** With a sidecar that can be read: whether the bytes are what it says is still to be found out. */
  backups: ListedBackup[];
  /** Names of the others. */
  others: {
    file: string;
    state: 'damaged' | 'no-sidecar' | 'no-file' | 'unfinished' | 'unreadable';
  }[];
}

/** Backups have it, also those to which a person gave a name. */
const ENDING = '.bin';

/** @throws BkError BK_STORAGE where the folder cannot be read */
export async function contentsOf(folder: string, catalogue: Catalogue): Promise<FolderContents> {
  const names = await readdir(folder).catch((reason: unknown) => {
    throw storageError(reason, (why) => say('backup.folderUnreadable', { folder, why }));
  });
  const present = new Set(names);
  const { backups } = catalogue;
  const listed = new Set(backups.map(({ path }) => basename(path)));
  const contents: FolderContents = { backups, others: [] };
  for (const file of names.sort()) {
    const state = listed.has(file) ? null : await stateOf(folder, file, present);
    if (state !== null) contents.others.push({ file, state });
  }
  return contents;
}

async function stateOf(
  folder: string,
  file: string,
  present: ReadonlySet<string>,
): Promise<FolderContents['others'][number]['state'] | null> {
  if (isUnfinished(file)) return 'unfinished';
  if (file.startsWith('.')) return null;
  if (file.endsWith(SIDECAR)) {
    const bytes = file.slice(0, -SIDECAR.length);
    if (present.has(bytes)) return null;
    const isOurs = parseName(bytes) !== null || (await readSidecar(join(folder, bytes))) !== null;
    return isOurs ? 'no-file' : null;
  }
  if (!file.endsWith(ENDING)) return null;
  if (!present.has(file + SIDECAR)) return 'no-sidecar';
  // With a sidecar that tells nothing, as it was not listed: or that nobody gives.
  const asked = readPlain(join(folder, file + SIDECAR), { most: 0, longer: 'cut' });
  return asked.then(
    () => 'damaged',
    () => 'unreadable',
  );
}
