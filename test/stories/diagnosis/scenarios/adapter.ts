import type { World } from '../rig';
import { writing } from './jobs';
import { onWiredChip, type Scenario } from './scenario';

export const ADAPTER_GONE: readonly Scenario[] = [
  onWiredChip('adapter unplugged for good', ['adapter'], (seed) => ({
    sim: 'bk7231n',
    meanwhile: (world) => unplug(world, seed),
    job: writing(seed),
  })),
  onWiredChip('adapter that restarts', ['adapter'], (seed) => ({
    sim: 'bk7231n',
    comesBack: true,
    meanwhile: (world) => unplug(world, seed),
    job: writing(seed),
  })),
];

function unplug({ clock, line }: World, seed: number): void {
  clock.setTimeout(() => void line().vanish('unplugged'), 1200 + 100 * (seed % 20));
}
