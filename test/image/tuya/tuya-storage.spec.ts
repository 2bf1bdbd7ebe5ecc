import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR } from '../../../src/chip/geometry';
import { readTuyaStorage, type TuyaStorage } from '../../../src/image/tuya/tuya-storage';
import { dumpVectors } from '../../support/dump-vectors';
import {
  keySector,
  PAIRED,
  protectedSector,
  type TuyaStorageOptions,
  tuyaStorage,
} from '../../support/tuya-storage';

/** Names and values, as the builder was given them. */
function valuesOf(storage: TuyaStorage | null): Record<string, string> {
  const items = [...(storage?.items ?? [])];
  return Object.fromEntries(items.map(([name, { value }]) => [name, value.toString('latin1')]));
}

const asTexts = (values: Readonly<Record<string, string | Buffer>>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.toString('latin1')]),
  );

describe('readTuyaStorage', () => {
  it('reads what was stored', () => {
    const storage = readTuyaStorage(tuyaStorage());
    assert.deepEqual(valuesOf(storage), asTexts(PAIRED));
    assert.deepEqual([...(storage?.items.keys() ?? [])], Object.keys(PAIRED));
    assert.equal(storage?.offset, 0);
    assert.equal(storage?.length, 18 * SECTOR);
    assert.equal(storage?.keyRule, '8710');
    assert.equal(storage?.sectors.length, 17);
    assert.deepEqual(storage?.damaged, []);
    assert.equal(storage?.protectedItems, null);
  });

  it('reads any values that fit', () => {
    const name = fc.stringMatching(/^[a-z_0-9]{1,24}$/);
    const value = fc.uint8Array({ maxLength: 6000 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([it]) => it, maxLength: 8 }),
        (pairs) => {
          const storage = readTuyaStorage(tuyaStorage(Object.fromEntries(pairs)));
          assert.deepEqual(valuesOf(storage), asTexts(Object.fromEntries(pairs)));
        },
      ),
      { numRuns: 30 },
    );
  });

  const variants: Record<string, TuyaStorageOptions> = {
    'of another platform': { platform: '8721' },
    'with the magic of newer SDKs': { magic: 0x135726ab },
    'of few sectors, as BK7238 has it': { sectors: 10, blocks: 8 },
    'of another device': { deviceKey: Buffer.alloc(16, 0xee) },
  };
  for (const [name, options] of Object.entries(variants)) {
    it(`reads a storage ${name}`, () => {
      assert.deepEqual(valuesOf(readTuyaStorage(tuyaStorage(PAIRED, options))), asTexts(PAIRED));
    });
  }

  it('believes the newest copy of a block, wherever it lies', () => {
    const bytes = tuyaStorage({ swv: 'new' }, { before: { swv: 'old' } });
    assert.deepEqual(valuesOf(readTuyaStorage(bytes)), { swv: 'new' });
    const turned = Buffer.from(bytes);
    bytes.copy(turned, SECTOR, 15 * SECTOR, 16 * SECTOR);
    bytes.copy(turned, 15 * SECTOR, SECTOR, 2 * SECTOR);
    assert.deepEqual(valuesOf(readTuyaStorage(turned)), { swv: 'new' });
  });

  it('falls back to an older copy where the newest is damaged', () => {
    const bytes = tuyaStorage({ swv: 'new' }, { before: { swv: 'old' } });
    bytes.fill(0, SECTOR + 1024, SECTOR + 1040);
    assert.deepEqual(valuesOf(readTuyaStorage(bytes)), { swv: 'old' });
  });

  it('goes on behind a sector that a power cut left blank', () => {
    const values = { first: 'x'.repeat(3840), second: 'y' };
    const bytes = tuyaStorage(values, { sectors: 14, blocks: 14 });
    bytes.fill(0xff, SECTOR, 2 * SECTOR);
    const storage = readTuyaStorage(bytes);
    assert.deepEqual(valuesOf(storage), { second: 'y' });
    assert.equal(storage?.sectors.length, 13);
  });

  it('names values that fail their checksum, and does not hand them out', () => {
    const bytes = tuyaStorage({ swv: 'x'.repeat(100), other: 'y' }, { sectors: 14, blocks: 14 });
    // The first value page: pages 0 and 1 are the head and its index.
    bytes.fill(0x11, SECTOR + 256, SECTOR + 272);
    const storage = readTuyaStorage(bytes);
    assert.deepEqual(valuesOf(storage), { other: 'y' });
    assert.deepEqual(storage?.damaged, ['swv']);
  });

  it('finds the storage in a dump, and passes by key sectors without data', () => {
    const dump = Buffer.alloc(0x200000, 0xff);
    keySector({ deviceKey: Buffer.alloc(16, 1) }).copy(dump, 0x1eb000);
    tuyaStorage().copy(dump, 0x1ee000);
    const storage = readTuyaStorage(dump);
    assert.equal(storage?.offset, 0x1ee000);
    assert.deepEqual(valuesOf(storage), asTexts(PAIRED));
  });

  it('reads the protected sector before it', () => {
    const { gw_bi = '', gw_wsm = '' } = PAIRED;
    const bytes = Buffer.concat([protectedSector({ gw_bi, gw_wsm }), tuyaStorage()]);
    const found = readTuyaStorage(bytes)?.protectedItems;
    assert.equal(found?.offset, 0);
    const values = [...(found?.values ?? [])].map(([name, value]) => [name, value.toString()]);
    assert.deepEqual(values, [
      ['gw_bi', gw_bi],
      ['gw_wsm', gw_wsm],
    ]);
    const stranger = protectedSector({ gw_bi }, { deviceKey: Buffer.alloc(16, 3) });
    assert.equal(readTuyaStorage(Buffer.concat([stranger, tuyaStorage()]))?.protectedItems, null);
  });

  it('finds none where there is none', () => {
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.alloc(100),
      Buffer.alloc(SECTOR, 0xff),
      Buffer.alloc(0x40000, 0xff),
      keySector(),
      protectedSector({ a: 'b' }),
      tuyaStorage().subarray(SECTOR),
      tuyaStorage().subarray(0, 2 * SECTOR - 1),
    ])
      assert.equal(readTuyaStorage(bytes), null);
  });

  it('takes any damage', () => {
    const whole = tuyaStorage();
    fc.assert(
      fc.property(
        fc.nat({ max: whole.length }),
        fc.array(fc.nat({ max: whole.length * 8 - 1 }), { maxLength: 30 }),
        (cut, flips) => {
          const bytes = Buffer.from(whole.subarray(0, whole.length - (cut % 3 === 0 ? cut : 0)));
          for (const flip of flips) {
            const at = flip >> 3;
            if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << (flip & 7));
          }
          const intact = asTexts(PAIRED);
          for (const [name, value] of Object.entries(valuesOf(readTuyaStorage(bytes))))
            if (name in intact) assert.equal(value, intact[name]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('is quick with a file that was made to keep it busy', () => {
    const bytes = Buffer.concat(Array.from({ length: 4096 }, () => keySector()));
    const started = performance.now();
    assert.equal(readTuyaStorage(bytes), null);
    assert.ok(performance.now() - started < 1000);
  });
});

describe('readTuyaStorage on real dumps', () => {
  const vectors = dumpVectors();
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    it(`finds all keys of ${file}`, () => {
      const storage = readTuyaStorage(bytes());
      const { kv } = facts;
      assert.ok(storage !== null);
      assert.equal(storage.offset, kv.keySector);
      assert.equal(storage.keyRule, kv.baseKey);
      assert.equal(storage.sectors.length, kv.dataSectors);
      assert.deepEqual(
        storage.sectors.map(({ offset, id, generation, sumOk }) => ({
          at: offset,
          id,
          generation,
          sumOK: sumOk,
        })),
        kv.blocks,
      );
      assert.deepEqual(storage.damaged, []);
      assert.deepEqual(
        [...storage.items.values()].map(({ name, block, page, length, parts }) => ({
          name,
          block,
          page,
          len: length,
          sumOK: true,
          parts: parts.map((part) => [part.block, part.firstPage, part.lastPage]),
        })),
        kv.keys,
      );
      const found = storage.protectedItems;
      assert.deepEqual(
        found && [found.offset, [...found.values].map(([name, { length }]) => [name, length])],
        kv.protectedSector ? [kv.protectedSector.at, kv.protectedSector.items] : null,
      );
    });
  }
});
