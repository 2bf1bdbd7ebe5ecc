import type { Likely } from '../errors';
import { distinct, type Note, say } from '../texts/note';
import type { Evidence } from './evidence/evidence';
import { failures, sum } from './evidence/facts';
import { type Finding, finding, type Rule } from './rules/finding';
import { FLASH_RULES } from './rules/flash-rules';
import { IDENTITY_RULES } from './rules/identity-rules';
import { LINE_RULES } from './rules/line-rules';
import { POWER_RULES } from './rules/power-rules';
import { RATE_RULES } from './rules/rate-rules';
import { WIRING_RULES } from './rules/wiring-rules';

export interface Diagnosis {
  likely: (Likely & { cause: Note; evidence: Note })[];
  advice: Note[];
}

/** Of causes that are equally likely the earlier one is told first. */
const RULES: readonly Rule[] = [
  ...IDENTITY_RULES,
  ...WIRING_RULES,
  ...POWER_RULES,
  ...LINE_RULES,
  ...RATE_RULES,
  ...FLASH_RULES,
];

/** Below it a cause is not worth a person's time. */
const WORTH_TELLING = 0.2;
/** Where nothing is likelier than this, that is said as well. */
const LIKELY = 0.3;
/** Two causes that both seem sure cannot both be. */
const RIVAL = 0.6;
const HELD_BACK = 0.65;

/** Every cause that something speaks for, most likely first. */
export function findings(evidence: Evidence): Finding[] {
  const found = RULES.flatMap((rule) => rule(evidence) ?? []).filter(
    ({ confidence }) => confidence >= WORTH_TELLING,
  );
  found.sort((a, b) => b.confidence - a.confidence);
  const [first, second] = found;
  if (first !== undefined && second !== undefined && second.confidence >= RIVAL) {
    for (const one of found) if (!one.plain) one.confidence = Math.min(one.confidence, HELD_BACK);
    found.sort((a, b) => b.confidence - a.confidence);
  }
  const open = unclear(evidence, first?.confidence ?? 0);
  return open === null ? found : [open, ...found];
}

/** The causes and what to do, most likely first, as errors carry them. */
export function diagnose(evidence: Evidence): Diagnosis {
  const all = findings(evidence);
  return {
    likely: all.map(({ cause, confidence, evidence }) => ({ cause, confidence, evidence })),
    advice: distinct(all.map(({ action }) => action)),
  };
}

/** Something failed, and nothing is a good explanation. */
function unclear(evidence: Evidence, best: number): Finding | null {
  const failed = sum(
    evidence.tallies.filter(({ kind }) => kind !== 'link'),
    failures,
  );
  const drops = evidence.drops.length;
  if (best > LIKELY || failed + drops === 0) return null;
  return finding(
    'unclear',
    LIKELY,
    say('diagnosis.nothingPoints', {
      exchanges: say('diagnosis.exchanges', { count: failed }),
      steps: say('diagnosis.steps', { count: drops }),
    }),
  );
}
