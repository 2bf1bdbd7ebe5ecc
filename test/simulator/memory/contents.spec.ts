import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { BOOTLOADERS } from '../../../src/chip/known/bootloaders';
import { CHIP_NAMES, CHIPS } from '../../../src/chip/known/chips';
import { readPartitions } from '../../../src/image/code/partitions';
import { crc16 } from '../../../src/simulator/memory/checksums';
import { createSimulatedChip, type SimulatorOptions } from '../../../src/simulator/simulator';
import { VirtualClock } from '../../support/virtual-clock';

const flashOf = (options: SimulatorOptions) =>
  createSimulatedChip(options, new VirtualClock()).flash;

function validPackets(flash: Buffer, base: number, count: number): boolean {
  for (let at = base; at < base + count * 34; at += 34) {
    if (crc16(flash, at, at + 32) !== flash.readUInt16BE(at + 32)) return false;
  }
  return true;
}

describe('simulated chip: what its flash holds', () => {
  for (const chip of CHIP_NAMES) {
    it(`${chip}: a bootloader with a known checksum where one is known, all of it valid packets`, () => {
      const flash = flashOf({ chip });
      const counted = CHIPS[chip].family === 'full' ? 257 : 256;
      const crc = crc32(flash.subarray(0, counted));
      const known = BOOTLOADERS.filter((entry) => entry.chip === chip);
      assert.equal(
        known.some((entry) => entry.crc === crc),
        known.length > 0,
      );
      assert.equal(flash.length, CHIPS[chip].flashSize);
      assert.ok(validPackets(flash, 0, 2048));
      assert.ok(validPackets(flash, 0x11000, 22_000));
    });
  }

  it('marks code as the chip would have it, encrypted for the Tuya key or in clear', () => {
    const tuya = flashOf({ chip: 'BK7231N' });
    assert.equal(tuya.toString('hex', 4, 8), '35ff2a99');
    assert.equal(tuya.toString('hex', 0x11000, 0x11008), '2f07b59435ff2a9b');
    const clear = flashOf({ chip: 'BK7231M' });
    assert.equal(clear.toString('hex', 0x11000, 0x11008), '0e0000ea14f09fe5');
    assert.equal(clear.toString('latin1', 0x110, 0x116), 'BK7231');
  });

  it('holds a calibration sector with the MAC where the chip keeps it', () => {
    const flash = flashOf({ chip: 'BK7231T', mac: '84:e3:42:01:02:03' });
    const [at = 0] = CHIPS.BK7231T.layout.calibration;
    assert.equal(flash.toString('latin1', at, at + 4), 'TLV\0');
    assert.equal(flash.toString('hex', at + 0x1c, at + 0x2a), '021111110600000084e342010203');
    assert.equal(flash[at + 8 + flash.readUInt32LE(at + 4)], 0xff);
  });

  it('tells the partitions in clear', () => {
    const flash = flashOf({ chip: 'BK7231N' });
    const stripped = Buffer.concat(
      Array.from({ length: 2048 }, (_, packet) => flash.subarray(packet * 34, packet * 34 + 32)),
    );
    const at = stripped.lastIndexOf(Buffer.from('01PEdownload', 'latin1'));
    assert.equal(stripped.readUInt32LE(at + 52), CHIPS.BK7231N.layout.download.offset);
  });

  it('is laid out as it is told to be', () => {
    const slot = { offset: 0x132000, length: 0xae000 };
    const flash = flashOf({ chip: 'BK7231N', calibration: 0x1e0000, download: slot });
    assert.equal(flash.toString('latin1', 0x1e0000, 0x1e0004), 'TLV\0');
    assert.notEqual(flash.toString('latin1', 0x1d0000, 0x1d0004), 'TLV\0');
    const entry = readPartitions(flash).find(({ name }) => name === 'download');
    assert.deepEqual([entry?.offset, entry?.length], [slot.offset, slot.length]);
    const bare = flashOf({ chip: 'BK7231N', calibration: 'none', download: 'none' });
    assert.deepEqual(readPartitions(bare), []);
    assert.ok(!bare.includes('TLV\0'));
  });

  it('is the same for the same seed and another for another', () => {
    assert.deepEqual(flashOf({ chip: 'bk7231n', seed: 5 }), flashOf({ chip: 'BK7231N', seed: 5 }));
    assert.notDeepEqual(
      flashOf({ chip: 'bk7231n', seed: 5 }),
      flashOf({ chip: 'bk7231n', seed: 6 }),
    );
    assert.deepEqual(
      flashOf({ chip: 'bk7231n', brownout: 0.5 }),
      flashOf({ chip: 'bk7231n', lose: 1 }),
    );
  });

  it('can begin blank or with a bootloader that nobody knows', () => {
    const blank = flashOf({ chip: 'bk7231n', bootloader: 'blank' });
    assert.equal(crc32(blank.subarray(0, 257)), 0xb397b8f6);
    const unknown = crc32(flashOf({ chip: 'bk7231n', bootloader: 'unknown' }).subarray(0, 257));
    assert.ok(!BOOTLOADERS.some((entry) => entry.crc === unknown));
  });

  it('comes from a file, padded with FF; a missing one is a storage error', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'sim-'));
    try {
      const file = path.join(folder, 'dump.bin');
      writeFileSync(file, 'contents');
      const flash = flashOf({ chip: 'bk7231n', flash: file });
      assert.equal(flash.toString('latin1', 0, 8), 'contents');
      assert.ok(flash.subarray(8).every((byte) => byte === 0xff));
      assert.throws(() => flashOf({ chip: 'bk7231n', flash: `${file}.gone` }), {
        code: 'BK_STORAGE',
      });
      writeFileSync(file, Buffer.alloc(0x300000));
      assert.equal(flashOf({ chip: 'bk7231n', flash: file }).length, 0x400000);
      assert.throws(() => flashOf({ chip: 'bk7231n', flash: file, size: 0x200000 }), {
        code: 'BK_BAD_SETTING',
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
