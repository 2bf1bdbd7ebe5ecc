import { type FileHandle, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import { commitPart, createFile, discard, type FileMode, partPath } from '../atomic';
import { chipPart, kindOf, macPart } from '../names';
import { readIfPlain } from '../plain-file';
import type { BackupSubject } from '../record';

/** Checksum and bytes of one sector. */
const SLOT = 4 + SECTOR;

/** In which the system counts what files take, bytes. */
const DISK_BLOCK = 512;

/** A sector that an unfinished write changes a part of. */
const PARTIAL_SECTOR = /^\.[A-Za-z0-9]+_[0-9a-f]{12}_[0-9a-f]+-1000\.edge$/;

/** A stretch of flash at sector boundaries. */
interface Stretch {
  offset: number;
  length: number;
}

/** What a read is of; `length` in bytes, as it was asked for. */
export interface PartialSubject extends BackupSubject {
  length: number;
}

/**
 * What an unfinished backup has read so far, so that the next try goes on with it: a hidden file in the
 * folder of the backups, found again by chip, MAC and range. It has a slot for each sector, and each slot
 * its own checksum, into which name and address go: a sector that a crash tore, a hole, a file that was
 * renamed or is of another make count as not there, and no list of contents can be out of step. Nothing
 * is synced for each sector: it is the program that dies here, and what the disk loses is missed by the
 * checksums. Its bytes are only ever a base, which the chip's own checksums have to confirm.
 */
export class PartialBackup {
  readonly path: string;
  readonly #name: string;
  readonly #stretch: Stretch;
  readonly #mode: FileMode;
  readonly #sectors = new Set<number>();
  readonly #slot = Buffer.alloc(SLOT);
  /** The file as it was found, until its sectors are taken out. */
  #found: Buffer | null = null;
  #file: FileHandle | null = null;
  #usable = true;

  private constructor(path: string, name: string, stretch: Stretch, mode: FileMode) {
    this.path = path;
    this.#name = name;
    this.#stretch = stretch;
    this.#mode = mode;
  }

  /**
   * Takes up what an earlier try of the same read left, if it left anything. No file is made yet.
   * @param stretch the whole sectors that the read touches
   * @param ending what the file is for: an unfinished read, or a sector that a write changes a part of
   * @param mode who may read the file
   * @returns null for a chip without a MAC, which cannot be told from another one
   */
  static async open(
    folder: string,
    subject: PartialSubject,
    stretch: Stretch,
    ending: 'partial' | 'edge' = 'partial',
    mode: FileMode = 'owner',
  ): Promise<PartialBackup | null> {
    const name = hiddenName(subject, ending);
    if (name === null) return null;
    const partial = new PartialBackup(join(folder, name), name, stretch, mode);
    await partial.#load();
    return partial;
  }

  /** Whether there is anything for a next try. */
  get holdsAny(): boolean {
    return this.#sectors.size > 0;
  }

  has(address: number): boolean {
    return this.#sectors.has(address);
  }

  /** What its file takes of the disk, bytes: all of it goes for the backup, where there is no room for both. */
  async bytesOnDisk(): Promise<number> {
    const stats = await lstat(this.path).catch(() => null);
    return (stats?.blocks ?? 0) * DISK_BLOCK;
  }

  /** Puts the sectors that were found in their places, once. @param bytes of the whole stretch */
  fill(bytes: Buffer): void {
    const found = this.#found;
    if (found === null) return;
    this.#found = null;
    for (const address of this.#sectors) {
      const place = this.#place(address);
      found.copy(bytes, address - this.#stretch.offset, place + 4, place + SLOT);
    }
  }

  /** Keeps one sector. That it cannot be kept (a full disk) ends the keeping, and is no error. */
  async keep(address: number, sector: Buffer): Promise<void> {
    if (!this.#usable) return;
    this.#slot.writeUInt32LE(this.#checksum(address, sector), 0);
    sector.copy(this.#slot, 4);
    try {
      this.#file ??= await this.#create();
      const { bytesWritten } = await this.#file.write(this.#slot, 0, SLOT, this.#place(address));
      if (bytesWritten < SLOT) throw new Error('the disk took a part of a sector only');
      this.#sectors.add(address);
    } catch {
      this.#usable = false;
      await this.close();
    }
  }

  /** Leaves the file for a next try. May be called again. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close().catch(() => {});
  }

  /** There is no need for it any more, or no room. */
  async remove(): Promise<void> {
    this.#usable = false;
    this.#sectors.clear();
    await this.close();
    await discard(this.path);
  }

  /**
   * A file of this job's own making, with what an earlier one has kept: the one that was found may be a link that
   * leads the bytes elsewhere, or one that others may read. Fails where the name is taken by what is no file.
   */
  async #create(): Promise<FileHandle> {
    const found = await this.#read();
    if (found === null) return createFile(this.path, this.#mode);
    const part = partPath(this.path);
    const file = await createFile(part, this.#mode);
    try {
      await file.writeFile(found);
      await commitPart(part, this.path);
      return file;
    } catch (error) {
      await file.close();
      await discard(part);
      throw error;
    }
  }

  #read(): Promise<Buffer | null> {
    const most = this.#place(this.#end);
    return readIfPlain(this.path, { most, links: 'refuse', longer: 'cut' });
  }

  async #load(): Promise<void> {
    const bytes = await this.#read();
    if (bytes === null) return;
    for (let address = this.#stretch.offset; address < this.#end; address += SECTOR) {
      const place = this.#place(address);
      if (place + SLOT > bytes.length) break;
      const sector = bytes.subarray(place + 4, place + SLOT);
      if (bytes.readUInt32LE(place) === this.#checksum(address, sector)) {
        this.#sectors.add(address);
      }
    }
    this.#found = bytes;
  }

  get #end(): number {
    return this.#stretch.offset + this.#stretch.length;
  }

  #place(address: number): number {
    return ((address - this.#stretch.offset) / SECTOR) * SLOT;
  }

  #checksum(address: number, sector: Uint8Array): number {
    return crc32(sector, crc32(`${this.#name} ${address}`));
  }
}

/**
 * Removes what an unfinished read left if it is older than a finished backup of the same: a crash can come
 * between the backup's last step and its removal.
 */
export async function removeSuperseded(
  folder: string,
  subject: PartialSubject,
  backup: string,
): Promise<void> {
  const name = hiddenName(subject, 'partial');
  if (name === null) return;
  const path = join(folder, name);
  const [left, done] = await Promise.all(
    [path, backup].map((file) => lstat(file).catch(() => null)),
  );
  if (left && done && left.mtimeMs <= done.mtimeMs) await discard(path);
}

/** Addresses of the sectors of a chip that unfinished writes have kept in a folder. */
export async function keptPartialSectors(
  folder: string,
  { chip, mac }: Pick<PartialSubject, 'chip' | 'mac'>,
): Promise<number[]> {
  const start = `.${chipPart(chip)}_${macPart(mac)}_`;
  const names = await partialSectorFiles(folder);
  return names
    .filter((name) => name.startsWith(start))
    .map((name) => Number.parseInt(name.slice(start.length), 16));
}

/** Whether unfinished writes have kept anything in a folder, of whatever chip. */
export async function keepsPartialSectors(folder: string): Promise<boolean> {
  return (await partialSectorFiles(folder)).length > 0;
}

async function partialSectorFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => PARTIAL_SECTOR.test(name));
}

function hiddenName(subject: PartialSubject, ending: 'partial' | 'edge'): string | null {
  const { chip, mac } = subject;
  if (mac === null) return null;
  return `.${chipPart(chip)}_${macPart(mac)}_${kindOf(subject)}.${ending}`;
}
