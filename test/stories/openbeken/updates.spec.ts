import assert from 'node:assert/strict';
import { closeWebBenches } from '../../support/openbeken-bench';
import { TROUBLES, updateWith } from '../../support/openbeken-updates';

const ALL = 50;

describe('updates over the network', () => {
  const names = Object.keys(TROUBLES);
  afterEach(closeWebBenches);

  names.forEach((name, index) => {
    const count = Math.ceil((ALL - index) / names.length);
    it(`end right ${count} times of ${count} where ${name}`, async () => {
      for (let round = 0; round < count; round++) {
        const seed = 1 + index + round * names.length;
        const { error, installed, isAsBefore } = await updateWith(name, seed);
        assert.equal(error, null, `seed ${seed}: ${error?.code} ${error?.message}`);
        assert.deepEqual(installed, [`1.18.${200 + seed}`], `seed ${seed}`);
        assert.ok(isAsBefore, `seed ${seed}`);
      }
    }).timeout(60_000);
  });
});
