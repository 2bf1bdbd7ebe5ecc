import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { checkContainer } from '../../../src/image/code/check-container';
import {
  findContainers,
  fnv1a,
  RBL_HEADER_ON_FLASH,
  type RblHeader,
  readRbl,
  readRblHeader,
} from '../../../src/image/code/rbl';
import { readRblFile } from '../../../src/image/containers/rbl-file';
import { readTuyaUg } from '../../../src/image/containers/ug';
import { drained } from '../../support/drained';
import { dumpVectors, syntheticVectors } from '../../support/dump-vectors';
import { english } from '../../support/english';
import { addPackets, appImage, container, plainCode, rblFile, ugFile } from '../../support/images';

const FIRMWARE = Buffer.from(Array.from({ length: 1000 }, (_, at) => (7 * at + 3) & 0xff));

const faultsOf = (...[bytes, start, own]: Parameters<typeof checkContainer>) =>
  drained(checkContainer(bytes, start, own)).faults;

const u32 = (text: string): number => Number.parseInt(text, 16);

describe('an update file', () => {
  it('is read from its header', () => {
    // Made by ltchiptool.
    const bytes = Buffer.from(
      '52424c000201000000105e5f61707000000000000000000000000000312e30300000000000000000000000000000' +
        '00000000000030303030303030303030303030303030303030303030300049c3a307d53d5a0ee803000030010000ad0a90aa',
      'hex',
    );
    assert.equal(bytes.length, 96);
    assert.deepEqual(readRbl(bytes), {
      partition: 'app',
      version: '1.00',
      serial: '0'.repeat(23),
      time: 0x5f5e1000,
      encryption: 'aes',
      compression: 'gzip',
      bodyCrc: 0x07a3c349,
      hash: 0x0e5a3dd5,
      rawSize: 1000,
      packageSize: 304,
      headerCrc: 0xaa900aad,
      intact: true,
    } satisfies RblHeader);
  });

  for (const encryption of [0, 2] as const) {
    for (const compression of [0, 1] as const) {
      it(`is opened, encryption ${encryption} and compression ${compression}`, () => {
        const bytes = rblFile(FIRMWARE, { encryption, compression });
        const file = readRblFile(bytes);
        assert.deepEqual(file?.damaged, []);
        assert.equal(file?.checks.length, 2);
        assert.deepEqual(file?.code, FIRMWARE);
        assert.equal(file?.length, bytes.length);
        assert.equal(readRblFile(Buffer.concat([bytes, Buffer.alloc(9)]))?.length, bytes.length);
      });
    }
  }

  it('is refused by name where it cannot be opened', () => {
    for (const [options, name] of [
      [{ compression: 2 }, 'QuickLZ'],
      [{ compression: 3 }, 'FastLZ'],
      [{ encryption: 1 }, 'XOR'],
    ] as const) {
      const file = readRblFile(rblFile(FIRMWARE, options));
      assert.match(english(file?.unsupported ?? ''), new RegExp(name));
      assert.equal(file?.code, null);
      assert.deepEqual(file?.damaged, []);
    }
    const bytes = rblFile(FIRMWARE, { encryption: 2, compression: 1 });
    const keys = { key: Buffer.alloc(32, 1), iv: Buffer.alloc(16, 2) };
    assert.match(english(readRblFile(bytes, keys)?.unsupported ?? ''), /AES.*key/);
    assert.deepEqual(readRblFile(bytes, keys)?.damaged, []);
  });

  it('says what is damaged', () => {
    const whole = rblFile(FIRMWARE, { compression: 1 });
    const header = Buffer.from(whole);
    header.writeUInt8(0x41, 30);
    assert.match(english(readRblFile(header)?.damaged[0] ?? ''), /header/);
    assert.equal(readRbl(header), null);
    assert.equal(readRblHeader(header)?.intact, false);
    const body = Buffer.from(whole);
    body.writeUInt8(body.readUInt8(120) ^ 1, 120);
    assert.match(english(readRblFile(body)?.damaged[0] ?? ''), /CRC-32 of its body/);
    assert.match(english(readRblFile(whole.subarray(0, 200))?.damaged[0] ?? ''), /cut off/);
    assert.equal(readRblFile(whole.subarray(0, 95)), null);
  });

  it('does not fill memory', () => {
    const bomb = rblFile(Buffer.alloc(30 * 1024 * 1024), { compression: 1 });
    const started = performance.now();
    assert.match(english(readRblFile(bomb)?.damaged[0] ?? ''), /more code/);
    assert.ok(performance.now() - started < 1000);
  });

  it('is any bytes, whole, cut or damaged', () => {
    const whole = [0, 2].flatMap((encryption) =>
      [0, 1, 2].map((compression) =>
        rblFile(FIRMWARE, { encryption: encryption as 0, compression: compression as 0 }),
      ),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...whole, ...whole.map((bytes) => ugFile(bytes))),
        fc.nat({ max: 1200 }),
        fc.array(fc.nat({ max: 8 * 1200 }), { maxLength: 4 }),
        (start, cut, flips) => {
          const bytes = Buffer.from(start.subarray(0, cut));
          for (const flip of flips) {
            const at = flip >> 3;
            if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << (flip & 7));
          }
          readRblFile(bytes);
          readTuyaUg(bytes);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a Tuya update file', () => {
  it('is unwrapped', () => {
    const inner = rblFile(FIRMWARE);
    const file = readTuyaUg(ugFile(inner));
    assert.deepEqual(file?.payload, inner);
    assert.equal(file?.version, '26.01.31');
    assert.equal(file?.length, inner.length);
    assert.deepEqual(file?.damaged, []);
    assert.equal(file?.checks.length, 1);
  });

  it('says what is damaged', () => {
    const whole = ugFile(rblFile(FIRMWARE));
    assert.match(english(readTuyaUg(whole.subarray(0, 500))?.damaged[0] ?? ''), /cut off/);
    const body = Buffer.from(whole);
    body.writeUInt8(body.readUInt8(400) ^ 1, 400);
    assert.match(english(readTuyaUg(body)?.damaged[0] ?? ''), /payload/);
    body.writeUInt8(body.readUInt8(5) ^ 1, 5);
    assert.match(english(readTuyaUg(body)?.damaged[0] ?? ''), /header/);
  });
});

describe('a container on flash', () => {
  it('has a header that fits its code', () => {
    const bytes = container({ size: 0x8800 });
    const [own] = findContainers(bytes);
    assert.equal(own?.offset, 0x8800 - RBL_HEADER_ON_FLASH);
    assert.equal(own?.header.partition, 'app');
    assert.ok(own);
    assert.deepEqual(faultsOf(bytes, 0, own), []);
    const broken = Buffer.from(bytes);
    broken.writeUInt8(broken.readUInt8(2000) ^ 1, 2000);
    assert.equal(faultsOf(broken, 0, own).length, 2);
    const sizes = { ...own.header, rawSize: 0x7fffffff };
    assert.match(english(faultsOf(bytes, 0, { ...own, header: sizes })[0] ?? ''), /sizes/);
  });

  it('is found only among packets, and only intact', () => {
    const bytes = container({ size: 0x8800 });
    assert.deepEqual(findContainers(bytes, 1), []);
    assert.deepEqual(findContainers(bytes, 0, 0x87f0), []);
    assert.deepEqual(findContainers(Buffer.alloc(100_000, 'RBL\0')), []);
    assert.deepEqual(findContainers(appImage()), []);
  });
});

describe('the vectors of update files', () => {
  const vectors = syntheticVectors();
  if (vectors === null) it('needs files that are not on this computer');
  else {
    for (const name of ['rbl_ota_none', 'rbl_ota_gzip', 'rbl_ota_gzip_aes']) {
      it(`have ${name}`, () => {
        const vector = vectors[name];
        const bytes = Buffer.from(vector.base64, 'base64');
        const file = readRblFile(bytes);
        assert.equal(bytes.toString('hex', 0, 96), vector.header_hex);
        assert.equal(bytes.length, vector.len);
        assert.equal(file?.header.rawSize, vector.raw_size);
        assert.equal(file?.header.packageSize, vector.data_size);
        assert.equal(file?.header.bodyCrc, u32(vector.data_crc));
        assert.equal(file?.header.hash, u32(vector.data_hash));
        assert.equal(file?.header.encryption, name.endsWith('aes') ? 'aes' : 'none');
        assert.equal(file?.header.compression, name.includes('gzip') ? 'gzip' : 'none');
        assert.deepEqual(file?.damaged, []);
        assert.deepEqual(file?.code, FIRMWARE);
      });
    }

    it('have tuya_ug', () => {
      const bytes = Buffer.from(vectors.tuya_ug.base64, 'base64');
      const file = readTuyaUg(bytes);
      assert.equal(bytes.toString('hex', 0, 32), vectors.tuya_ug.header_hex);
      assert.equal(file?.version, vectors.tuya_ug.version);
      assert.equal(
        Buffer.from(file?.payload ?? []).toString('base64'),
        vectors[vectors.tuya_ug.payload].base64,
      );
      assert.deepEqual(file?.damaged, []);
    });

    it('have rbl_app_package', () => {
      const vector = vectors.rbl_app_package;
      const size = u32(vector.container_size_with_crc);
      const bytes = container({ plain: FIRMWARE, size, time: 0x5f5e1000 });
      // The header of this vector carries another time; only that may differ.
      const time = Buffer.from(vector.rbl_header_uncrc, 'hex').readUInt32LE(8);
      const exact = container({ plain: FIRMWARE, size, time });
      assert.equal(exact.length, vector.total_len);
      assert.equal(createHash('sha256').update(exact).digest('hex'), vector.sha256);
      for (const made of [bytes, exact]) {
        const [own] = findContainers(made);
        assert.ok(own);
        assert.equal(own.header.rawSize, vector.raw_size);
        assert.equal(own.header.packageSize, vector.data_size);
        assert.deepEqual(faultsOf(made, 0, own), []);
      }
      const [own] = findContainers(exact);
      const header = addPackets(Buffer.from(vector.rbl_header_uncrc, 'hex'));
      assert.deepEqual(exact.subarray(own?.offset), header);
      // Numbers in that file are in the order in which their bytes lie.
      assert.equal(own?.header.bodyCrc, Buffer.from(vector.data_crc, 'hex').readUInt32BE(0));
      assert.equal(own?.header.hash, Buffer.from(vector.data_hash, 'hex').readUInt32BE(0));
    });
  }
});

describe('the containers of real dumps', () => {
  const vectors = dumpVectors().filter(({ facts }) => facts.rbl);
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    it(`of ${file}`, () => {
      const dump = bytes();
      const found = findContainers(dump);
      assert.deepEqual(
        found.map(({ offset, header }) => ({
          file_offset: offset,
          name: header.partition,
          version: header.version,
          algo: header.encryption === 'none' && header.compression === 'none' ? 'NONE' : '?',
          timestamp: header.time,
          size_raw: header.rawSize,
          size_package: header.packageSize,
          crc32: header.bodyCrc.toString(16).padStart(8, '0'),
          fnv1a: header.hash.toString(16).padStart(8, '0'),
        })),
        facts.rbl,
      );
      for (const own of found) {
        const start = own.header.partition === 'app' ? 0x11000 : 0;
        assert.deepEqual(faultsOf(dump, start, own), []);
      }
    });
  }
});

describe('the hash of containers', () => {
  it('is FNV-1a', () => {
    assert.equal(fnv1a(Buffer.from('')), 0x811c9dc5);
    assert.equal(fnv1a(Buffer.from('a')), 0xe40c292c);
    assert.equal(fnv1a(Buffer.from('foobar')), 0xbf9cf968);
    assert.ok(fnv1a(plainCode()) <= 0xffffffff);
  });
});
