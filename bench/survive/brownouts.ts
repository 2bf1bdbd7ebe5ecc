import { noise } from '../../test/support/bench-device';
import { replayFault } from './replay-faults';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';
import { flashFault, once, outcomeOf, told, trial, wornSectors } from './trial';

const MIB = 1024 * 1024;
const OFFSET = 0x11000;
const CHANCE = 0.02;

/** A supply that gives way at one erase or program in fifty; nobody there after the first link. */
export const brownouts: Section = {
  name: 'brownouts',
  about: `1 MiB written, ${CHANCE * 100} % chance of a brown-out at every erase and program, boot window 300 ms, no reset wire`,
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const table = [['chip', 'ended verified', 'brown-outs', 'recoveries', 'virtual s', 'worn']];
    const misses: string[] = [];
    for (const chip of ['bk7231n', 'bk7231t']) {
      // A basic chip without a sound bootloader is no chip; it has one, so that it listens like the others.
      await oneChip(chip, seeds, table, misses);
    }
    return { table, misses };
  },
};

async function oneChip(
  chip: string,
  seeds: number,
  table: string[][],
  misses: string[],
): Promise<void> {
  let good = 0;
  let worn = 0;
  const drops: number[] = [];
  const mended: number[] = [];
  const seconds: number[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const sim = `${chip}?brownout=${CHANCE}&window=300&reset=none&app=silent&seed=${seed}`;
    const own = trial(sim, { reset: 'none', linkTimeout: 20 }, once);
    const image = noise(MIB, seed);
    const end = await outcomeOf(own, (device, control) =>
      device.write({ image, offset: OFFSET }, control),
    );
    const { result, error, ms } = end;
    drops.push(own.chip.counters.brownouts);
    seconds.push(ms / 1000);
    const where = `${chip} seed ${seed}`;
    const before = misses.length;
    if (error !== null) misses.push(`${where}: ${told(error)}`);
    else if (result?.payload.verified !== true) misses.push(`${where}: not verified`);
    if (result !== null) mended.push(result.facts.recoveries.length);
    const fault = flashFault(own, image, OFFSET);
    if (fault !== null && error === null) misses.push(`${where}: ${fault}`);
    const sectors = wornSectors(own);
    if (sectors.length > 0) {
      worn++;
      misses.push(`${where}: ${sectors.slice(0, 3).join('; ')} (${sectors.length} sectors)`);
    }
    if (own.chip.counters.bootloaderTouches > 0) misses.push(`${where}: bootloader touched`);
    const otherwise = await replayFault(own, seed, end);
    if (otherwise !== null) misses.push(`${where}: ${otherwise}`);
    await own.device.close();
    if (own.clock.pending > 0) misses.push(`${where}: ${own.clock.pending} timers left`);
    if (misses.length === before) good++;
  }
  table.push([
    chip,
    `${good} of ${seeds}`,
    spread(drops, 0),
    spread(mended, 0),
    spread(seconds),
    String(worn),
  ]);
}
