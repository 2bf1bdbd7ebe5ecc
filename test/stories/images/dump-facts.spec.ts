import assert from 'node:assert/strict';
import type { CodeKey } from '../../../src/chip/marker';
import { findCalibration } from '../../../src/image/calibration';
import { readApp } from '../../../src/image/code/app';
import { readBootloader } from '../../../src/image/code/bootloader';
import { applyKey } from '../../../src/image/code/encryption';
import { stripPackets } from '../../../src/image/code/packets';
import {
  FAL_NAME,
  partitionRegion,
  readPartitions,
  readPartitionTable,
} from '../../../src/image/code/partitions';
import { unrotate } from '../../../src/image/evidence/dump';
import { detectImage } from '../../support/detect-image';
import { drained } from '../../support/drained';
import { dumpVectors } from '../../support/dump-vectors';
import { bootloader, flashImage, KEYS, TUYA_TEXTS } from '../../support/images';

const hex8 = (value: number | null | undefined): string =>
  (value ?? 0).toString(16).padStart(8, '0');

describe('a partition table', () => {
  it('is read from a bootloader', () => {
    const table = readPartitions(bootloader({ download: 0x132000 }));
    assert.deepEqual(
      table.map(({ name, packets, offset, length, device }) => ({
        name,
        packets,
        offset,
        length,
        device,
      })),
      [
        {
          name: 'bootloader',
          packets: true,
          offset: 0,
          length: 0x10000,
          device: 'beken_onchip_crc',
        },
        {
          name: 'app',
          packets: true,
          offset: 0x10000,
          length: 0x108700,
          device: 'beken_onchip_crc',
        },
        {
          name: 'download',
          packets: false,
          offset: 0x132000,
          length: 0xa6000,
          device: 'beken_onchip',
        },
      ],
    );
    assert.deepEqual(table.map(partitionRegion), [
      { offset: 0, length: 0x11000 },
      { offset: 0x11000, length: 0x118f70 },
      { offset: 0x132000, length: 0xa6000 },
    ]);
    assert.deepEqual(readPartitions(bootloader({ download: null })), []);
  });

  it('may have checksums, which must be right', () => {
    const entry = Buffer.alloc(64);
    entry.write('01PEapp', 'latin1');
    entry.write('beken_onchip', 28, 'latin1');
    entry.writeUInt32LE(5, 60);
    assert.deepEqual(readPartitionTable(entry, FAL_NAME), []);
    // zlib's CRC-32 of the 60 bytes, by another tool.
    entry.writeUInt32LE(0xf1b8f6ba, 60);
    assert.equal(readPartitionTable(entry, FAL_NAME).length, 1);
    assert.deepEqual(readPartitionTable(entry.subarray(0, 63), FAL_NAME), []);
    assert.deepEqual(readPartitionTable(Buffer.alloc(100_000, '01PE'), FAL_NAME), []);
  });
});

/** The first word of a bootloader in clear; null where its key is not known. */
function firstWord(bytes: Uint8Array, key: CodeKey | null): number | null {
  if (key === null) return null;
  const code = stripPackets(bytes, 0, 1);
  applyKey(code, 0, KEYS[key]);
  return code.readUInt32LE(0);
}

describe('a bootloader', () => {
  it('tells its name, where its key is known', () => {
    const sound = bootloader({ name: 'BK7231N_1.0.1', saysBk7231: true });
    const image = readBootloader(sound);
    assert.equal(image.name, 'BK7231N_1.0.1');
    assert.equal(image.key, 'tuya');
    assert.equal(firstWord(sound, image.key), 0xea00000e);
    assert.equal(image.saysBk7231, true);
    assert.equal(image.known, null);
    const odd = bootloader({ key: 'other', name: 'BK7231N_1.0.1' });
    const other = readBootloader(odd);
    assert.equal(other.name, null);
    assert.equal(firstWord(odd, other.key), null);
    assert.equal(readBootloader(Buffer.alloc(0)).crc.basic, null);
  });
});

describe('a rotated dump', () => {
  it('is put right', () => {
    const flash = flashImage({ app: { texts: TUYA_TEXTS.N } });
    const rotated = Buffer.concat([flash.subarray(0x11000), flash.subarray(0, 0x11000)]);
    assert.equal(detectImage(rotated).kind, 'rotated-dump');
    assert.ok(unrotate(rotated).equals(flash));
    assert.equal(unrotate(Buffer.from('abc')).toString(), 'abc');
  });
});

describe('the facts of real dumps', () => {
  const vectors = dumpVectors().filter(({ facts }) => facts.bootloader);
  if (vectors.length === 0) it('needs dumps that are not on this computer');

  for (const { file, facts, bytes } of vectors) {
    it(`of ${file}`, () => {
      const dump = bytes();
      const boot = readBootloader(dump);
      assert.equal(hex8(boot.crc.basic).toUpperCase(), facts.bootloader.crc32_first256);
      assert.equal(hex8(boot.crc.full).toUpperCase(), facts.bootloader.crc32_first257);
      const known = `${boot.known?.name}_${boot.known?.version?.replaceAll('.', '_')}`;
      assert.equal(known, facts.bootloader.bk7231tools_name);
      assert.equal(boot.known?.family, facts.bootloader.matched_by === '257' ? 'full' : 'basic');
      assert.equal(boot.name, facts.bootloader.versionString);
      assert.equal(hex8(firstWord(dump, boot.key)), facts.bootloader.word0_decrypted_tuya_key);
      assert.equal(dump.toString('hex', 0, 8), facts.bootloader.first8_phys);
      assert.equal(boot.saysBk7231, facts.chipEvidence.plainBK7231At0x100);

      const app = drained(readApp(dump, 0x11000, 0x129f0a, 'tuya'));
      assert.equal(app.project, facts.app.projectName);
      assert.equal(app.version, facts.app.projectVersion);
      assert.equal(app.sdk, facts.app.sdkBuild);
      assert.equal(
        hex8(Buffer.from(app.text.slice(0, 4), 'latin1').readUInt32LE(0)),
        facts.app.word0_decrypted_tuya_key,
      );
      const text = facts.app.bytes_at_logical_0x10100_decrypted_tuya_key;
      assert.equal(app.saysBk7231, text === '424b373233310000');

      assert.deepEqual(
        readPartitions(dump).map(({ at, name, device, offset, length, crc }) => ({
          at_uncrc: at,
          name,
          flash: device,
          offset,
          length,
          crc,
        })),
        facts.fal,
      );
      const calibration = findCalibration(dump, [0x1d0000, 0x1e0000]);
      assert.deepEqual(calibration, { offset: facts.tlv.offset, mac: facts.tlv.mac });

      const image = detectImage(dump);
      assert.equal(image.kind, 'dump');
      assert.equal(image.chip, facts.chip);
      assert.deepEqual(image.chips, [facts.chip]);
      assert.equal(facts.rotatedBy0x11000, false);

      const ua = detectImage(dump.subarray(0x11000, 0x132000));
      assert.equal(ua.kind, 'app');
      assert.equal(ua.chip, facts.chip);
      assert.equal(ua.project, facts.app.projectName);
      assert.equal(ua.version, facts.app.projectVersion);
      assert.deepEqual(ua.damaged, []);
      assert.equal(ua.checks.length, 1);
      const qio = detectImage(dump.subarray(0, 0x129f70));
      assert.equal(qio.kind, 'qio');
      assert.equal(qio.chip, facts.chip);
      assert.deepEqual(qio.damaged, []);
      assert.equal(qio.checks.length, 2);
    });
  }
});
