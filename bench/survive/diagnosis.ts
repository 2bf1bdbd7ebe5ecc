import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findings } from '../../src/diagnosis/diagnose';
import type { Seen } from '../../test/stories/diagnosis/rig';
import { SCENARIOS, type Scenario } from '../../test/stories/diagnosis/scenarios';
import type { Outcome, Section, SurviveOptions } from './section';

const SEEDS = 20;
/** Of so many of them the records are played again. */
const REPLAYED = 5;
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
      const { right, confidence, wrong, told, otherwise } = await judge(scenario, tries);
      table.push([
        scenario.name,
        scenario.expected.join(' or ') || '(none)',
        `${Math.round((100 * right) / tries)} %`,
        confidence.toFixed(2),
        String(wrong),
      ]);
      const list = [...told].map(([cause, count]) => `${cause} ${count}`).join(', ');
      if (right < RIGHT * tries) misses.push(`${scenario.name}: told ${list}`);
      misses.push(...otherwise);
      if (wrong > 0) misses.push(`${scenario.name}: ${wrong} confident and wrong, told ${list}`);
    }
    return { table, misses };
  },
};

async function judge(scenario: Scenario, tries: number) {
  const { expected, run } = scenario;
  const otherwise: string[] = [];
  let right = 0;
  let wrong = 0;
  let sure = 0;
  const told = new Map<string, number>();
  for (let seed = 1; seed <= tries; seed++) {
    const seen = await run(seed);
    const causes = findings(seen.evidence);
    if (seed <= REPLAYED) otherwise.push(...(await replayFaults(scenario, seed, seen)));
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
  return { right, wrong, told, confidence: sure / tries, otherwise };
}

/** In what the same job ends otherwise against its record; nothing where it ends alike. */
export async function replayFaults(
  { name, runAgain }: Scenario,
  seed: number,
  seen: Seen,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-survive-'));
  const file = join(folder, 'record.jsonl');
  try {
    writeFileSync(file, seen.record.text());
    const [was, is] = [endOf(seen), endOf(await runAgain(seed, file))];
    return was === is ? [] : [`${name}, seed ${seed}: played again "${is}" instead of "${was}"`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function endOf({ error, evidence }: Seen): string {
  const causes = findings(evidence).map(({ id, confidence }) => `${id} ${confidence.toFixed(2)}`);
  const end = error === null ? 'done' : `${error.code} at ${error.cause.address}`;
  return [end, ...causes].join(', ');
}
