import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findCalibration, readCalibration } from '../../src/image/calibration';
import { calibrationSector } from '../support/images';

const MAC = [0x02, 0x00, 0x00, 0xab, 0xcd, 0xef];

describe('a calibration sector', () => {
  it('tells its MAC and its length', () => {
    const sector = calibrationSector(MAC);
    assert.deepEqual(readCalibration(sector), { mac: '02:00:00:ab:cd:ef', length: 8 + 8 + 26 });
    assert.deepEqual(readCalibration(sector.subarray(0, 64)), readCalibration(sector));
  });

  it('tells the MAC also where it does not lie in its usual place', () => {
    const value = Buffer.from(
      '00222222 08000000 0102030405060708 00111111 0e000000 02111111 06000000 0200000000aa'.replaceAll(
        ' ',
        '',
      ),
      'hex',
    );
    const sector = Buffer.alloc(0x1000, 0xff);
    sector.write('TLV\0', 'latin1');
    sector.writeUInt32LE(value.length, 4);
    value.copy(sector, 8);
    assert.equal(readCalibration(sector)?.mac, '02:00:00:00:00:aa');
    // An entry that reaches out of the list makes it none.
    sector.writeUInt32LE(value.length, 12);
    assert.equal(readCalibration(sector), null);
  });

  it('has no MAC when it was never set', () => {
    for (const byte of [0xff, 0x00]) {
      assert.equal(readCalibration(calibrationSector(Array(6).fill(byte)))?.mac, null);
    }
  });

  it('is not taken for one when it is damaged', () => {
    const blank = Buffer.alloc(0x1000, 0xff);
    assert.equal(readCalibration(blank), null);
    assert.equal(readCalibration(Buffer.alloc(0)), null);
    for (const length of [0, 0xff9, 0xffffffff, 50]) {
      const sector = calibrationSector(MAC);
      sector.writeUInt32LE(0, 0x1c);
      sector.writeUInt32LE(length, 4);
      assert.equal(readCalibration(sector), null, String(length));
    }
  });

  it('never makes reading fail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
        readCalibration(noise);
        readCalibration(Buffer.concat([Buffer.from('TLV\0'), noise]));
        const flipped = calibrationSector(MAC);
        noise.forEach((byte, index) => {
          flipped[(index * 7) % 64] = (flipped[(index * 7) % 64] as number) ^ (byte & 1);
        });
        readCalibration(flipped);
      }),
    );
  });
});

describe('findCalibration', () => {
  const blank = () => Buffer.alloc(0x10000, 0xff);

  it('prefers the addresses of the chip', () => {
    const dump = blank();
    calibrationSector([2, 0, 0, 0, 0, 1]).copy(dump, 0x3000);
    calibrationSector([2, 0, 0, 0, 0, 2]).copy(dump, 0xf000);
    const found = findCalibration(dump, [0x2000, 0x3000]);
    assert.deepEqual(found, { offset: 0x3000, mac: '02:00:00:00:00:01' });
  });

  it('looks from the end backwards elsewhere', () => {
    const dump = blank();
    calibrationSector([2, 0, 0, 0, 0, 1]).copy(dump, 0x3000);
    calibrationSector([2, 0, 0, 0, 0, 2]).copy(dump, 0xa000);
    assert.equal(findCalibration(dump, [0x1e0000, -4096])?.offset, 0xa000);
  });

  it('prefers a sector with a MAC', () => {
    const dump = blank();
    calibrationSector(Array(6).fill(0xff)).copy(dump, 0x3000);
    assert.deepEqual(findCalibration(dump, [0x3000]), { offset: 0x3000, mac: null });
    calibrationSector(MAC).copy(dump, 0x6000);
    assert.equal(findCalibration(dump, [0x3000])?.offset, 0x6000);
  });

  it('finds none in blank flash', () => {
    assert.equal(findCalibration(blank(), [0x3000]), null);
  });
});
