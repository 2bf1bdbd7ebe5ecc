import { reading, writing } from './jobs';
import { onChip, type Scenario } from './scenario';

export const SOUND: readonly Scenario[] = [
  onChip('sound chip, sound line, write', [], (seed) => ({
    sim: 'bk7231n',
    job: writing(seed),
  })),
  onChip('sound basic chip, sound line, read', [], () => ({
    sim: 'bk7231t',
    job: reading(),
  })),
];
