import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { noise } from '../support/bench-device';
import { readAnswer, readRequest, tape } from '../support/records';

function words(...values: number[]): string {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, 4 * index);
  });
  return bytes.toString('hex');
}

const ask = (start: number, end: number): string => `01e0fc0910${words(start, end)}`;
const answer = (value: number): string => `040e0801e0fc10${words(value)}`;
const HIDDEN = ['040e0801e0fc10', { n: 4, of: 'checksum' }];

/** What is told of the answers to these questions. */
function told(...exchanges: [request: string, ...answers: string[]][]): unknown[] {
  const { exchange, wire } = tape();
  for (const [request, ...answers] of exchanges) exchange(request, ...answers);
  return wire().flatMap((line) => (line.kind === 'in' ? [line.bytes] : []));
}

describe('checksums in a record', () => {
  it('are told where both ends are far from those of others, counted either way', () => {
    for (const [start, end] of [
      [0, 0x100],
      [0x40000, 0x41000],
      [0x40000, 0x40fff],
      [0x11000, 0x11100],
    ] as const) {
      assert.deepEqual(told([ask(start, end), answer(0x12345678)]), [[answer(0x12345678)]]);
    }
  });

  it('are hidden where they would give a few bytes away, by themselves or beside others', () => {
    for (const [start, end] of [
      [0x40000, 0x40003],
      [0x40000, 0x4000f],
      [0x40000, 0x40ffb],
      [0x40004, 0x41000],
      [0x40000, 0x40000],
    ] as const) {
      assert.deepEqual(told([ask(start, end), answer(0x12345678)]), [HIDDEN]);
    }
  });

  it('are hidden where they can be late or second answers to such questions', () => {
    const odd = ask(0x40000, 0x40003);
    const even = ask(0x40000, 0x41000);
    assert.deepEqual(told([odd], [even, answer(1)], [even, answer(2)]), [HIDDEN, HIDDEN]);
    const check: [string, string] = ['01e0fc0100', '040e0501e0fc0100'];
    assert.deepEqual(told([odd], check, [even, answer(1)]), [[check[1]], [answer(1)]]);
    assert.deepEqual(told([odd, answer(1)], [even, answer(1), answer(2)]), [
      HIDDEN,
      HIDDEN,
      [answer(2)],
    ]);
  });

  it('that are hidden are right or wrong, where the bytes that they are of were read', () => {
    const sector = noise(4096, 3);
    const { exchange, wire } = tape();
    exchange(readRequest(0x11000), readAnswer(0x11000, sector));
    const right = crc32(sector.subarray(0x55, 0x55 + 33)) ^ 0xffffffff;
    exchange(ask(0x11055, 0x11055 + 32), answer(right));
    exchange(ask(0x11055, 0x11055 + 33), answer(right));
    exchange(ask(0x11055, 0x11055 + 34), answer(right));
    const [, ...ins] = wire().flatMap((line) => (line.kind === 'in' ? [line.bytes[1]] : []));
    const hidden = { n: 4, of: 'checksum' };
    assert.deepEqual(ins, [hidden, hidden, { ...hidden, wrong: true }]);
  });
});
