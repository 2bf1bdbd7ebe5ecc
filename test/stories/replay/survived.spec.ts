import assert from 'node:assert/strict';
import { answers } from '../../../bench/survive/answers';
import { brownouts } from '../../../bench/survive/brownouts';
import { deadSector } from '../../../bench/survive/dead-sector';
import { replayFaults } from '../../../bench/survive/diagnosis';
import { noWindow } from '../../../bench/survive/no-window';
import { SCENARIOS } from '../diagnosis/scenarios';

/** `npm run survive` takes more. */
const SEEDS = { seeds: 1, fuzz: 1, kills: 1, seed: 1 };
const SEED = 4;

describe('the record of what a job lived through', function () {
  this.timeout(120_000);
  for (const section of [brownouts, answers, noWindow, deadSector]) {
    it(`replays to the same end: ${section.about}`, async () => {
      assert.deepEqual((await section.run(SEEDS)).misses, []);
    });
  }

  for (const scenario of SCENARIOS) {
    it(`replays to the same end: ${scenario.name}`, async () => {
      const seen = await scenario.run(SEED);
      assert.deepEqual(await replayFaults(scenario, SEED, seen), []);
    });
  }
});
