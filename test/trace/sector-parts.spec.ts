import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { readPartitions } from '../../src/image/code/partitions';
import type { Stretch } from '../../src/trace/record-lines';
import { isCodeUnderOwnKey, SectorParts } from '../../src/trace/sector-parts';
import { noise } from '../support/bench-device';
import { addPackets, bootloader, calibrationSector, MARKERS } from '../support/images';

const APP = 0x11000;

/** The bytes that are told, FF for all others. */
function told(parts: readonly Stretch[] | null, length = 4096): Buffer {
  const bytes = Buffer.concat(
    (parts ?? [{ n: length }]).map((part) => {
      if (typeof part === 'string') return Buffer.from(part, 'hex');
      return part.parts === undefined ? Buffer.alloc(part.n, 0xff) : told(part.parts, part.n);
    }),
  );
  assert.equal(bytes.length, length);
  return bytes;
}

const sectorParts = (address: number, sector: Buffer) => new SectorParts().of(address, sector);

/** A partition table of three entries, without check bytes. */
function table(): Buffer {
  return Buffer.concat(
    ['bootloader', 'app', 'download'].map((name, index) => {
      const entry = Buffer.alloc(64);
      entry.write(`01PE${name}`, 'latin1');
      entry.write('beken_onchip', 28, 'latin1');
      entry.writeUInt32LE(0x10000 * index, 52);
      entry.writeUInt32LE(0x10000, 56);
      return entry;
    }),
  );
}

const crc = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');

describe('what is told of a sector', () => {
  it('is nothing, of most', () => {
    assert.equal(sectorParts(0x40000, noise(4096, 5)), null);
    const config = Buffer.alloc(4096);
    config.write('CFG\0ssid=home;password=hunter2');
    assert.equal(sectorParts(0x1d1000, config), null);
  });

  it('is the marker of code that has a known key, where code begins, and the checksums that tell the family', () => {
    for (const marker of Object.values(MARKERS)) {
      const sector = noise(4096, 6);
      sector.set(marker);
      const parts = sectorParts(APP, sector);
      assert.deepEqual(parts, [
        {
          n: 256,
          crc: crc(sector.subarray(0, 256)),
          parts: [Buffer.from(marker).toString('hex'), { n: 248 }],
        },
        sector.toString('hex', 256, 257),
        { n: 3839 },
      ]);
      for (const address of [0, 0x200000])
        assert.equal(
          told(sectorParts(address, sector)).subarray(0, 8).equals(Buffer.from(marker)),
          true,
        );
      assert.equal(sectorParts(0x50000, sector), null);
    }
  });

  it('is nothing of code under a key of its own', () => {
    const sector = noise(4096, 7);
    assert.equal(sectorParts(0, sector), null);
    assert.deepEqual(sectorParts(APP, sector)?.[0], { n: 256, crc: crc(sector.subarray(0, 256)) });
  });

  it('is the partition table of the bootloader, behind the end of flash as well', () => {
    const flash = Buffer.alloc(APP, 0xff);
    bootloader({}).copy(flash);
    for (const base of [0, 0x200000]) {
      const kept = Buffer.concat(
        Array.from({ length: APP / 4096 }, (_, index) => {
          const sector = flash.subarray(index * 4096, (index + 1) * 4096);
          return told(sectorParts(base + index * 4096, sector));
        }),
      );
      assert.deepEqual(readPartitions(kept), readPartitions(flash));
      assert.ok(readPartitions(flash).length >= 3);
    }
  });

  it('is the table also where it lies across two sectors', () => {
    // Of its entries one or the other lies across.
    for (let at = 0xef00; at < 0xf060; at += 34) {
      const plain = Buffer.alloc(0x10000, 0x55);
      const logical = Math.floor((at - 64) / 34) * 32;
      table().copy(plain, logical);
      const stored = addPackets(plain);
      const kept = Buffer.alloc(stored.length, 0xff);
      const parts = new SectorParts();
      for (let sector = 0; sector < stored.length; sector += 4096) {
        told(parts.of(sector, stored.subarray(sector, sector + 4096))).copy(kept, sector);
      }
      assert.deepEqual(readPartitions(kept), readPartitions(stored), at.toString(16));
      assert.equal(readPartitions(stored).length, 3);
    }
  });

  it('is that code has a key of its own, by packets that are sound', () => {
    const code = addPackets(noise(4096, 8)).subarray(0, 4096);
    assert.equal(isCodeUnderOwnKey(APP, code), true);
    assert.equal(isCodeUnderOwnKey(0, code), true);
    assert.equal(isCodeUnderOwnKey(0x200000, code), true);
    assert.equal(isCodeUnderOwnKey(0x40000, code), false);
    assert.equal(isCodeUnderOwnKey(APP, noise(4096, 8)), false);
  });

  it('is how calibration is made up, but not its values', () => {
    const sector = calibrationSector([0xc8, 0x47, 0x8c, 1, 2, 3]);
    const kept = told(sectorParts(0x1e0000, sector));
    assert.equal(kept.toString('latin1', 0, 4), 'TLV\0');
    assert.equal(kept.toString('hex', 0x24, 0x2a), 'c8478c010203');
    // The value of the entry before the MAC's.
    assert.equal(kept.toString('hex', 0x18, 0x1c), 'ffffffff');
  });
});
