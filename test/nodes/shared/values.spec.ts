import assert from 'node:assert/strict';
import { parseSize } from '../../../nodes/shared/values';

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
