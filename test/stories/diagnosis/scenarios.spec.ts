import assert from 'node:assert/strict';
import { findings } from '../../support/findings';
import { SCENARIOS } from './scenarios';

/** `npm run survive` runs twenty seeds of each. */
const SEED = 3;

describe('the diagnosis of jobs with a fault', function () {
  this.timeout(60_000);
  for (const { name, expected, run } of SCENARIOS) {
    it(`${name}: ${expected.join(' or ') || 'nothing'}`, async () => {
      const found = findings((await run(SEED)).evidence);
      const sure = found.filter(({ confidence }) => confidence > 0.7);
      assert.ok(
        sure.every(({ id }) => expected.includes(id)),
        `sure of ${sure.map(({ id }) => id).join()}`,
      );
      const first = found.find(({ confidence }) => expected.length > 0 || confidence > 0.3);
      if (expected.length === 0) assert.equal(first, undefined);
      else assert.ok(first && expected.includes(first.id), `told ${first?.id}`);
    });
  }
});
