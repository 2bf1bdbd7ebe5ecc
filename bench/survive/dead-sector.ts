import { SECTOR } from '../../src/chip/geometry';
import { noise } from '../../test/support/bench-device';
import { replayFault } from './replay-faults';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';
import { outcomeOf, told, trial } from './trial';

const LENGTH = 0x80000;
const OFFSET = 0x11000;
const ERASES_AT_MOST = 5;

/** A sector that never takes its data: everything else must be in place all the same. */
export const deadSector: Section = {
  name: 'dead-sector',
  about: '512 KiB written over a sector that takes no data',
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const misses: string[] = [];
    const erases: number[] = [];
    let good = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const address = OFFSET + ((seed * 37) % (LENGTH / SECTOR)) * SECTOR;
      const chip = seed % 2 === 0 ? 'bk7231t' : 'bk7231n';
      const own = trial(
        `${chip}?deadSector=0x${address.toString(16)}&seed=${seed}`,
        {},
        () => null,
      );
      const image = noise(LENGTH, seed);
      const end = await outcomeOf(own, (device, control) =>
        device.write({ image, offset: OFFSET }, control),
      );
      const { error } = end;
      const count = own.chip.counters.erases[address / SECTOR] as number;
      erases.push(count);
      const held = Buffer.from(own.chip.flash.subarray(OFFSET, OFFSET + LENGTH));
      held.set(image.subarray(address - OFFSET, address - OFFSET + SECTOR), address - OFFSET);
      let fault: string | null = null;
      if (error?.code !== 'BK_BAD_SECTOR') fault = error === null ? 'no error' : told(error);
      else if (error.cause.address !== address) fault = `names address ${error.cause.address}`;
      else if (count > ERASES_AT_MOST) fault = `erased ${count} times`;
      else if (!held.equals(image)) fault = 'other sectors are wrong';
      fault ??= await replayFault(own, seed, end);
      await own.device.close();
      if (fault === null) good++;
      else misses.push(`${chip} seed ${seed}, sector 0x${address.toString(16)}: ${fault}`);
    }
    const table = [
      ['right', 'erases at it'],
      [`${good} of ${seeds}`, spread(erases, 0)],
    ];
    return { table, misses };
  },
};
