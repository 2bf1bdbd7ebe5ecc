import assert from 'node:assert/strict';
import type { Phase } from '../../../src';
import { JobEstimate } from '../../../src/jobs/base/job-estimate';

/** `expect`: planned seconds. `spend`: planned seconds that are done, and what they took where that is another time. */
type Event =
  | readonly [does: 'expect', phase: Phase, seconds: number]
  | readonly [does: 'spend', phase: Phase, seconds: number, took?: number];

/** What happens in turn, and what is told after the last of it. */
const CASES: readonly [
  name: string,
  events: readonly Event[],
  percent: number,
  secondsLeft: number | null,
][] = [
  ['knows nothing without a plan', [], 0, null],
  ['has the plan for its time before anything is done', [['expect', 'read', 40]], 0, 40],
  [
    'weights phases by their seconds, not by their bytes',
    [
      ['expect', 'backup', 30],
      ['expect', 'compare', 2],
      ['expect', 'write', 8],
      ['spend', 'backup', 30],
    ],
    75,
    10,
  ],
  [
    'takes the pace of what is done for what is left',
    [
      ['expect', 'backup', 19],
      ['expect', 'write', 20],
      ['spend', 'backup', 19, 39],
    ],
    48,
    40,
  ],
  [
    'believes the plan where hardly anything is done',
    [
      ['expect', 'write', 100],
      ['spend', 'write', 0.01, 1.01],
    ],
    0,
    99.99 * (2.01 / 1.01),
  ],
  [
    'does not fall where the plan grows, and waits',
    [
      ['expect', 'compare', 5],
      ['expect', 'write', 5],
      ['spend', 'compare', 5],
      ['expect', 'write', 45],
      ['spend', 'write', 10],
    ],
    50,
    35,
  ],
  [
    'goes on once it has made up for that',
    [
      ['expect', 'compare', 5],
      ['expect', 'write', 5],
      ['spend', 'compare', 5],
      ['expect', 'write', 45],
      ['spend', 'write', 25],
    ],
    60,
    20,
  ],
  [
    'leaps where the plan shrinks',
    [
      ['expect', 'compare', 2],
      ['expect', 'write', 18],
      ['spend', 'compare', 2],
      ['expect', 'write', 2],
    ],
    50,
    2,
  ],
  [
    'is not over when all that was planned is done',
    [
      ['expect', 'write', 10],
      ['spend', 'write', 10],
    ],
    99,
    0,
  ],
  [
    'counts no more of a phase than it was planned to take',
    [
      ['expect', 'write', 10],
      ['expect', 'verify', 10],
      ['spend', 'write', 15, 10],
    ],
    50,
    10,
  ],
  [
    'counts nothing of a phase that nobody planned',
    [
      ['expect', 'write', 10],
      ['spend', 'verify', 5, 0],
    ],
    0,
    10,
  ],
];

describe('the estimate of a job', () => {
  for (const [name, events, percent, secondsLeft] of CASES) {
    it(name, () => {
      const estimate = new JobEstimate();
      let before = 0;
      for (const [does, phase, seconds, took = seconds] of events) {
        if (does === 'expect') estimate.expect(phase, seconds);
        else estimate.spend(phase, seconds, took);
        assert.ok(estimate.percent >= before, 'never falls');
        before = estimate.percent;
      }
      assert.equal(estimate.percent, percent);
      if (secondsLeft === null) assert.equal(estimate.secondsLeft, null);
      else assert.ok(Math.abs((estimate.secondsLeft as number) - secondsLeft) < 0.001);
    });
  }

  it('never falls, whatever the plan becomes', () => {
    let state = 7;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const phases = ['backup', 'compare', 'erase', 'write', 'verify'] as const;
    for (let run = 0; run < 200; run++) {
      const estimate = new JobEstimate();
      let before = 0;
      for (let step = 0; step < 100; step++) {
        const phase = phases[Math.floor(random() * phases.length)] as Phase;
        if (random() < 0.2) estimate.expect(phase, random() * 50);
        else estimate.spend(phase, random() * 5, random() * 10);
        const { percent } = estimate;
        assert.ok(Number.isInteger(percent) && percent >= before && percent <= 99);
        before = percent;
      }
    }
  });
});
