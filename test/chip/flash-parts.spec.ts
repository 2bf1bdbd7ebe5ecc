import assert from 'node:assert/strict';
import { flashPart } from '../../src/chip/flash-parts';
import { FLASH_ROWS } from '../../src/chip/flash-table';

describe('flash parts', () => {
  it('knows the parts of the modules', () => {
    assert.deepEqual(flashPart('EB6015'), {
      id: 'eb6015',
      name: 'TH25Q16HB',
      size: 0x200000,
      statusBytes: 2,
      statusRead: [0x05, 0x35],
      statusWrite: 2,
      protectMask: 0x407c,
      known: true,
    });
    assert.equal(flashPart('c84016').size, 0x400000);
    assert.equal(flashPart('0b4018').statusBytes, 3);
  });

  it('reads the configuration register of Macronix parts in place of a second status byte', () => {
    assert.deepEqual(flashPart('c22315').statusRead, [0x05, 0x15]);
    assert.equal(flashPart('c22315').protectMask, 0x103c);
  });

  it('masks no bit that a part does not have', () => {
    for (const [id] of FLASH_ROWS) {
      const { protectMask, statusBytes, statusRead, statusWrite } = flashPart(id);
      assert.equal(statusRead.length, statusBytes, id);
      assert.equal(statusWrite, Math.min(statusBytes, 2), id);
      assert.equal(protectMask >>> (8 * statusWrite), 0, id);
    }
  });

  it('has every id once', () => {
    const ids = FLASH_ROWS.map(([id]) => id);
    assert.equal(ids.length, 86);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[0-9a-f]{6}$/);
  });

  it('takes an unknown part for a usual one of the size that it tells', () => {
    const part = flashPart('abcd17');
    assert.equal(part.known, false);
    assert.equal(part.name, null);
    assert.equal(part.size, 0x800000);
    assert.equal(part.protectMask, 0x407c);
    assert.deepEqual(part.statusRead, [0x05, 0x35]);
  });

  it('knows the flash that is built in, whose id tells no size', () => {
    assert.equal(flashPart('014b42').size, 0x80000);
    assert.equal(flashPart('014b42').protectMask, 0);
  });
});
