import assert from 'node:assert/strict';
import { SECTOR } from '../../../src/chip/geometry';
import { KnownSectors } from '../../../src/session/memory/known-sectors';

describe('what the chip has confirmed of its flash', () => {
  const known = () => {
    const sectors = new KnownSectors();
    for (const address of [0x11000, 0x12000, 0x13000]) sectors.note(address, address);
    return sectors;
  };

  it('covers a range where all of its sectors are known', () => {
    const sectors = known();
    assert.ok(sectors.covers({ offset: 0x11000, length: 3 * SECTOR }));
    assert.ok(!sectors.covers({ offset: 0x10000, length: 2 * SECTOR }));
    assert.ok(!sectors.covers({ offset: 0x13000, length: 2 * SECTOR }));
    assert.equal(sectors.crcAt(0x12000), 0x12000);
  });

  it('is forgotten of every sector that a change touches, if only by a byte', () => {
    const sectors = known();
    sectors.forget({ offset: 0x11fff, length: 2 });
    assert.equal(sectors.crcAt(0x11000), undefined);
    assert.equal(sectors.crcAt(0x12000), undefined);
    assert.equal(sectors.crcAt(0x13000), 0x13000);
  });

  it('is forgotten altogether when the firmware may have run', () => {
    const sectors = known();
    sectors.clear();
    assert.equal(sectors.crcAt(0x11000), undefined);
  });
});
