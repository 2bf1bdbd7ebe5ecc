import type { Clock } from '../clock';
import { SimulatedChip } from './chip';
import type { SimulatorExtras, SimulatorOptions } from './options';
import { resolveOptions } from './resolve';

export type { ChipHost, ChipLines, ChipMode, SimulatedChip } from './chip';
export { type Counters, simulatorTally } from './counters';
export {
  OPTION_RULES,
  parseSimulatorUrl,
  readOptions,
  type SimulatorExtras,
  type SimulatorOptions,
  simulatorKey,
} from './options';
export { PreciseClock } from './precise-clock';
export type { Timings } from './timing';

/**
 * Makes a chip that was powered up long ago and runs its application.
 * @throws BkError BK_BAD_SETTING (an option), BK_STORAGE (the file of the option `flash`)
 */
export function createSimulatedChip(
  options: SimulatorOptions & SimulatorExtras,
  clock: Clock,
): SimulatedChip {
  return new SimulatedChip(resolveOptions(options), clock);
}
