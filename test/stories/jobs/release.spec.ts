import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseImage, WriteOptions } from '../../../src';
import { scratchFolder, sum, type TestDevice, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import {
  type Fault,
  hashOf,
  kickstartRelease,
  openBekenRelease,
  ReleaseStandIn,
  type StandInFile,
} from '../../support/release-server';

const RELEASE = openBekenRelease();
const QIO = 'OpenBK7231N_QIO_1.18.2.bin';
const FILE = RELEASE.files.find(({ name }) => name === QIO) as StandInFile;
const APP = FILE.bytes.subarray(0x11000);

/** The same release with one file made, or told of, otherwise. */
function withFile(change: Partial<StandInFile>) {
  const files = RELEASE.files.map((file) => (file === FILE ? { ...file, ...change } : file));
  return { ...RELEASE, files };
}

describe('a release by its name', function () {
  const scratch = scratchFolder(this);
  let server: ReleaseStandIn;
  let open: TestDevice[] = [];
  const folder = () => join(scratch(), 'bk-firmware');
  const image = (more: Partial<ReleaseImage> = {}): ReleaseImage => ({
    release: 'openbeken',
    server: server.url,
    folder: folder(),
    ...more,
  });

  beforeEach(async () => {
    server = await ReleaseStandIn.start();
  });
  afterEach(async () => {
    for (const { device } of open) await device.close();
    open = [];
    await server.close();
  });

  function device(sim = 'bk7231n'): TestDevice {
    const made = testDevice(sim);
    open.push(made);
    return made;
  }

  /** Writes on a chip of its own. */
  function write(
    sim: string,
    more: Partial<ReleaseImage> = {},
    options: Partial<WriteOptions> = {},
  ) {
    return device(sim).device.write({ image: image(more), ...options });
  }

  /** What it fails with; neither chip nor folder was touched. */
  async function refused(fault: Fault | null, more: Partial<ReleaseImage> = {}): Promise<string> {
    if (fault !== null) server.fault = fault;
    const { device: one, chip } = device();
    const before = Buffer.from(chip.flash);
    const error = await rejection(one.write({ image: image(more) }), 'BK_DOWNLOAD');
    assert.match(error.message, /nothing was written$/);
    assert.ok(error.cause.advice.length > 0);
    assert.ok(chip.flash.equals(before));
    assert.equal(sum(chip.counters.erases), 0);
    assert.ok(!existsSync(folder()), 'nothing is kept');
    return error.message;
  }

  it('is fetched for the chip that is linked, written, kept and told of', async () => {
    server.publish(openBekenRelease('1.18.1'), RELEASE);
    const { device: one, chip } = device();
    const { payload, facts } = await one.write({ image: image() });
    assert.ok(chip.flash.subarray(0x11000, 0x11000 + APP.length).equals(APP));
    const path = join(folder(), QIO);
    assert.deepEqual(payload.release, {
      release: 'openbeken',
      version: '1.18.2',
      file: QIO,
      path,
      sha256: hashOf(FILE.bytes),
      published: true,
      from: 'server',
    });
    assert.equal(payload.image.chip, 'BK7231N');
    assert.deepEqual(facts.warnings, []);
    assert.ok(readFileSync(path).equals(FILE.bytes));
  });

  it('sends nothing but the request', async () => {
    server.publish(RELEASE);
    await write('bk7231n');
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      [
        '/repos/openshwprojects/OpenBK7231T_App/releases/latest',
        `/openshwprojects/OpenBK7231T_App/releases/download/1.18.2/${QIO}`,
        `/objects/openshwprojects/OpenBK7231T_App/releases/download/1.18.2/${QIO}`,
      ],
    );
    for (const { headers } of server.requests) {
      const { host, ...others } = headers;
      assert.equal(`http://${host}`, server.url);
      assert.deepEqual(Object.keys(others).sort(), [
        'accept',
        'accept-encoding',
        'connection',
        'user-agent',
      ]);
      assert.equal(others['user-agent'], 'node-red-contrib-bk72xx');
    }
  });

  it('takes the file for another chip, another firmware, and a version that is named', async () => {
    server.publish(openBekenRelease('1.18.1', 7), RELEASE, kickstartRelease());
    const t = await write('bk7231t', { version: '1.18.1' });
    assert.equal(t.payload.release?.file, 'OpenBK7231T_UA_1.18.1.bin');
    assert.equal(t.payload.release?.version, '1.18.1');
    const uf2 = await write('bk7231n', { release: 'kickstart', version: '25.12.05' });
    assert.equal(uf2.payload.release?.file, 'kickstart-bk7231n-2025-12-05.uf2');
    assert.equal(uf2.payload.image.kind, 'uf2');
  });

  it('needs no server for a version that is named and kept', async () => {
    server.publish(RELEASE);
    await write('bk7231n');
    server.fault = (_request, response) => {
      response.writeHead(500).end();
      return true;
    };
    const { payload, facts } = await write('bk7231n', { version: 'v1.18.2' });
    assert.equal(payload.release?.from, 'folder');
    assert.deepEqual(facts.warnings, []);
  });

  it('does not download again what is kept and has the checksum that is published', async () => {
    server.publish(RELEASE);
    await write('bk7231n');
    const asked = server.requests.length;
    const { payload } = await write('bk7231n');
    assert.equal(payload.release?.from, 'folder');
    assert.equal(server.requests.length, asked + 1);
    // A file that was changed meanwhile is not that file.
    writeFileSync(join(folder(), QIO), Buffer.alloc(FILE.bytes.length, 0x5a));
    assert.equal((await write('bk7231n')).payload.release?.from, 'server');
    assert.ok(readFileSync(join(folder(), QIO)).equals(FILE.bytes));
  });

  it('takes the newest that is kept where nobody answers, and says so', async () => {
    server.publish(RELEASE, openBekenRelease('1.18.10', 3));
    await write('bk7231n');
    await write('bk7231n', { version: '1.18.2' });
    const { url } = server;
    await server.close();
    const { payload, facts } = await write('bk7231n', { server: url });
    assert.equal(payload.release?.version, '1.18.10');
    assert.equal(payload.release?.from, 'folder');
    assert.match(
      facts.warnings.join('\n'),
      /does not answer \(connect ECONNREFUSED .*\)\. Taken was OpenBK7231N_QIO_1\.18\.10\.bin of version 1\.18\.10, which was fetched on 2026-01-02 and kept/,
    );
    // What is kept is for another chip.
    const other = await rejection(write('bk7231t', { server: url }), 'BK_DOWNLOAD');
    assert.match(other.message, /does not answer: connect ECONNREFUSED/);
    server = await ReleaseStandIn.start();
  });

  it('says that a file without a published checksum could not be compared', async () => {
    server.publish(withFile({ digest: null }));
    const first = await write('bk7231n');
    assert.equal(first.payload.release?.published, false);
    assert.match(first.facts.warnings.join(), /No checksum is published for OpenBK7231N_QIO/);
    const kept = await write('bk7231n', { version: '1.18.2' });
    assert.match(kept.facts.warnings.join(), /No checksum is published for OpenBK7231N_QIO/);
  });

  it('plans a dry run of it, and keeps the file for later', async () => {
    server.publish(RELEASE);
    const { device: one, chip } = device();
    const before = Buffer.from(chip.flash);
    const { payload } = await one.write({ image: image(), dryRun: true });
    assert.equal(payload.verified, false);
    assert.equal(payload.release?.version, '1.18.2');
    assert.ok(chip.flash.equals(before));
    assert.deepEqual(readdirSync(folder()).sort(), [QIO, `${QIO}.json`]);
  });

  it('sets OpenBeken up along with it', async () => {
    server.publish(RELEASE);
    const { payload } = await write('bk7231n', {}, { openbeken: { pins: { 26: 'Rel;1' } } });
    assert.deepEqual(Object.keys(payload.openbeken?.pins ?? {}), ['26']);
    // What is wrong with the settings is told before anybody is asked.
    const asked = server.requests.length;
    const wrong = write('bk7231n', {}, { openbeken: { ssid: 'x'.repeat(40) } });
    assert.match((await rejection(wrong, 'BK_BAD_SETTING')).message, /"ssid"/);
    assert.equal(server.requests.length, asked);
  });

  it('is written although it cannot be kept, with a word', async () => {
    server.publish(RELEASE);
    writeFileSync(join(scratch(), 'a-file'), '');
    const { payload, facts } = await write('bk7231n', { folder: join(scratch(), 'a-file', 'x') });
    assert.equal(payload.release?.path, null);
    assert.match(
      facts.warnings.join(),
      /OpenBK7231N_QIO_1\.18\.2\.bin could not be kept for later/,
    );
  });

  describe('fails with a word of its own, and touches nothing', () => {
    const objects =
      (fault: Fault): Fault =>
      (request, response) =>
        request.url?.startsWith('/objects/') === true && fault(request, response);

    it('where the download is cut short', async () => {
      server.publish(RELEASE);
      const says = await refused(
        objects((_request, response) => {
          response.writeHead(200, { 'content-length': FILE.bytes.length });
          response.write(FILE.bytes.subarray(0, 5000), () => response.destroy());
          return true;
        }),
      );
      assert.match(says, /is cut short: \d+ of 1220464 bytes arrived/);
      const shorter = await refused(
        objects((_request, response) => {
          response.writeHead(200, { 'content-length': 5000 }).end(FILE.bytes.subarray(0, 5000));
          return true;
        }),
      );
      assert.match(shorter, /is cut short: 5000 of 1220464 bytes arrived/);
    });

    it('where it is another file than was published', async () => {
      const wrong = Buffer.from(FILE.bytes);
      wrong[0x20000] = (wrong[0x20000] as number) ^ 1;
      server.publish(withFile({ bytes: wrong, digest: `sha256:${hashOf(FILE.bytes)}` }));
      assert.match(await refused(null), /is not what was published: its SHA-256 is [0-9a-f]{64}/);
    });

    it('where the release has no file for the chip, or the firmware has none at all', async () => {
      server.publish({ ...RELEASE, files: RELEASE.files.filter((file) => file !== FILE) });
      assert.match(
        await refused(null),
        /The release 1\.18\.2 of OpenBeken has no file for BK7231N/,
      );
      server.publish(kickstartRelease());
      const error = await rejection(write('bk7238', { release: 'kickstart' }), 'BK_DOWNLOAD');
      assert.match(error.message, /no file of ESPHome Kickstart for BK7238/);
    });

    it('where the server has had enough requests for now', async () => {
      const limited: Fault = (_request, response) => {
        response.writeHead(403, {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': '1767322800',
        });
        response.end('{"message":"API rate limit exceeded"}');
        return true;
      };
      assert.match(await refused(limited), /no more requests .* until 2026-01-02 03:00 UTC/);
      const plain: Fault = (_request, response) => response.writeHead(429).end() && true;
      assert.match(await refused(plain), /no more requests .* for now/);
    });

    it('where the server is private, has no such version, or fails', async () => {
      const status =
        (code: number): Fault =>
        (_request, response) =>
          response.writeHead(code).end() && true;
      assert.match(await refused(status(403)), /does not give .* to everybody \(status 403\)/);
      assert.match(await refused(status(401)), /does not give .* to everybody \(status 401\)/);
      assert.match(await refused(status(503)), /fails with status 503/);
      server.fault = () => false;
      assert.match(await refused(null), /knows no release of openshwprojects/);
      server.publish(RELEASE);
      assert.match(await refused(null, { version: '9.9.9' }), /OpenBeken has no version 9\.9\.9/);
    });

    it('where it is sent on to another server, of its list or of its files', async () => {
      const other = await ReleaseStandIn.start();
      other.publish(RELEASE);
      const away: Fault = (request, response) => {
        response.writeHead(302, { location: `${other.url}${request.url}` }).end();
        return true;
      };
      server.publish(RELEASE);
      const words = new RegExp(`sends on to ${other.url} for .*another server than`);
      assert.match(await refused(away), words);
      assert.match(await refused(objects(away)), words);
      const circles: Fault = (request, response) => {
        response.writeHead(302, { location: request.url ?? '' }).end();
        return true;
      };
      assert.match(await refused(circles), /sends in circles/);
      assert.deepEqual(other.requests, []);
      await other.close();
    });

    it('where the answer is endless, or is told to be', async () => {
      server.publish(RELEASE);
      let sent = 0;
      const endless: Fault = (_request, response) => {
        const chunk = Buffer.alloc(64 * 1024, 0x20);
        const more = (): void => {
          while (sent < 200 * 1024 * 1024 && !response.destroyed) {
            sent += chunk.length;
            if (!response.write(chunk)) {
              response.once('drain', more);
              return;
            }
          }
          response.end();
        };
        response.writeHead(200);
        more();
        return true;
      };
      assert.match(await refused(endless), /sends more than 8388608 bytes for OpenBeken newest/);
      assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were sent`);
      sent = 0;
      assert.match(await refused(objects(endless)), /sends more than 1220464 bytes/);
      const announced: Fault = (_request, response) => {
        response.writeHead(200, { 'content-length': 200 * 1024 * 1024 }).flushHeaders();
        return true;
      };
      assert.match(await refused(objects(announced)), /sends more than 1220464 bytes/);
      server.fault = () => false;
      server.publish(withFile({ size: 200 * 1024 * 1024 }));
      assert.match(await refused(null), /has 209715200 bytes, more than any flash/);
    });

    it('where the answer is none of GitHub', async () => {
      const answers =
        (text: string): Fault =>
        (_request, response) =>
          response.writeHead(200).end(text) && true;
      for (const text of [
        '<html>Log in</html>',
        '[]',
        '{"tag_name":"../../x","assets":[]}',
        'null',
      ])
        assert.match(await refused(answers(text)), /does not answer as GitHub's releases do/, text);
    });

    it('where nobody answers', async () => {
      const { url } = server;
      await server.close();
      assert.match(await refused(null, { server: url }), /does not answer: connect ECONNREFUSED/);
      server = await ReleaseStandIn.start();
    });
  });

  it('never leaves its folder, whatever the server calls its files', async () => {
    const evil = '../../OpenBK7231N_QIO_1.18.2.bin';
    server.publish({ ...RELEASE, files: [{ ...FILE, name: evil }] });
    await refused(null);
    assert.deepEqual(readdirSync(scratch()), []);
  });

  it('refuses options that cannot be, before anybody is asked', async () => {
    const cases: [Partial<ReleaseImage>, RegExp][] = [
      [{ server: 'ftp://mirror' }, /image\.server/],
      [{ server: 'https://me:secret@mirror/' }, /image\.server/],
      [{ version: '../1.0' }, /image\.version/],
      [{ release: 'tasmota' as never }, /image\.release/],
      [{ folder: 'relative' }, /image\.folder/],
    ];
    for (const [more, says] of cases)
      assert.match((await rejection(write('bk7231n', more), 'BK_BAD_SETTING')).message, says);
    const placed = write('bk7231n', {}, { offset: 0x11000 });
    assert.match((await rejection(placed, 'BK_BAD_SETTING')).message, /image is a release/);
    assert.deepEqual(server.requests, []);
  });

  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    server.fault = () => {
      abort.abort();
      return true;
    };
    const { device: one } = device();
    await rejection(one.write({ image: image() }, { signal: abort.signal }), 'BK_CANCELLED');
  });
});
