import assert from 'node:assert/strict';
import type { ErrorCode, ReadOptions } from '../../src';
import { testDevice } from '../support/bench-device';
import { rejection } from '../support/rejects';

/** Tuya's: the four words lie with their lowest byte first. */
const KEY = Buffer.from('510fb093a3cbeadc5993a17ec7adeb03', 'hex').swap32();

describe('reading eFuse', () => {
  it('gives the 32 bytes of BK7231N, the key first', async () => {
    const { device } = testDevice('bk7231n');
    const { payload, facts } = await device.read({ memory: 'efuse' });
    assert.ok(Buffer.isBuffer(payload));
    assert.equal(payload.length, 32);
    assert.ok(payload.subarray(0, 16).equals(KEY), payload.toString('hex'));
    assert.ok(payload.subarray(16).every((byte) => byte === 0));
    assert.equal(facts.length, 32);
    assert.match(facts.sha256 ?? '', /^[0-9a-f]{64}$/);
    await device.close();
  });

  it('gives a part of it', async () => {
    const { device } = testDevice('bk7231n');
    const { payload } = await device.read({ memory: 'efuse', offset: 4, length: 4 });
    assert.ok(Buffer.isBuffer(payload) && payload.equals(KEY.subarray(4, 8)));
    await device.close();
  });

  it('gives the four bytes that BK7238 has', async () => {
    const { device } = testDevice('bk7238');
    const { payload } = await device.read({ memory: 'efuse' });
    assert.ok(Buffer.isBuffer(payload) && payload.length === 4);
    await device.close();
  });

  it('is proved on a line that changes bytes', async () => {
    const { device } = testDevice('bk7231n?corrupt=0.02&seed=5');
    const { payload } = await device.read({ memory: 'efuse' });
    assert.ok(Buffer.isBuffer(payload) && payload.subarray(0, 16).equals(KEY));
    await device.close();
  });

  it('comes without anything being changed', async () => {
    const { device, chip } = testDevice('bk7231n');
    const before = Buffer.from(chip.flash);
    await device.read({ memory: 'efuse' });
    await device.read({ memory: 'rom' });
    assert.ok(chip.flash.equals(before));
    assert.equal(chip.counters.statusWrites, 0);
    await device.close();
  });
});

describe('reading the mask ROM', () => {
  it('gives the 16 KiB of BK7231N', async () => {
    const { device, chip } = testDevice('bk7231n');
    const { payload, facts } = await device.read({ memory: 'rom' });
    assert.ok(Buffer.isBuffer(payload) && payload.length === 0x4000);
    assert.ok(payload.equals(chip.others.rom));
    assert.equal(facts.bytesRead, 0x4000);
    await device.close();
  });

  it('gives a part of it, not only whole words', async () => {
    const { device } = testDevice('bk7231m');
    const all = (await device.read({ memory: 'rom', length: 64 })).payload as Buffer;
    const { payload } = await device.read({ memory: 'rom', offset: 0x11, length: 9 });
    assert.ok(Buffer.isBuffer(payload) && payload.equals(all.subarray(0x11, 0x1a)));
    await device.close();
  });

  const refused: [string, ReadOptions, ErrorCode, RegExp][] = [
    ['bk7231t', { memory: 'efuse' }, 'BK_BAD_SETTING', /serial line/],
    ['bk7236', { memory: 'efuse' }, 'BK_BAD_SETTING', /not known/],
    ['bk7231n', { memory: 'efuse', offset: 30, length: 4 }, 'BK_OUT_OF_RANGE', /32 bytes/],
    ['bk7231n', { memory: 'efuse', file: { folder: '/nonexistent' } }, 'BK_BAD_SETTING', /message/],
    ['bk7231t', { memory: 'rom' }, 'BK_BAD_SETTING', /serial line/],
    ['bk7238', { memory: 'rom' }, 'BK_BAD_SETTING', /not known/],
    ['bk7231n', { memory: 'rom', offset: 0x4000 }, 'BK_OUT_OF_RANGE', /16384/],
    ['bk7258', { memory: 'otp' }, 'BK_BAD_SETTING', /otp/],
  ];
  for (const [sim, options, code, says] of refused) {
    it(`refuses ${JSON.stringify(options)} on ${sim}`, async () => {
      const { device } = testDevice(sim);
      assert.match((await rejection(device.read(options), code)).message, says);
      await device.close();
    });
  }
});
