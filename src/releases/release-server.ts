import { parseShallow } from '../backup/base/shallow-json';
import { LARGEST_IMAGE } from '../backup/image-file';
import { sha256 as hashOf } from '../backup/record';
import { isTag, type KnownRelease, NEWEST } from '../chip/known/known-releases';
import { say } from '../texts/note';
import { notFetched, refusedBy } from './release-errors';
import type { Web, WebAnswer } from './web';

/** GitHub's, which tells of releases. */
export const GITHUB = 'https://api.github.com';
/** What GitHub serves releases and their files from. Source: its redirects; the third one until 2025. */
const GITHUB_HOSTS: readonly string[] = [
  'api.github.com',
  'github.com',
  'objects.githubusercontent.com',
  'release-assets.githubusercontent.com',
];
/** What a server tells of one release has some hundred kilobytes, bytes. */
const LONGEST_LIST = 8 * 1024 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 5;

/** A release as its server tells of it. */
export interface PublishedRelease {
  tag: string;
  files: readonly PublishedFile[];
}

export interface PublishedFile {
  name: string;
  /** Bytes. */
  size: number;
  /** SHA-256 of the bytes, lower-case hex; null where none is published. */
  sha256: string | null;
  url: URL;
}

/** A server with the shape of GitHub's releases API: GitHub itself, or a mirror. */
export class ReleaseServer {
  readonly #web: Web;
  readonly #base: URL;

  /** @param base as `serverAddress` gives it */
  constructor(web: Web, base: URL) {
    this.#web = web;
    this.#base = base;
  }

  /** For people. */
  get host(): string {
    return this.#base.host;
  }

  /**
   * Asks for a release.
   * @param tag null for the newest
   * @throws BkError BK_DOWNLOAD; WebFailure
   */
  async ask(
    release: KnownRelease,
    tag: string | null,
    signal: AbortSignal | undefined,
  ): Promise<PublishedRelease> {
    const which = tag === null ? 'latest' : `tags/${encodeURIComponent(tag)}`;
    const url = new URL(this.#base);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/repos/${release.repository}/releases/${which}`;
    const accept = 'application/vnd.github+json';
    const what = `${release.title} ${tag ?? NEWEST}`;
    const answer = await this.#follow({ url, accept, most: LONGEST_LIST, signal }, what);
    if (answer.status !== 200) throw refusedBy(answer, this.host, release, tag);
    const published = parseRelease(answer.body);
    if (published !== null && (tag === null || published.tag === tag)) return published;
    throw notFetched(say('release.oddAnswer', { host: this.host }), say('release.checkServer'));
  }

  /**
   * Downloads a file, whole and with the checksum that is published.
   * @throws BkError BK_DOWNLOAD; WebFailure
   */
  async download(
    release: KnownRelease,
    { name, size, sha256, url }: PublishedFile,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    const { host } = url;
    if (size > LARGEST_IMAGE)
      throw notFetched(
        say('release.largerThanFlash', { name, host, size }),
        say('release.checkServer'),
      );
    const accept = 'application/octet-stream';
    const answer = await this.#follow({ url, accept, most: size, signal }, name);
    if (answer.status !== 200) throw refusedBy(answer, host, release, undefined);
    const { body } = answer;
    if (body.length !== size)
      throw notFetched(
        say('release.truncated', { what: name, host, got: body.length, of: size }),
        say('release.sendAgain'),
      );
    const found = hashOf(body);
    if (sha256 !== null && sha256 !== found)
      throw notFetched(
        say('release.wrongHash', { name, host, found, wanted: sha256 }),
        say('release.sendAgain'),
        say('release.hashAgain'),
      );
    return body;
  }

  /** @throws BkError BK_DOWNLOAD; WebFailure */
  async #follow(
    wanted: { url: URL; accept: string; most: number; signal: AbortSignal | undefined },
    what: string,
  ): Promise<WebAnswer> {
    let { url } = wanted;
    for (let hops = 0; ; hops++) {
      if (!this.#mayAsk(url)) {
        throw notFetched(
          say('release.otherHost', { what, host: this.host, other: url.origin }),
          say('release.checkServer'),
        );
      }
      const answer = await this.#web.get({ ...wanted, url });
      if (!REDIRECTS.includes(answer.status)) return answer;
      const next = addressOf(String(answer.headers.location ?? ''), url);
      if (next === null || hops === MOST_REDIRECTS)
        throw notFetched(
          say('release.redirects', { what, host: url.host }),
          say('release.checkServer'),
        );
      url = next;
    }
  }

  /** The server itself, by the same protocol and port; and GitHub, whose addresses mirrors hand on. */
  #mayAsk(url: URL): boolean {
    if (url.origin === this.#base.origin) return true;
    return url.protocol === 'https:' && GITHUB_HOSTS.includes(url.host);
  }
}

/** The base address of a server; null for what is none: it begins with https:// or http://, and holds no password. */
export function serverAddress(text: string): URL | null {
  const url = addressOf(text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  return url.search === '' && url.hash === '' ? url : null;
}

function addressOf(text: string, base?: URL): URL | null {
  if (text === '' || !URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  return /^https?:$/.test(url.protocol) ? url : null;
}

/** Null for anything but a release; files that are told of in part only are left out. */
function parseRelease(body: Buffer): PublishedRelease | null {
  const value = parseShallow(body.toString('utf8'));
  if (typeof value !== 'object' || value === null) return null;
  const { tag_name: tag, assets } = value as Record<string, unknown>;
  if (typeof tag !== 'string' || !isTag(tag) || !Array.isArray(assets)) return null;
  return { tag, files: assets.flatMap((asset) => fileOf(asset) ?? []) };
}

function fileOf(asset: unknown): PublishedFile | null {
  if (typeof asset !== 'object' || asset === null) return null;
  const { name, size, digest, browser_download_url } = asset as Record<string, unknown>;
  const url = typeof browser_download_url === 'string' ? addressOf(browser_download_url) : null;
  const isWhole = typeof name === 'string' && Number.isSafeInteger(size) && (size as number) > 0;
  if (!isWhole || url === null) return null;
  return { name, size: size as number, sha256: hashIn(digest), url };
}

/**
 * The SHA-256 that is published with a file; null where none is. One that cannot be one is no reason to do without:
 * nothing is equal to it, and the file is refused.
 */
function hashIn(digest: unknown): string | null {
  const [, given] = /^sha256:(.*)$/is.exec(String(digest)) ?? [];
  return given === undefined
    ? null
    : given
        .slice(0, 64)
        .replace(/[^0-9a-f]/gi, '?')
        .toLowerCase();
}
