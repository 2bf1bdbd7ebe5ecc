import assert from 'node:assert/strict';
import { RegisterCleaner, type RegisterEvent } from '../../src/trace/clean-registers';
import { MadeUp } from '../../src/trace/made-up';

const [CONTROL, RESULT] = [0x800074, 0x800078];
const TUYA = Buffer.from('510fb093a3cbeadc5993a17ec7adeb03', 'hex').swap32();
const OWN = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

/** Reads of the bytes of eFuse, from the first on. */
function readsOf(bytes: Uint8Array): RegisterEvent[] {
  return [...bytes].flatMap((byte, index): RegisterEvent[] => [
    { kind: 'request', address: CONTROL, value: (index << 8) | 1 },
    { kind: 'answer', address: RESULT, value: 0x100 | byte },
  ]);
}

/** What is told of them. */
function told(events: readonly RegisterEvent[], madeUp = new MadeUp(Buffer.alloc(16, 1))): Buffer {
  const cleaner = new RegisterCleaner(madeUp, events);
  const bytes = events.flatMap(({ kind, address, value }) => {
    if (kind === 'answer') return [cleaner.answer(address, value)];
    cleaner.request(address, value);
    return [];
  });
  for (const value of bytes) assert.equal(value & ~0xff, 0x100);
  return Buffer.from(bytes);
}

describe('registers in a record', () => {
  it('tell a key that everybody knows, and one of zeros', () => {
    assert.deepEqual(told(readsOf(TUYA)), TUYA);
    assert.deepEqual(told(readsOf(Buffer.alloc(16))), Buffer.alloc(16));
  });

  it('tell other keys as made-up ones: the same for the same key', () => {
    const once = told(readsOf(OWN));
    assert.ok([...once].filter((byte, index) => byte === OWN[index]).length <= 2);
    assert.deepEqual(told([...readsOf(OWN), ...readsOf(OWN)]), Buffer.concat([once, once]));
    const other = Buffer.from(OWN);
    other[3] = 0x34;
    const changed = told(readsOf(other));
    assert.deepEqual(
      [...changed].flatMap((byte, index) => (byte === once[index] ? [] : [index])),
      [3],
    );
  });

  it('tell others in other records', () => {
    const salted = told(readsOf(OWN), new MadeUp(Buffer.alloc(16, 2)));
    assert.notDeepEqual(salted, told(readsOf(OWN)));
  });

  it('tell no byte of a known key where not all of it was read, or where not all of it is that', () => {
    const almost = Buffer.from(TUYA);
    almost[15] = 0;
    // The engine asks for four bytes of it: these are Tuya's, and no secret.
    assert.deepEqual(told(readsOf(TUYA.subarray(0, 4))), TUYA.subarray(0, 4));
    assert.notDeepEqual(told(readsOf(TUYA.subarray(0, 3))), TUYA.subarray(0, 3));
    assert.notDeepEqual(told(readsOf(almost)), almost);
    assert.notDeepEqual(told(readsOf(TUYA).slice(2)), TUYA.subarray(1));
  });

  it('tell bytes of tries that broke off where the key proves to be a known one', () => {
    const brokenOff = readsOf(TUYA.subarray(0, 2));
    const bytes = Buffer.concat([TUYA.subarray(0, 2), TUYA.subarray(0, 4)]);
    assert.deepEqual(told([...brokenOff, ...readsOf(TUYA.subarray(0, 4))]), bytes);
    assert.notDeepEqual(told(brokenOff), TUYA.subarray(0, 2));
  });

  it('tell a known key of which an answer came twice', () => {
    const reads = readsOf(TUYA);
    const twice = [...reads.slice(0, 8), reads[7] as RegisterEvent, ...reads.slice(8)];
    assert.deepEqual(told(twice), Buffer.concat([TUYA.subarray(0, 4), TUYA.subarray(3)]));
  });

  it('tell chip ids and the system as they are, other memories as made up, and what is blank anywhere', () => {
    const cleaner = new RegisterCleaner(new MadeUp());
    assert.equal(cleaner.answer(0x800000, 0x7231c), 0x7231c);
    assert.equal(cleaner.answer(0x54010030, 0x12345678), 0x12345678);
    assert.equal(cleaner.answer(0x5b100400, 0), 0);
    assert.equal(cleaner.answer(0x5b100400, 0xffffffff), 0xffffffff);
    const otp = cleaner.answer(0x5b100404, 0x12345678);
    assert.notEqual(otp, 0x12345678);
    assert.equal(cleaner.answer(0x5b100404, 0x12345678), otp);
    assert.notEqual(cleaner.answer(0x5b100408, 0x12345678), otp);
  });
});
