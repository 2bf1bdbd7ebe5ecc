import { randomFrom } from '../../../support/random';
import { lossy } from '../../../support/spoiled-transport';
import { KIB, reading, writing } from './jobs';
import { onWiredChip, type Scenario } from './scenario';

export const BAD_LINES: readonly Scenario[] = [
  onWiredChip('bytes lost on the way to the chip', ['toChip'], (seed) => ({
    sim: 'bk7231n',
    spoiling: { toChip: lossy(randomFrom(seed), { lose: 1e-4 }) },
    job: writing(seed),
  })),
  onWiredChip('bytes changed on the way to the chip', ['toChip'], (seed) => ({
    sim: 'bk7231n',
    spoiling: { toChip: lossy(randomFrom(seed), { change: 5e-5 }) },
    job: writing(seed),
  })),
  onWiredChip('bytes lost on the way to a basic chip', ['toChip'], (seed) => ({
    sim: 'bk7231t?app=silent',
    spoiling: { toChip: lossy(randomFrom(seed), { lose: 1e-4 }) },
    job: writing(seed),
  })),
  onWiredChip('bytes lost and changed on the way back, reading', ['fromChip'], (seed) => ({
    sim: 'bk7231n',
    spoiling: { fromChip: lossy(randomFrom(seed), { lose: 3e-5, change: 3e-5 }) },
    job: reading(),
  })),
  // A job that dies at its first write has seen too little to tell the direction.
  onWiredChip('answers lost on the way back, writing', ['fromChip', 'line'], (seed) => ({
    sim: 'bk7231n?lose=0.12',
    job: writing(seed),
  })),
  onWiredChip('bytes lost both ways', ['line'], (seed) => {
    const spoil = lossy(randomFrom(seed), { lose: 3e-5, change: 4e-5 });
    return {
      sim: 'bk7231n',
      settings: { baud: 921_600 },
      spoiling: { toChip: spoil, fromChip: spoil },
      job: async (...given) => {
        await reading(128 * KIB)(...given);
        await writing(seed, 256 * KIB)(...given);
      },
    };
  }),
];
