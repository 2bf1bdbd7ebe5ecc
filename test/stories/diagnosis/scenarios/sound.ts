import { KIB, reading, writing } from './jobs';
import { onChip, onWiredChip, type Scenario } from './scenario';

export const SOUND: readonly Scenario[] = [
  onChip('sound chip, sound line, write', [], (seed) => ({
    sim: 'bk7231n',
    job: writing(seed),
  })),
  onChip('sound basic chip, sound line, read', [], () => ({
    sim: 'bk7231t',
    job: reading(),
  })),
  // As over a network; and from 16 ms on, as some adapters have it.
  onWiredChip('sound chip, answers kept back for a while', [], (seed) => ({
    sim: 'bk7231n',
    spoiling: { lateMs: 16 + ((seed * 23) % 64) },
    job: writing(seed, 128 * KIB),
  })),
  onWiredChip('sound chip behind a network that is slow', [], (seed) => ({
    sim: 'bk7231n',
    spoiling: { lateMs: 160 + ((seed * 97) % 840) },
    job: writing(seed, 64 * KIB),
  })),
];
