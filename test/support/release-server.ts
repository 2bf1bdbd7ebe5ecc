import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bootloader, container, esphomeTexts, openBekenTexts, uf2File } from './images';

/** A file of a release; what its server tells of it may be wrong. */
export interface StandInFile {
  name: string;
  bytes: Buffer;
  /** Default: what is right. Null where GitHub has none, as for files that were uploaded before June 2025. */
  digest?: string | null;
  size?: number;
}

export interface StandInRelease {
  /** As `openshwprojects/OpenBK7231T_App`. */
  repository: string;
  tag: string;
  files: readonly StandInFile[];
}

/** What a server may do instead of answering. @returns true where it has dealt with the request */
export type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Stands in for GitHub: the same addresses and documents for releases, of which it has those that were published,
 * the one that was published last being the newest. Its files are one redirect away, as they are there.
 */
export class ReleaseStandIn {
  readonly #server: Server;
  readonly #releases: StandInRelease[] = [];
  /** What the setting for the server has to be. */
  url = '';
  /** Where its files are, and where they lead to: itself, unless it stands behind somebody else's names. */
  files = '';
  objects = '';
  /** The paths that were asked for, in order, with the headers that came along. */
  readonly requests: { path: string; headers: IncomingMessage['headers'] }[] = [];
  fault: Fault = () => false;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port 0 for any that is free */
  static async start(port = 0): Promise<ReleaseStandIn> {
    const standIn = new ReleaseStandIn();
    await new Promise<void>((resolve) => {
      standIn.#server.listen(port, '127.0.0.1', resolve);
    });
    standIn.url = `http://127.0.0.1:${(standIn.#server.address() as AddressInfo).port}`;
    standIn.files = standIn.url;
    standIn.objects = standIn.url;
    return standIn;
  }

  publish(...releases: StandInRelease[]): void {
    this.#releases.push(...releases);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    this.requests.push({ path, headers: request.headers });
    if (this.fault(request, response)) return;
    const file = this.#fileAt(path.replace(/^\/objects/, ''));
    if (file !== undefined && path.startsWith('/objects/')) {
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': file.bytes.length,
      });
      response.end(file.bytes);
      return;
    }
    if (file !== undefined) {
      response.writeHead(302, { location: `${this.objects}/objects${encodeURI(path)}` });
      response.end();
      return;
    }
    const release = this.#releaseAt(path);
    const [status, document] =
      release === undefined ? [404, { message: 'Not Found' }] : [200, this.#document(release)];
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(document));
  }

  #releaseAt(path: string): StandInRelease | undefined {
    const [, repository, which] = /^\/repos\/([^/]+\/[^/]+)\/releases\/(.+)$/.exec(path) ?? [];
    const all = this.#releases.filter((one) => one.repository === repository);
    return which === 'latest' ? all.at(-1) : all.find(({ tag }) => which === `tags/${tag}`);
  }

  #fileAt(path: string): StandInFile | undefined {
    for (const { repository, tag, files } of this.#releases) {
      const found = files.find(
        ({ name }) => path === `/${repository}/releases/download/${tag}/${name}`,
      );
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The fields that GitHub's document has and somebody might read. */
  #document({ repository, tag, files }: StandInRelease): object {
    return {
      url: `${this.url}/repos/${repository}/releases/1`,
      html_url: `${this.url}/${repository}/releases/tag/${tag}`,
      id: 1,
      tag_name: tag,
      name: tag,
      draft: false,
      prerelease: false,
      published_at: '2026-01-01T00:00:00Z',
      assets: files.map(({ name, bytes, digest, size }, index) => ({
        id: index + 1,
        name,
        label: '',
        state: 'uploaded',
        content_type: 'application/octet-stream',
        size: size ?? bytes.length,
        digest: digest === undefined ? `sha256:${hashOf(bytes)}` : digest,
        browser_download_url: `${this.files}/${repository}/releases/download/${tag}/${name}`,
      })),
      body: 'Changes',
    };
  }
}

export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export const OPENBEKEN = 'openshwprojects/OpenBK7231T_App';
export const KICKSTART = 'libretiny-eu/esphome-kickstart';

/** A release of OpenBeken with the files that its releases have for BK7231T and N; the code is made up. */
export function openBekenRelease(tag = '1.18.2', seed = 1): StandInRelease {
  const app = (chip: string) => container({ texts: openBekenTexts(chip), seed });
  const qio = (chip: string, name: string) => Buffer.concat([bootloader({ name }), app(chip)]);
  const file = (name: string, bytes: Buffer): StandInFile => ({ name, bytes });
  return {
    repository: OPENBEKEN,
    tag,
    files: [
      file(`OpenBK7231N_${tag}.rbl`, Buffer.from('an update')),
      file(`OpenBK7231N_QIO_${tag}.bin`, qio('BK7231N', 'BK7231N_1.0.1')),
      file(`OpenBK7231N_QIO_${tag}_berry.bin`, Buffer.from('a variant')),
      file(`OpenBK7231N_UG_${tag}.bin`, Buffer.from("Tuya's update")),
      file(`OpenBK7231T_${tag}.rbl`, Buffer.from('an update')),
      file(`OpenBK7231T_QIO_${tag}.bin`, qio('BK7231T', 'BK7231S_1.0.5')),
      file(`OpenBK7231T_UA_${tag}.bin`, app('BK7231T')),
      file(`OpenBL602_${tag}.bin`, Buffer.from("another make's")),
    ],
  };
}

/** A release of ESPHome Kickstart, likewise. */
export function kickstartRelease(tag = 'v25.12.05', day = '2025-12-05'): StandInRelease {
  const bytes = container({ texts: esphomeTexts('bk7231n') });
  return {
    repository: KICKSTART,
    tag,
    files: [
      {
        name: `kickstart-bk7231n-${day}.uf2`,
        bytes: uf2File({
          partitions: [
            ['app', 0x11000, 0x119000],
            ['download', 0x12a000, 0xa6000],
          ],
          parts: [{ partition: 'app', schemes: '000100', bytes }],
        }),
      },
      { name: `kickstart-esp32-${day}.bin`, bytes: Buffer.from("another make's") },
    ],
  };
}
