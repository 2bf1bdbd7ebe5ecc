import assert from 'node:assert/strict';
import { LiveMap } from '../../../../../nodes/flasher/editor/base/live-map';

const REGIONS = [
  { name: 'region.all', offset: 0, length: 0x10000 },
  { name: 'region.app', offset: 0x2000, length: 0x4000 },
];

/** 16 sectors, all not looked at, at revision 5. */
function mapOf(): LiveMap {
  const map = new LiveMap();
  map.replace({ size: 0x10000, sectors: '.'.repeat(16), regions: REGIONS, revision: 5 });
  return map;
}

function lettersOf(map: LiveMap): string {
  return Array.from({ length: map.count }, (_, sector) => map.at(sector)).join('');
}

describe('the live map', () => {
  it('takes runs, and tells which cells are to be drawn', () => {
    const map = mapOf();
    const dirty = map.apply({
      revision: 6,
      runs: [
        [2, 3, 'w'],
        [4, 1, 'x'],
      ],
    });
    assert.deepEqual(dirty, [
      [2, 3],
      [4, 1],
    ]);
    assert.equal(lettersOf(map), '..wwx...........');
  });

  it('wants all of it anew where a change was missed', () => {
    const map = mapOf();
    assert.equal(map.apply({ revision: 7, runs: [[0, 1, 'w']] }), null);
    assert.equal(lettersOf(map), '.'.repeat(16));
    assert.notEqual(map.apply({ revision: 6, runs: [] }), null);
  });

  it('begins anew for another chip, whatever it had', () => {
    const map = mapOf();
    const fresh = { size: 0x5000, regions: [] };
    assert.equal(map.apply({ revision: 99, runs: [[4, 9, 'r']], fresh }), 'all');
    assert.equal(lettersOf(map), '....r');
    assert.deepEqual(map.apply({ revision: 100, runs: [[0, 1, 'e']] }), [[0, 1]]);
  });

  it('names the smallest region that a sector lies in', () => {
    const map = mapOf();
    assert.equal(map.regionOf(1)?.name, 'region.all');
    assert.equal(map.regionOf(2)?.name, 'region.app');
    assert.equal(map.regionOf(5)?.name, 'region.app');
    assert.equal(map.regionOf(6)?.name, 'region.all');
    assert.equal(map.regionOf(16), null);
  });

  it('counts the states of a stretch', () => {
    const map = mapOf();
    map.apply({ revision: 6, runs: [[2, 3, 'v']] });
    assert.deepEqual(
      [...map.counts(0x2000, 0x4000)],
      [
        ['v', 3],
        ['.', 1],
      ],
    );
    assert.equal(map.counts().get('.'), 13);
  });
});
