import { findings } from '../../src/diagnosis/diagnose';
import { SCENARIOS, type Scenario } from '../../test/stories/diagnosis/scenarios';
import type { Outcome, Section, SurviveOptions } from './section';

const SEEDS = 20;
/** From here on a cause is told as if it were known; being wrong then is worse than being silent. */
const CONFIDENT = 0.7;
/** A sound chip may be told nothing that is likelier than this. */
const NOTHING = 0.3;
/** Share of seeds that must be told right. */
const RIGHT = 0.95;

/** For each fault whether it is named first, how surely, and whether anything else was named surely. */
export const diagnosis: Section = {
  name: 'diagnosis',
  about: 'a job with a known fault; which cause is named first',
  run: async ({ seeds }: SurviveOptions): Promise<Outcome> => {
    const table = [['fault', 'cause', 'right first', 'confidence', 'confident wrong']];
    const misses: string[] = [];
    const tries = Math.min(seeds, SEEDS);
    for (const scenario of SCENARIOS) {
      const { right, confidence, wrong, told } = await judge(scenario, tries);
      table.push([
        scenario.name,
        scenario.expected.join(' or ') || '(none)',
        `${Math.round((100 * right) / tries)} %`,
        confidence.toFixed(2),
        String(wrong),
      ]);
      const list = [...told].map(([cause, count]) => `${cause} ${count}`).join(', ');
      if (right < RIGHT * tries) misses.push(`${scenario.name}: told ${list}`);
      if (wrong > 0) misses.push(`${scenario.name}: ${wrong} confident and wrong, told ${list}`);
    }
    return { table, misses };
  },
};

async function judge({ expected, run }: Scenario, tries: number) {
  let right = 0;
  let wrong = 0;
  let sure = 0;
  const told = new Map<string, number>();
  for (let seed = 1; seed <= tries; seed++) {
    const causes = findings((await run(seed)).evidence);
    const first = causes.find(
      ({ confidence }) => confidence > (expected.length === 0 ? NOTHING : 0),
    );
    const name = first?.id ?? 'nothing';
    told.set(name, (told.get(name) ?? 0) + 1);
    const hit = first === undefined ? expected.length === 0 : expected.includes(first.id);
    if (hit) right++;
    sure += first?.confidence ?? 0;
    if (causes.some(({ id, confidence }) => confidence > CONFIDENT && !expected.includes(id)))
      wrong++;
  }
  return { right, wrong, told, confidence: sure / tries };
}
