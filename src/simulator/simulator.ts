import type { Clock } from '../clock';
import { resolveOptions } from './setup/resolve';
import type { SimulatorExtras, SimulatorOptions } from './setup/simulator-options';
import { SimulatedChip } from './simulated-chip';

export { type Counters, simulatorTally } from './counters';
export { PreciseClock } from './line/precise-clock';
export type { Timings } from './setup/chip-timing';
export {
  filesOfSimulator,
  parseSimulatorUrl,
  type SimulatorExtras,
  type SimulatorOptions,
  simulatorKey,
} from './setup/simulator-options';
export type { ChipHost, ChipLines, ChipMode, SimulatedChip } from './simulated-chip';

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
