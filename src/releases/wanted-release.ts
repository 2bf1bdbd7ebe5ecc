import { sha256 } from '../backup/record';
import type { ReleaseFile } from '../chip/chip-model';
import type { ChipName } from '../chip/known/chips';
import {
  isFileFor,
  type KnownRelease,
  knownRelease,
  NEWEST,
  type ReleaseName,
  tagOf,
} from '../chip/known/known-releases';
import { type BkError, isBkError } from '../errors';
import { type Note, say } from '../texts/note';
import { type KeptFile, type KeptRecord, keepFile, listKept, loadKept } from './kept-files';
import { failedOnTheWay, isNoAnswer, notFetched, whyNobodyAnswers } from './release-errors';
import { type PublishedFile, type PublishedRelease, ReleaseServer } from './release-server';
import { type Web, WebFailure } from './web';

/** Which release is wanted, and where its files are kept. */
export interface ReleaseWish {
  release: ReleaseName;
  /** As its publisher calls it, or `newest`. */
  version: string;
  server: URL;
  /** Absolute path. */
  folder: string;
}

/** The chip that a file is for, as far as it counts. */
export interface ReleaseChip {
  chip: ChipName;
  /** The name of its file; null where the firmware has none for it. */
  file: ReleaseFile | null;
  key: string | null;
}

/** What came out. */
export interface FetchedRelease {
  bytes: Buffer;
  record: KeptRecord;
  /** Null where it could not be kept. */
  path: string | null;
  from: 'server' | 'folder';
  warnings: readonly Note[];
}

/**
 * A release that somebody wants, before the chip is known that it is for. The server is asked at once, so that what
 * it refuses is told before anybody has to reset a chip; the file is fetched for the chip. Files that were fetched
 * are kept: a version that is named and lies there needs no server, nor does a file with the checksum that the server
 * tells; and where no server answers, the newest one of them is taken.
 */
export class WantedRelease {
  readonly #wish: ReleaseWish;
  readonly #known: KnownRelease;
  readonly #server: ReleaseServer;
  readonly #now: () => Date;
  /** Null for the newest. */
  readonly #tag: string | null;
  #asked: PublishedRelease | WebFailure | null = null;

  private constructor(web: Web, wish: ReleaseWish, now: () => Date) {
    this.#wish = wish;
    this.#known = knownRelease(wish.release);
    this.#server = new ReleaseServer(web, wish.server);
    this.#now = now;
    this.#tag = wish.version === NEWEST ? null : tagOf(this.#known, wish.version);
  }

  /**
   * Asks the server, unless a version is named that lies in the folder.
   * @param now for what is written beside a file that is kept
   * @throws BkError BK_DOWNLOAD, BK_CANCELLED
   */
  static async begin(
    web: Web,
    wish: ReleaseWish,
    now: () => Date,
    signal: AbortSignal | undefined,
  ): Promise<WantedRelease> {
    const wanted = new WantedRelease(web, wish, now);
    const isKept = wanted.#tag !== null && (await wanted.#kept()).length > 0;
    if (!isKept) await wanted.#ask(signal);
    return wanted;
  }

  /**
   * The file for a chip.
   * @param onDownload is told its name before it is downloaded
   * @throws BkError BK_DOWNLOAD, BK_CANCELLED
   */
  async fileFor(
    target: ReleaseChip,
    signal: AbortSignal | undefined,
    onDownload: (name: string) => void,
  ): Promise<FetchedRelease> {
    const { chip, file } = target;
    const { title } = this.#known;
    if (file === null)
      throw notFetched(say('release.notForChip', { title, chip }), say('release.otherFirmware'));
    const fits = (tag: string) => isFileFor(this.#known, file, target.key, tag);
    if (this.#tag !== null) {
      const kept = await this.#newestKept(fits);
      if (kept !== null) return this.#asKept(kept, []);
    }
    const asked = this.#asked ?? (await this.#ask(signal));
    if (asked instanceof WebFailure) return this.#withoutServer(asked, fits);
    const published = newestOf(asked.files.filter(({ name }) => fits(asked.tag)(name)));
    if (published === undefined) throw this.#noFile(chip, asked);
    const kept = await this.#keptAs(published, asked.tag);
    if (kept !== null) return this.#asKept(kept, []);
    onDownload(published.name);
    return this.#fetch(asked.tag, published, fits, signal);
  }

  async #ask(signal: AbortSignal | undefined): Promise<PublishedRelease | WebFailure> {
    try {
      this.#asked = await this.#server.ask(this.#known, this.#tag, signal);
    } catch (error) {
      if (!(error instanceof WebFailure)) throw error;
      if (!isNoAnswer(error.fault)) throw this.#told(error);
      this.#asked = error;
    }
    return this.#asked;
  }

  async #fetch(
    tag: string,
    file: PublishedFile,
    fits: (tag: string) => (name: string) => boolean,
    signal: AbortSignal | undefined,
  ): Promise<FetchedRelease> {
    let bytes: Buffer;
    try {
      bytes = await this.#server.download(this.#known, file, signal);
    } catch (error) {
      if (!(error instanceof WebFailure)) throw error;
      if (isNoAnswer(error.fault)) return this.#withoutServer(error, fits, file);
      throw this.#told(error, file);
    }
    const record: KeptRecord = {
      release: this.#wish.release,
      version: tag,
      file: file.name,
      size: bytes.length,
      sha256: sha256(bytes),
      published: file.sha256 !== null,
      date: this.#now().toISOString(),
    };
    const warnings = doubtsOf(record);
    const path = await keepFile(this.#wish.folder, record, bytes).catch((error: unknown) => {
      if (!isBkError(error)) throw error;
      warnings.push(say('release.notKept', { file: file.name, reason: error.text }));
      return null;
    });
    return { bytes, record, path, from: 'server', warnings };
  }

  /** @throws the error that the failure is, where nothing that fits is kept */
  async #withoutServer(
    failure: WebFailure,
    fits: (tag: string) => (name: string) => boolean,
    file?: PublishedFile,
  ): Promise<FetchedRelease> {
    const kept = await this.#newestKept(fits);
    if (kept === null) throw this.#told(failure, file);
    const { file: name, version, date } = kept.record;
    const facts = {
      file: name,
      version,
      date: date.slice(0, 10),
      host: this.#hostOf(file),
      why: whyNobodyAnswers(failure.fault),
    };
    return this.#asKept(kept, [say('release.keptInstead', facts)]);
  }

  #told(failure: WebFailure, file?: PublishedFile): BkError {
    const what = file?.name ?? `${this.#known.title} ${this.#tag ?? NEWEST}`;
    return failedOnTheWay(failure, what, this.#hostOf(file));
  }

  #hostOf(file: PublishedFile | undefined): string {
    return file?.url.host ?? this.#server.host;
  }

  #asKept({ bytes, record, path }: KeptFile, warnings: readonly Note[]): FetchedRelease {
    return { bytes, record, path, from: 'folder', warnings: [...warnings, ...doubtsOf(record)] };
  }

  /** What is kept of the release, of the version that is wanted. */
  async #kept(): Promise<KeptRecord[]> {
    const all = await listKept(this.#wish.folder);
    return all.filter(
      ({ release, version }) =>
        release === this.#wish.release && (this.#tag === null || version === this.#tag),
    );
  }

  async #newestKept(fits: (tag: string) => (name: string) => boolean): Promise<KeptFile | null> {
    for (const record of await this.#kept()) {
      if (!fits(record.version)(record.file)) continue;
      const kept = await loadKept(this.#wish.folder, record);
      if (kept !== null) return kept;
    }
    return null;
  }

  /** What is kept under the name of a file, if it is that file: the server's checksum says so. */
  async #keptAs({ name, sha256: hash }: PublishedFile, tag: string): Promise<KeptFile | null> {
    const record = (await this.#kept()).find(
      ({ file, version }) => file === name && version === tag,
    );
    if (record === undefined || hash === null || record.sha256 !== hash) return null;
    return loadKept(this.#wish.folder, record);
  }

  #noFile(chip: ChipName, { tag }: PublishedRelease): BkError {
    const { title } = this.#known;
    return notFetched(say('release.noFile', { title, tag, chip }), say('release.nameVersion'));
  }
}

/** Several builds of one release have the day in their names. */
function newestOf(files: readonly PublishedFile[]): PublishedFile | undefined {
  return [...files].sort((one, other) => (one.name < other.name ? 1 : -1))[0];
}

function doubtsOf({ published, file }: KeptRecord): Note[] {
  return published ? [] : [say('release.noHash', { file })];
}
