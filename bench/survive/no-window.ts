import { noise } from '../../test/support/bench-device';
import { replayFault } from './replay-faults';
import { type Outcome, type Section, type SurviveOptions, spread } from './section';
import { flashFault, outcomeOf, type Person, told, trial } from './trial';

const LENGTH = 0x80000;
const OFFSET = 0x11000;
const LINK_TIMEOUT = 15;
/** What the promise allows beyond the link time-out, ms. */
const GRACE_MS = 5000;

/**
 * A boot window so short that a chip which rebooted in a job is never caught in it: only a person's reset,
 * for which the job is waiting, can bring it back.
 */
const SIM = 'bk7231n?brownout=0.02&window=20&reset=none&app=silent';

export const noWindow: Section = {
  name: 'no-window',
  about: `512 KiB written through brown-outs that only a person's reset can mend (linkTimeout ${LINK_TIMEOUT} s)`,
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const misses: string[] = [];
    const helped = { good: 0, asked: [] as number[] };
    const alone = { good: 0, lostMs: [] as number[], sends: [] as number[] };
    for (let seed = 1; seed <= seeds; seed++) {
      if (await withPerson(seed, misses, helped)) helped.good++;
      if (await withoutPerson(seed, misses, alone)) alone.good++;
    }
    const table = [
      ['who', 'right', 'what', 'median / most'],
      [
        'a person resets when asked',
        `${helped.good} of ${seeds}`,
        'times asked',
        spread(helped.asked, 0),
      ],
      [
        'nobody after the link',
        `${alone.good} of ${seeds}`,
        's until BK_LINK_LOST',
        spread(alone.lostMs.map((ms) => ms / 1000)),
      ],
      ['', '', 'sends until done', spread(alone.sends, 0)],
    ];
    return { table, misses };
  },
};

async function withPerson(
  seed: number,
  misses: string[],
  figures: { asked: number[] },
): Promise<boolean> {
  const person: Person = (time) => 1000 + ((seed * 7919 + time * 104_729) % 9000);
  const own = trial(`${SIM}&seed=${seed}`, { reset: 'none', linkTimeout: LINK_TIMEOUT }, person);
  const image = noise(LENGTH, seed);
  const end = await outcomeOf(own, (device, control) =>
    device.write({ image, offset: OFFSET }, control),
  );
  const { error } = end;
  figures.asked.push(own.asked());
  let fault = error === null ? flashFault(own, image, OFFSET) : told(error);
  fault ??= await replayFault(own, seed, end);
  await own.device.close();
  if (fault !== null) misses.push(`seed ${seed}, with a person: ${fault}`);
  return fault === null;
}

/** The job is left alone after its first link, and the same message is sent again when it has failed. */
async function withoutPerson(
  seed: number,
  misses: string[],
  figures: { lostMs: number[]; sends: number[] },
): Promise<boolean> {
  let first = true;
  const person: Person = () => {
    const helps = first;
    first = false;
    return helps ? 1500 : null;
  };
  const own = trial(`${SIM}&seed=${seed}`, { reset: 'none', linkTimeout: LINK_TIMEOUT }, person);
  const image = noise(LENGTH, seed);
  let fault: string | null = null;
  for (let send = 1; ; send++) {
    const asked = own.asked();
    first = true;
    const end = await outcomeOf(own, (device, control) =>
      device.write({ image, offset: OFFSET }, control),
    );
    const { error } = end;
    fault = await replayFault(own, seed, end);
    if (fault !== null) break;
    if (error === null) {
      figures.sends.push(send);
      break;
    }
    const ms = own.clock.now() - own.watch.latestAt;
    if (error.code !== 'BK_LINK_LOST') fault = told(error);
    else if (ms > LINK_TIMEOUT * 1000 + GRACE_MS)
      fault = `gave up only ${Math.round(ms)} ms after the drop`;
    else if (own.asked() <= asked + 1) fault = 'failed without having asked for a person';
    else if (send === 60) fault = 'not done after 60 sends';
    figures.lostMs.push(ms);
    if (fault !== null) break;
  }
  fault ??= flashFault(own, image, OFFSET);
  await own.device.close();
  if (fault !== null) misses.push(`seed ${seed}, alone: ${fault}`);
  return fault === null;
}
