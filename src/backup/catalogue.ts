import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type Index,
  type IndexLine,
  isSame,
  readIndex,
  type Signature,
  signatureOf,
  writeIndex,
} from './catalogue-file';
import { LARGEST_IMAGE } from './image-file';
import { parseName } from './names';
import { hashPlain } from './plain-file';
import {
  type ChipTraits,
  type FoundBackup,
  parseSidecar,
  readSidecarBytes,
  SIDECAR,
} from './record';

/** Of so few backups the sidecars are read faster than an index is kept. */
const FEW = 32;
/** Files that are asked for at once. */
const AT_ONCE = 32;

/** A backup, with what else its sidecar tells. */
export interface ListedBackup extends FoundBackup {
  traits: ChipTraits;
  /** Whether its sidecar lists the checksums of the sectors; the list itself is not in the record. */
  hasSectors: boolean;
}

/**
 * The backups in a folder. A large folder has an index, so that not every sidecar is read every time; it is never
 * believed against the files: each sidecar is asked whether it is still the one that was read.
 */
export class Catalogue {
  readonly #folder: string;
  readonly #index: Index;
  #hasChanged: boolean;

  private constructor(folder: string, index: Index, hasChanged: boolean) {
    this.#folder = folder;
    this.#index = index;
    this.#hasChanged = hasChanged;
  }

  /** What lies in a folder now; nothing when there is no such folder. */
  static async open(folder: string): Promise<Catalogue> {
    const names = await readdir(folder).catch(() => []);
    const present = new Set(names);
    const kept = await readIndex(folder);
    const index: Index = new Map();
    let isNews = false;
    await inGroups(
      names.filter((name) => present.has(name + SIDECAR)),
      async (name) => {
        const former = kept.get(name);
        const line = await lineOf(join(folder, name), former);
        if (line !== null) index.set(name, line);
        isNews ||= line !== former && line !== null;
      },
    );
    const catalogue = new Catalogue(folder, index, isNews || kept.size > index.size);
    await catalogue.save();
    return catalogue;
  }

  /** Newest first. */
  get backups(): ListedBackup[] {
    return [...this.#index]
      .map(([name, { record, traits, hasSectors }]) => ({
        path: join(this.#folder, name),
        record,
        traits,
        hasSectors,
      }))
      .sort(newestFirst);
  }

  /**
   * Whether the bytes of a backup are what its sidecar says. They are hashed where they were not yet, or may have
   * changed since.
   * @param mayRead asked before that, with how many bytes it takes; what takes long is kept alive there
   */
  async isSound(
    { path }: FoundBackup,
    mayRead: (bytes: number) => Promise<boolean>,
  ): Promise<boolean> {
    const line = this.#index.get(basename(path));
    const now = await signature(path);
    if (line === undefined || now === null) return false;
    if (isSame(now, line.sound)) return true;
    const { sha256, length } = line.record;
    if (now[0] !== length || !(await mayRead(length))) return false;
    const hashed = await hashPlain(path, { most: Math.min(length, LARGEST_IMAGE) }).catch(
      () => null,
    );
    if (hashed === null || !('sha256' in hashed) || hashed.sha256 !== sha256) return false;
    this.noteSound(path, now);
    return true;
  }

  /** Somebody has hashed the bytes of a backup. @param bytes of the file as it was before */
  noteSound(path: string, bytes: Signature): void {
    const line = this.#index.get(basename(path));
    if (line === undefined || isSame(bytes, line.sound)) return;
    line.sound = bytes;
    this.#hasChanged = true;
  }

  /** The bytes of a backup are not what its sidecar says, whatever was known of them before. */
  noteUnsound(path: string): void {
    const line = this.#index.get(basename(path));
    if (line === undefined || line.sound === null) return;
    line.sound = null;
    this.#hasChanged = true;
  }

  /** Keeps what was found out. */
  async save(): Promise<void> {
    if (!this.#hasChanged || this.#index.size <= FEW) return;
    this.#hasChanged = false;
    await writeIndex(this.#folder, this.#index);
  }
}

/** What tells this state of a file from another; null where there is none. */
export async function signature(path: string): Promise<Signature | null> {
  return stat(path).then(signatureOf, () => null);
}

/** What the index has, as long as it is of this very sidecar; else what the sidecar says. */
async function lineOf(path: string, former: IndexLine | undefined): Promise<IndexLine | null> {
  const sidecar = await signature(path + SIDECAR);
  if (sidecar === null) return null;
  if (former !== undefined && isSame(sidecar, former.sidecar)) return former;
  const text = await readSidecarBytes(path);
  const described = text === null ? null : parseSidecar(text.toString('utf8'));
  if (described === null) return null;
  const { sectors, ...record } = described.record;
  return { ...described, record, sidecar, sound: null, hasSectors: sectors !== undefined };
}

async function inGroups<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE)
    await Promise.all(all.slice(at, at + AT_ONCE).map(work));
}

/** Two of one second are told apart by the numbers at the ends of their names. */
function newestFirst(a: FoundBackup, b: FoundBackup): number {
  const byDate = Date.parse(b.record.date) - Date.parse(a.record.date);
  return byDate !== 0 ? byDate : numberOf(b) - numberOf(a);
}

function numberOf(backup: FoundBackup): number {
  return parseName(backup.record.file)?.number ?? 1;
}
