import assert from 'node:assert/strict';
import { cornerOf, geometryOf, sectorAt } from '../../../../../nodes/flasher/editor/map/geometry';

const MIB = 1024 * 1024;

describe('the geometry of the map', () => {
  for (const room of [160, 280, 430, 780]) {
    for (const size of [MIB, 2 * MIB, 4 * MIB, 8 * MIB]) {
      it(`finds each sector of ${size / MIB} MiB again where it is drawn, in ${room} pixels`, () => {
        const geometry = geometryOf(size, room);
        const sectors = size / 4096;
        for (const sector of [0, 1, 15, 16, sectors / 2, sectors - 1]) {
          const [x, y] = cornerOf(geometry, sector);
          assert.equal(sectorAt(geometry, x + 1, y + 1), sector);
          const { cellWidth, cellHeight } = geometry;
          assert.equal(sectorAt(geometry, x + cellWidth - 1, y + cellHeight - 1), sector);
        }
      });
    }
  }

  it('fits into what the narrowest tab has', () => {
    assert.ok(geometryOf(2 * MIB, 158).width <= 158);
  });

  it('has no sector beside the cells', () => {
    const geometry = geometryOf(2 * MIB, 300);
    assert.equal(sectorAt(geometry, 3, 10), null);
    assert.equal(sectorAt(geometry, geometry.width + 3, 10), null);
    assert.equal(sectorAt(geometry, geometry.left + 3, geometry.height + 9), null);
  });

  it('names the regions beside the map only where there is room', () => {
    assert.equal(geometryOf(2 * MIB, 300).names, null);
    const wide = geometryOf(2 * MIB, 700);
    assert.ok(wide.names !== null && wide.names > wide.left + 16 * wide.cellWidth);
  });
});
