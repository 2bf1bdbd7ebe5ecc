import { SECTOR } from '../chip/geometry';
import type { Random } from '../clock';
import { type Counters, newCounters, simulatorTally } from './counters';
import { initialContents } from './memory/contents';
import { FlashMemory } from './memory/flash-array';
import { memoryBlocks, type OtherMemories, otherMemories } from './memory/other-memories';
import { Registers } from './memory/registers';
import { StatusRegister } from './memory/status-register';
import { seeded } from './setup/prng';
import type { ResolvedOptions } from './setup/resolve';

/** What the commands of a chip work on. */
export interface Core {
  readonly options: ResolvedOptions;
  readonly counters: Counters;
  readonly memory: FlashMemory;
  readonly status: StatusRegister;
  readonly others: OtherMemories;
  readonly registers: Registers;
  readonly faults: Random;
  /** Basic chips: a checksum locks the flash until the next link check. */
  locked: boolean;
  /** Basic chips: the bootloader as it was before the first command that changed it; null while none did. */
  soundBootloader: Buffer | null;
}

export function newCore(options: ResolvedOptions): Core {
  const cells = initialContents(options);
  const counters = newCounters(options.size / SECTOR);
  const others = otherMemories(options);
  const blocks = memoryBlocks(options.facts, others, () => {
    counters.burns++;
    if (!options.untallied) simulatorTally.burns++;
  });
  return {
    options,
    counters,
    memory: new FlashMemory(cells, options.deadSector, seeded(options.seed, 'cells')),
    status: new StatusRegister(options.protect, options.srPunish),
    others,
    registers: new Registers(options.facts, blocks, options.registers),
    faults: seeded(options.seed, 'faults'),
    locked: false,
    soundBootloader: null,
  };
}

export function countBootloaderTouch(core: Core): void {
  core.counters.bootloaderTouches++;
  if (!core.options.untallied) simulatorTally.bootloaderTouches++;
}
