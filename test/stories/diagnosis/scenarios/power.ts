import type { World } from '../rig';
import { KIB, reading, writing } from './jobs';
import { onChip, onWiredChip, type Scenario } from './scenario';

export const WEAK_SUPPLY: readonly Scenario[] = [
  onWiredChip('weak supply, caught in the boot window', ['power'], (seed) => ({
    sim: 'bk7231n?brownout=0.08&window=300&app=silent',
    job: writing(seed),
  })),
  onWiredChip('weak supply, reset by RTS', ['power'], (seed) => ({
    sim: 'bk7231n?brownout=0.08&window=20&app=silent',
    job: writing(seed),
  })),
  onWiredChip('weak supply, basic chip', ['power'], (seed) => ({
    sim: 'bk7231t?brownout=0.08&window=300&app=silent',
    job: writing(seed),
  })),
  onWiredChip('weak supply at 115200 baud', ['power'], (seed) => ({
    sim: 'bk7231n?brownout=0.08&window=300&app=silent',
    settings: { baud: 115_200 },
    job: writing(seed),
  })),
  onChip('weak supply, never back', ['power'], (seed) => ({
    sim: 'bk7231n?brownout=0.1&window=20&reset=none&app=silent',
    settings: { reset: 'none', linkTimeout: 5 },
    meanwhile: ({ clock, chip }) => clock.setTimeout(() => chip.powerCycle(), 900),
    job: writing(seed),
  })),
];

export const INTERRUPTED: readonly Scenario[] = [
  onWiredChip('reset by hand while it reads', ['interrupted'], (seed) => ({
    sim: 'bk7231n?window=300&app=silent',
    settings: { baud: 460_800 },
    meanwhile: (world) => resets(world, 1 + (seed % 3), seed),
    job: reading(512 * KIB),
  })),
];

function resets({ clock, chip }: World, count: number, seed: number): void {
  for (let index = 0; index < count; index++) {
    clock.setTimeout(() => chip.reset(), 3000 + 2500 * index + ((seed * 331) % 1500));
  }
}
