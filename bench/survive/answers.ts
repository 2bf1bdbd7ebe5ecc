import { noise } from '../../test/support/bench-device';
import { replayFault } from './replay-faults';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';
import { flashFault, outcomeOf, told, trial } from './trial';

const MIB = 1024 * 1024;
const OFFSET = 0x11000;
/** A third of the bad answers never come, a third are cut short, a third have bytes changed. */
const LOSE = 0.0033;
const CORRUPT = 0.0067;

/** One answer in a hundred does not arrive as it was sent. */
export const answers: Section = {
  name: 'answers',
  about: '1 % of answers changed, cut short or lost; 1 MiB written, then read',
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const table = [['chip', 'job', 'right', 'recoveries', 'virtual s']];
    const misses: string[] = [];
    for (const chip of ['bk7231n', 'bk7231t']) await oneChip(chip, seeds, table, misses);
    return { table, misses };
  },
};

async function oneChip(
  chip: string,
  seeds: number,
  table: string[][],
  misses: string[],
): Promise<void> {
  const jobs = {
    write: { good: 0, mended: [] as number[], seconds: [] as number[] },
    read: { good: 0, mended: [] as number[], seconds: [] as number[] },
  };
  for (let seed = 1; seed <= seeds; seed++) {
    const sim = `${chip}?corrupt=${CORRUPT}&lose=${LOSE}&seed=${seed}`;
    const own = trial(sim, {}, () => null);
    const image = noise(MIB, seed);
    const where = `${chip} seed ${seed}`;

    const written = await outcomeOf(own, (device, control) =>
      device.write({ image, offset: OFFSET }, control),
    );
    const fault = flashFault(own, image, OFFSET);
    if (written.error !== null) misses.push(`${where} write: ${told(written.error)}`);
    else if (fault !== null) misses.push(`${where} write: ${fault}`);
    else jobs.write.good++;
    jobs.write.seconds.push(written.ms / 1000);
    if (written.result) jobs.write.mended.push(written.result.facts.recoveries.length);

    const otherwise = await replayFault(own, seed, written);
    if (otherwise !== null) misses.push(`${where} write: ${otherwise}`);

    const flash = Buffer.from(own.chip.flash);
    const read = await outcomeOf(own, (device, control) =>
      device.read({ offset: OFFSET, length: MIB }, control),
    );
    const payload = read.result?.payload;
    const right = Buffer.isBuffer(payload) && payload.equals(flash.subarray(OFFSET, OFFSET + MIB));
    if (read.error !== null) misses.push(`${where} read: ${told(read.error)}`);
    else if (!right) misses.push(`${where} read: other bytes than flash holds`);
    else jobs.read.good++;
    jobs.read.seconds.push(read.ms / 1000);
    if (read.result) jobs.read.mended.push(read.result.facts.recoveries.length);
    const readOtherwise = await replayFault(own, seed, read);
    if (readOtherwise !== null) misses.push(`${where} read: ${readOtherwise}`);
    await own.device.close();
    if (own.clock.pending > 0) misses.push(`${where}: ${own.clock.pending} timers left`);
  }
  for (const [job, { good, mended, seconds }] of Object.entries(jobs)) {
    table.push([chip, job, `${good} of ${seeds}`, spread(mended, 0), spread(seconds)]);
  }
}
