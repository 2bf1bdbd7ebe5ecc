import assert from 'node:assert/strict';
import { isBkError } from '../../src';
import { knownRelease } from '../../src/chip/known/known-releases';
import { GITHUB, ReleaseServer, serverAddress } from '../../src/releases/release-server';
import type { Web, WebAnswer } from '../../src/releases/web';
import { hashOf } from '../support/release-server';

const OPENBEKEN = knownRelease('openbeken');
const BYTES = Buffer.from('firmware');

/** Answers by address; redirects to where a text says. */
class Answers implements Web {
  readonly asked: string[] = [];
  readonly #by: Readonly<Record<string, string | Buffer | object>>;

  constructor(by: Readonly<Record<string, string | Buffer | object>>) {
    this.#by = by;
  }

  async get({ url }: { url: URL }): Promise<WebAnswer> {
    this.asked.push(url.href);
    const found = this.#by[url.href];
    if (found === undefined) return { status: 404, headers: {}, body: Buffer.alloc(0) };
    if (typeof found === 'string')
      return { status: 302, headers: { location: found }, body: Buffer.alloc(0) };
    const body = Buffer.isBuffer(found) ? found : Buffer.from(JSON.stringify(found));
    return { status: 200, headers: {}, body };
  }
}

function release(url: string, more: object = {}): object {
  const asset = { name: 'x.bin', size: BYTES.length, digest: `sha256:${hashOf(BYTES)}` };
  return { tag_name: '1.0', assets: [{ ...asset, browser_download_url: url, ...more }] };
}

async function fetched(base: string, answers: Record<string, string | Buffer | object>) {
  const web = new Answers(answers);
  const server = new ReleaseServer(web, serverAddress(base) as URL);
  try {
    const { files } = await server.ask(OPENBEKEN, null, undefined);
    const [file] = files;
    assert.ok(file);
    return { bytes: await server.download(OPENBEKEN, file, undefined), asked: web.asked };
  } catch (error) {
    assert.ok(isBkError(error, 'BK_DOWNLOAD'));
    return { says: error.message, asked: web.asked };
  }
}

const LATEST = '/repos/openshwprojects/OpenBK7231T_App/releases/latest';

describe('a server of releases', () => {
  it('is followed to where GitHub keeps files, and no further', async () => {
    const page = 'https://github.com/x/releases/download/1.0/x.bin';
    for (const host of ['release-assets.githubusercontent.com', 'objects.githubusercontent.com']) {
      const stored = `https://${host}/x?sig=1`;
      const { bytes } = await fetched(GITHUB, {
        [`${GITHUB}${LATEST}`]: release(page),
        [page]: stored,
        [stored]: BYTES,
      });
      assert.deepEqual(bytes, BYTES);
    }
    for (const away of [
      'https://github.com.evil.example/x',
      'http://github.com/x',
      'https://github.com:8443/x',
      'https://raw.githubusercontent.com/x',
      'http://169.254.169.254/x',
    ]) {
      const { says, asked } = await fetched(GITHUB, {
        [`${GITHUB}${LATEST}`]: release(page),
        [page]: away,
        [away]: BYTES,
      });
      assert.match(String(says), /sends on to/, away);
      assert.ok(!asked.includes(away));
      // The same where its list names that address at once.
      const direct = await fetched(GITHUB, {
        [`${GITHUB}${LATEST}`]: release(away),
        [away]: BYTES,
      });
      assert.match(String(direct.says), /sends on to/, away);
    }
  });

  it('may be a mirror in a folder, whose files lie beside it or at GitHub', async () => {
    const base = 'http://mirror.lan:8080/github';
    const own = 'http://mirror.lan:8080/files/x.bin';
    const there = 'https://github.com/x/releases/download/1.0/x.bin';
    for (const url of [own, there]) {
      const { bytes, asked } = await fetched(`${base}/`, {
        [`${base}${LATEST}`]: release(url),
        [url]: BYTES,
      });
      assert.deepEqual(bytes, BYTES);
      assert.equal(asked[0], `${base}${LATEST}`);
    }
    const other = 'http://mirror.lan/files/x.bin';
    const { says } = await fetched(base, { [`${base}${LATEST}`]: release(other), [other]: BYTES });
    assert.match(String(says), /The server mirror\.lan:8080 sends on to http:\/\/mirror\.lan for/);
  });

  it('asks for a version by its name, and for that only', async () => {
    const web = new Answers({
      [`${GITHUB}/repos/openshwprojects/OpenBK7231T_App/releases/tags/1.0`]:
        release('https://github.com/x'),
      [`${GITHUB}/repos/openshwprojects/OpenBK7231T_App/releases/tags/2.0`]:
        release('https://github.com/x'),
    });
    const server = new ReleaseServer(web, serverAddress(GITHUB) as URL);
    assert.equal((await server.ask(OPENBEKEN, '1.0', undefined)).tag, '1.0');
    await assert.rejects(server.ask(OPENBEKEN, '2.0', undefined), /does not answer as GitHub's/);
  });

  it('counts only files that are told of whole', async () => {
    for (const more of [
      { size: 0 },
      { size: '8' },
      { size: -1 },
      { name: 5 },
      { browser_download_url: 'ftp://x/y' },
      { browser_download_url: '' },
    ]) {
      const web = new Answers({ [`${GITHUB}${LATEST}`]: release('https://github.com/x', more) });
      const server = new ReleaseServer(web, serverAddress(GITHUB) as URL);
      assert.deepEqual((await server.ask(OPENBEKEN, null, undefined)).files, []);
    }
    const md5 = { digest: 'md5:00' };
    const web = new Answers({ [`${GITHUB}${LATEST}`]: release('https://github.com/x', md5) });
    const { files } = await new ReleaseServer(web, serverAddress(GITHUB) as URL).ask(
      OPENBEKEN,
      null,
      undefined,
    );
    assert.equal(files[0]?.sha256, null);
  });

  it('does not do without a checksum that is published and cannot be one', async () => {
    const page = 'https://github.com/x/releases/download/1.0/x.bin';
    for (const digest of ['sha256:', 'sha256:00', `SHA256:${'g'.repeat(64)}`, 'sha256:\n']) {
      const { says } = await fetched(GITHUB, {
        [`${GITHUB}${LATEST}`]: release(page, { digest }),
        [page]: BYTES,
      });
      assert.match(says ?? '', /is not what was published: its SHA-256 is/, digest);
    }
  });

  it('looks no further into what is nested without end', async () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { says } = await fetched(GITHUB, {
      [`${GITHUB}${LATEST}`]: Buffer.from(`{"tag_name":"1.0","assets":${nested}}`),
    });
    assert.match(says ?? '', /does not answer as GitHub's releases do/);
  });

  it('has an address without secrets', () => {
    for (const good of [GITHUB, 'http://10.0.0.2:3000/api/v1/', 'https://mirror'])
      assert.ok(serverAddress(good), good);
    for (const bad of [
      '',
      'mirror',
      'ftp://x',
      'https://a:b@x',
      'https://a@x',
      'https://x?key=1',
      'https://x#y',
    ])
      assert.equal(serverAddress(bad), null, bad);
  });
});
