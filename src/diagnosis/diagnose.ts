import type { Likely } from '../errors';
import { distinct, type Said, sentence } from '../texts/note';
import type { Evidence } from './evidence/evidence';
import { failures, plural, sum } from './evidence/facts';
import { type Finding, finding, type Rule } from './rules/finding';
import { badSector, deadFlash, locked } from './rules/flash-rules';
import { blankBootloader, unknownBootloader, wrongChip, wrongKey } from './rules/identity-rules';
import { fromChip, line, toChip } from './rules/line-rules';
import { interrupted, power } from './rules/power-rules';
import { baud, hostTimeout } from './rules/rate-rules';
import { adapter, application, gone, joined, secondTalker, silence } from './rules/wiring-rules';

export interface Diagnosis {
  likely: Likely[];
  advice: Said[];
}

const RULES: readonly Rule[] = [
  wrongChip,
  wrongKey,
  joined,
  secondTalker,
  application,
  silence,
  adapter,
  power,
  interrupted,
  gone,
  toChip,
  fromChip,
  line,
  baud,
  hostTimeout,
  locked,
  badSector,
  deadFlash,
  blankBootloader,
  unknownBootloader,
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
    for (const one of found)
      if (!PLAIN.has(one.id)) one.confidence = Math.min(one.confidence, HELD_BACK);
    found.sort((a, b) => b.confidence - a.confidence);
  }
  const open = unclear(evidence, first?.confidence ?? 0);
  return open === null ? found : [open, ...found];
}

/** What was read and compared, not concluded: nothing else makes it less so. */
const PLAIN: ReadonlySet<string> = new Set([
  'wrongChip',
  'wrongKey',
  'adapter',
  'deadFlash',
  'joined',
]);

/** The causes and what to do, most likely first, as errors carry them. */
export function diagnose(evidence: Evidence): Diagnosis {
  const all = findings(evidence);
  return {
    likely: all.map(({ cause, confidence, evidence }) => ({ cause, confidence, evidence })),
    advice: distinct(all.map(({ action }) => sentence(action))),
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
    `${plural(failed, 'exchange')} and ${plural(drops, 'step')} failed, and nothing about them points to one cause.`,
  );
}
