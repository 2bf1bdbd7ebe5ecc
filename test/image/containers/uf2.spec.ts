import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { UF2_SCHEMES, readUf2 as uf2InSteps, uf2Writes } from '../../../src/image/containers/uf2';
import { readUf2Block } from '../../../src/image/containers/uf2-blocks';
import { drained } from '../../support/drained';
import { syntheticVectors } from '../../support/dump-vectors';
import { allEnglish } from '../../support/english';
import { UF2_FAMILY, uf2File } from '../../support/images';

const readUf2 = (bytes: Uint8Array) => drained(uf2InSteps(bytes));

const FLASHER = '000100';
const DEVICE = '100000';
const TABLE = [
  ['app', 0x11000, 0x119000],
  ['download', 0x12a000, 0xa6000],
] as const;

const bytesOf = (length: number, first = 0): Buffer =>
  Buffer.from(Array.from({ length }, (_, at) => (first + at) & 0xff));

const FILE = uf2File({
  partitions: TABLE,
  parts: [
    { partition: 'app', schemes: FLASHER, bytes: bytesOf(700) },
    { partition: 'app', schemes: FLASHER, address: 0x118f0a, bytes: bytesOf(102, 9) },
    { partition: 'download', schemes: DEVICE, bytes: bytesOf(300, 5) },
  ],
});

describe('a UF2 file', () => {
  it('says what it is', () => {
    const file = readUf2(FILE);
    assert.equal(file?.family, 0x7b3ef230);
    assert.equal(file?.familyName, 'BK7231N');
    assert.deepEqual(file?.chips, ['BK7231N', 'BK7231M']);
    assert.equal(file?.board, 'generic-board');
    assert.equal(file?.firmware, 'esphome');
    assert.equal(file?.version, '2026.1.0');
    assert.deepEqual(file?.damaged, []);
    assert.deepEqual(
      file?.partitions.map(({ name, offset, length }) => [name, offset, length]),
      TABLE,
    );
    assert.equal(file?.parts.length, 3);
    assert.equal(readUf2(Buffer.from('RBL\0')), null);
  });

  it('goes by cable where its parts for that say', () => {
    const file = readUf2(FILE);
    assert.ok(file);
    assert.deepEqual(uf2Writes(file, 'flasher-single'), [
      { partition: 'app', offset: 0x11000, bytes: bytesOf(700) },
      { partition: 'app', offset: 0x129f0a, bytes: bytesOf(102, 9) },
    ]);
    assert.deepEqual(uf2Writes(file, 'device-single'), [
      { partition: 'download', offset: 0x12a000, bytes: bytesOf(300, 5) },
    ]);
    assert.deepEqual(uf2Writes(file, 'device-dual-1'), []);
  });

  it('must have a place for each part', () => {
    const parts = [{ partition: 'app', schemes: FLASHER, bytes: bytesOf(10) }];
    const alone = readUf2(uf2File({ parts }));
    assert.ok(alone);
    assert.throws(() => uf2Writes(alone, 'flasher-single'), { code: 'BK_BAD_IMAGE' });
    const table = [{ name: 'app', offset: 0x11000, length: 0x1000 }];
    assert.equal(uf2Writes(alone, 'flasher-single', table)[0]?.offset, 0x11000);
    const small = readUf2(uf2File({ parts, partitions: [['app', 0x11000, 9]] }));
    assert.ok(small);
    assert.throws(() => uf2Writes(small, 'flasher-single'), /ends at 0xa.*has 0x9/);
  });

  it('names other chips', () => {
    for (const [family, name] of [
      [0x22e0d6fc, 'RTL8710B'],
      [0xa38090a8, 'LN882H'],
      [0x12345678, null],
    ] as const) {
      const file = readUf2(uf2File({ family, parts: [] }));
      assert.equal(file?.familyName, name);
      assert.deepEqual(file?.chips, []);
    }
    for (const [name, family] of Object.entries(UF2_FAMILY))
      assert.equal(readUf2(uf2File({ family, parts: [] }))?.familyName, name);
  });

  it('says what is damaged', () => {
    const faults = (change: (bytes: Buffer) => Buffer | undefined): string => {
      const bytes = Buffer.from(FILE);
      return allEnglish(readUf2(change(bytes) ?? bytes)?.damaged ?? []).join(' ');
    };
    assert.match(
      faults((bytes) => bytes.subarray(0, 1024)),
      /has 2 blocks but should have 7/,
    );
    assert.match(
      faults((bytes) => bytes.subarray(0, 1300)),
      /middle of a block/,
    );
    assert.match(
      faults((bytes) => void bytes.writeUInt8(0, 512 + 508)),
      /block 1 is damaged/,
    );
    assert.match(
      faults((bytes) => void bytes.writeUInt8(7, 512 + 20)),
      /number 7/,
    );
    assert.match(
      faults((bytes) => void bytes.writeUInt8(7, 512 + 28)),
      /another chip/,
    );
    assert.match(
      faults((bytes) => void bytes.writeUInt16LE(477, 512 + 16)),
      /block 1 is damaged/,
    );
    assert.match(
      faults(() => Buffer.from('UF2\n')),
      /middle of a block/,
    );
  });

  it('is any bytes, whole, cut or damaged', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: FILE.length }),
        fc.array(fc.tuple(fc.nat({ max: FILE.length - 1 }), fc.nat({ max: 255 })), {
          maxLength: 10,
        }),
        (cut, changes) => {
          const bytes = Buffer.from(FILE);
          for (const [at, value] of changes) bytes[at] = value;
          const file = readUf2(bytes.subarray(0, cut));
          if (file === null) return;
          try {
            uf2Writes(file, 'flasher-single');
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'BK_BAD_IMAGE');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the vectors of UF2 files', () => {
  const vectors = syntheticVectors();
  if (vectors === null) it('needs files that are not on this computer');
  const names = Object.keys(vectors ?? {}).filter((name) => name.startsWith('uf2_'));
  /** Numbers of the tags that the vectors name. */
  const tagNames: Record<string, number> = {};
  for (const name of names)
    for (const tag of Object.keys(vectors[name].tags)) {
      const [, label, number] = /^(\w+)\(0x(\w+)\)$/.exec(tag) ?? [];
      if (label && number) tagNames[label] = Number.parseInt(number, 16);
    }

  for (const name of names) {
    it(`have ${name}`, () => {
      const vector = vectors[name];
      const bytes = Buffer.from(vector.base64, 'base64');
      assert.equal(bytes.length, vector.len);
      const file = readUf2(bytes);
      assert.ok(file);
      assert.deepEqual(file.damaged, []);
      assert.equal(file.family, Number(vector.family));
      assert.deepEqual(
        file.partitions.map((entry) => [
          entry.name,
          `0x${entry.offset.toString(16)}`,
          `0x${entry.length.toString(16)}`,
        ]),
        vector.fal,
      );
      const tag = (label: string) => Buffer.from(vector.tags[label], 'hex');
      assert.equal(file.board, tag('BOARD(0xCA25C8)').toString());
      assert.equal(file.firmware, tag('FIRMWARE(0x00DE43)').toString());
      assert.equal(file.version, tag('VERSION(0x9FC7BC)').toString());
      assert.equal(file.builtWith, tag('LT_VERSION(0x59563D)').toString());
      assert.equal(file.buildTime, tag('BUILD_DATE(0x822F30)').readUInt32LE(0));
      for (const [index, expected] of vector.blocks.entries()) {
        const block = readUf2Block(bytes.subarray(512 * index));
        assert.equal(block?.sequence, expected.seq);
        assert.equal(block?.flags, Number(expected.flags));
        assert.equal(block?.address, Number(expected.addr));
        assert.equal(block?.data.length, expected.len);
        const tags = Object.entries(expected.tags).map(([label, value]) => [
          tagNames[label],
          value,
        ]);
        assert.deepEqual(
          [...(block?.tags ?? [])].map(([number, value]) => [number, value.toString('hex')]),
          tags,
        );
      }
      for (const scheme of UF2_SCHEMES) {
        const writes: [string, object][] = uf2Writes(file, scheme).map(
          ({ offset, bytes: written }): [string, object] => [
            `0x${offset.toString(16)}`,
            { len: written.length, sha256: createHash('sha256').update(written).digest('hex') },
          ],
        );
        const wanted = vector.collect[scheme.toUpperCase().replaceAll('-', '_')];
        assert.deepEqual(Object.fromEntries(writes), wanted, scheme);
      }
    });
  }
});
