import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { MacMask } from '../../src/trace/mac-mask';
import { MadeUp } from '../../src/trace/made-up';
import { noise } from '../support/bench-device';
import { calibrationSector } from '../support/images';

const MAC = [0xc8, 0x47, 0x8c, 0x12, 0x34, 0x56];
const SECTOR = calibrationSector(MAC);
const AT = 0x1d0000;

/** A flash with calibration, and the same as a record tells it. */
function flashes(mask: MacMask): { real: Buffer; told: Buffer } {
  const real = noise(0x20000, 9);
  SECTOR.copy(real, 0x10000);
  const told = Buffer.from(real);
  mask.mask(AT, SECTOR, 10)?.copy(told, 0x10000);
  return { real, told };
}

describe('the MAC in a record', () => {
  it('has its maker, and a made-up half', () => {
    const masked = new MacMask(new MadeUp()).mask(AT, SECTOR, 0);
    assert.ok(masked !== null);
    const places = [...masked].flatMap((byte, at) => (byte === SECTOR[at] ? [] : [at]));
    assert.ok(places.length > 0 && places.every((at) => at >= 0x27 && at < 0x2a), String(places));
  });

  it('is the same in a page as in a sector', () => {
    const mask = new MacMask(new MadeUp());
    const page = mask.mask(AT, SECTOR.subarray(0, 256), 0);
    assert.deepEqual(page, mask.mask(AT, SECTOR, 1)?.subarray(0, 256));
  });

  it('leaves alone what has none', () => {
    const mask = new MacMask(new MadeUp());
    for (const sector of [
      noise(4096),
      Buffer.alloc(4096, 0xff),
      calibrationSector([255, 255, 255, 255, 255, 255]),
    ]) {
      assert.equal(mask.mask(AT, sector, 0), null);
    }
  });

  it('goes with every checksum of a range around it, before it was read as well', () => {
    const mask = new MacMask(new MadeUp());
    const { real, told } = flashes(mask);
    for (const [from, to] of [
      [0x10000, 0x11000],
      [0x10000, 0x10200],
      [0, 0x20000],
      [0x0f000, 0x18000],
    ] as const) {
      for (const t of [0, 20]) {
        const value = ~crc32(real.subarray(from, to)) >>> 0;
        const wanted = ~crc32(told.subarray(from, to)) >>> 0;
        assert.equal(mask.checksum(AT - 0x10000 + from, AT - 0x10000 + to, value, t), wanted);
      }
    }
    assert.equal(mask.checksum(0x1c0000, 0x1d0000, 5, 20), 5);
  });

  it('ends with the sector: what is erased is told as it is', () => {
    const mask = new MacMask(new MadeUp());
    flashes(mask);
    mask.changed(AT, 0x1000, 30);
    assert.equal(mask.checksum(AT, AT + 0x1000, 5, 31), 5);
    assert.notEqual(mask.checksum(AT, AT + 0x1000, 5, 29), 5);
  });

  it('changes no checksum of what is blank, be it of a command that was lost, nor of what was written without one', () => {
    const mask = new MacMask(new MadeUp());
    flashes(mask);
    const blank = ~crc32(Buffer.alloc(0x1000, 0xff)) >>> 0;
    assert.equal(mask.checksum(AT, AT + 0x1000, blank, 20), blank);
    const sector = noise(4096, 4);
    assert.equal(mask.mask(AT, sector, 40), null);
    assert.equal(mask.checksum(AT, AT + 0x1000, 5, 41), 5);
  });

  it('is in no checksum of a place where calibration may lie that was never read', () => {
    const mask = new MacMask(new MadeUp());
    const made = mask.checksum(AT, AT + 512, 5, 0);
    assert.notEqual(made, 5);
    assert.equal(mask.checksum(AT, AT + 512, 5, 10), made);
    assert.notEqual(mask.checksum(AT, AT + 512, 6, 10), made);
  });
});
