import assert from 'node:assert/strict';
import { durationText, parseSize, sizeText, speedText } from '../../src';

describe('sizes as people type them', () => {
  for (const [typed, bytes] of [
    ['0', 0],
    ['4096', 4096],
    [' 4096 ', 4096],
    ['0x11000', 0x11000],
    ['0X1F', 31],
    ['64K', 65_536],
    ['64k', 65_536],
    ['64 K', 65_536],
    ['2M', 2_097_152],
    [4096, 4096],
  ] as const) {
    it(`takes ${JSON.stringify(typed)} as ${bytes}`, () => assert.equal(parseSize(typed), bytes));
  }

  for (const wrong of [
    '',
    'auto',
    '-1',
    '1.5K',
    '4G',
    'K',
    '0x',
    '0x10K',
    '11000h',
    '1e3',
    '99999999999999999999',
    -1,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    true,
    null,
    undefined,
    {},
    [],
    [5],
  ]) {
    it(`refuses ${typeof wrong === 'number' ? wrong : JSON.stringify(wrong)}`, () =>
      assert.equal(parseSize(wrong), null));
  }
});

describe('quantities', () => {
  it('are short', () => {
    assert.deepEqual([5, 4096, 69_632, 1_150_000, 2_097_152].map(sizeText), [
      '5 B',
      '4 KiB',
      '68 KiB',
      '1.1 MiB',
      '2 MiB',
    ]);
    assert.deepEqual([900, 11_520, 1_234_567].map(speedText), ['900 B/s', '12 kB/s', '1.2 MB/s']);
    assert.deepEqual([420, 24_400, 119_000, 125_000].map(durationText), [
      '0.4 s',
      '24 s',
      '119 s',
      '2 min 5 s',
    ]);
  });
});
