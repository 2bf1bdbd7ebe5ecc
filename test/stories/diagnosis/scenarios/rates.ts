import { randomFrom } from '../../../support/random';
import { lossy } from '../../../support/spoiled-transport';
import { KIB, reading, writing } from './jobs';
import { onWiredChip, type Scenario } from './scenario';

export const TOO_FAST: readonly Scenario[] = [
  onWiredChip('errors above 500000 baud, in the job', ['baud'], (seed) => {
    const spoil = lossy(randomFrom(seed), { change: 6e-5, above: 500_000 });
    return {
      sim: 'bk7231n',
      settings: { baud: 921_600 },
      spoiling: { toChip: spoil, fromChip: spoil },
      job: reading(512 * KIB),
    };
  }),
  onWiredChip('errors above 500000 baud, while it writes', ['baud'], (seed) => {
    const spoil = lossy(randomFrom(seed), { change: 6e-5, above: 500_000 });
    return {
      sim: 'bk7231n',
      settings: { baud: 921_600 },
      spoiling: { toChip: spoil, fromChip: spoil },
      job: writing(seed, 1024 * KIB),
    };
  }),
  onWiredChip('adapter that carries nothing above 300000 baud', ['baud'], () => ({
    sim: 'bk7231n?baudLimit=300000',
    settings: { baud: 921_600 },
    job: reading(64 * KIB),
  })),
];

export const TOO_LATE: readonly Scenario[] = [
  onWiredChip('answers that come too late', ['hostTimeout'], (seed) => ({
    sim: 'bk7231n',
    settings: { baud: 115_200 },
    // Beyond what is reckoned with.
    spoiling: { lateMs: 5000 + ((seed * 97) % 900) },
    job: writing(seed, 64 * KIB),
  })),
];
