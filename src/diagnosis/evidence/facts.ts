import type { CommandKind, Drop, Evidence, Tally } from './evidence';

const SECTOR = 0x1000;

/** Commands that are short both ways and change nothing. */
export const SHORT: readonly CommandKind[] = ['register', 'checksum', 'status', 'identity'];

/** Good and failed exchanges of some kinds, at all rates or those for which `at` holds. */
export function exchanges(
  evidence: Evidence,
  kinds: readonly CommandKind[],
  at: (baud: number) => boolean = () => true,
): { good: number; bad: number } {
  const of = evidence.tallies.filter((tally) => kinds.includes(tally.kind) && at(tally.baud));
  return { good: sum(of, (tally) => tally.good), bad: sum(of, failures) };
}

export function failures(tally: Tally): number {
  return tally.silence + tally.short + tally.garbled + tally.refused + tally.checksum;
}

/** Share of failures, 0 where nothing was tried. */
export function failureRate({ good, bad }: { good: number; bad: number }): number {
  return bad === 0 ? 0 : bad / (good + bad);
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

export function isChange(drop: Drop): boolean {
  return drop.phase === 'erase' || drop.phase === 'write';
}

/** The chip was found rebooted, needed a reset, or was lost; and not with its adapter. */
export function isReboot(drop: Pick<Drop, 'found'>): boolean {
  return drop.found === 'rebooted' || drop.found === 'relinked' || drop.found === 'lost';
}

/** Each address once, lowest first. */
export function addressesOf(drops: readonly { address: number | null }[]): number[] {
  const addresses = drops.flatMap(({ address }) => (address === null ? [] : [address]));
  return [...new Set(addresses)].sort((a, b) => a - b);
}

/** The chip was there, and flash was not changed: what it was told never arrived whole. */
export function unheardChanges(evidence: Evidence): Drop[] {
  return evidence.drops.filter(
    (drop) =>
      drop.command === 'program' &&
      drop.found === 'alive' &&
      !drop.busy &&
      !drop.carriedOut &&
      drop.kind === 'silence' &&
      drop.received === 0,
  );
}

/** The chip had done what it was told, and its answer was lost. */
export function lostAnswers(evidence: Evidence): Drop[] {
  return evidence.drops.filter((drop) => isChange(drop) && drop.carriedOut && !drop.busy);
}

/** Answers that came after their time, of commands whose time is well known. */
export function lateAnswers(evidence: Evidence): { count: number; longestMs: number } {
  // Slow flash is late with erases and programs, and the host calls and changes rates faster than any
  // adapter answers.
  const known = evidence.tallies.filter(({ kind }) => kind === 'read' || SHORT.includes(kind));
  return {
    count: sum(known, ({ late }) => late),
    longestMs: Math.max(0, ...known.map(({ latestMs }) => latestMs)),
  };
}

/** Whether anything that was asked has had its answer, calls aside. */
export function hasAnswered({ tallies }: Evidence): boolean {
  return tallies.some(({ kind, good }) => kind !== 'link' && good > 0);
}

/** The kinds that load the line alike. */
const LOADS: readonly (readonly CommandKind[])[] = [['read'], ['program'], SHORT];
/** So many failures had to be expected below a rate for their absence to mean something. */
const EXPECTED = 3;

export interface RateLimit {
  /** Bits per second: exchanges fail from here on. */
  rate: number;
  above: { good: number; bad: number };
  below: { good: number; bad: number };
}

/**
 * The lowest rate from which on exchanges fail that go well at lower ones, while none of another kind
 * fails there; null where there is none.
 */
export function tooFast(evidence: Evidence): RateLimit | null {
  const rates = [...new Set(evidence.tallies.map(({ baud }) => baud))].sort((a, b) => a - b);
  for (const rate of rates.slice(1)) {
    const under = LOADS.map((kinds) => carried(evidence, kinds, (baud) => baud < rate));
    for (const [index, kinds] of LOADS.entries()) {
      const above = carried(evidence, kinds, (baud) => baud >= rate);
      if (carried(evidence, kinds, (baud) => baud === rate).bad === 0) continue;
      const below = under[index] as { good: number; bad: number };
      const share = failureRate(above);
      const expected = below.good * share;
      const clean = under.every(({ good, bad }) => bad <= Math.max(1, ((good + bad) * share) / 10));
      const enough = expectedFor(above.bad);
      if (expected >= enough && below.bad <= expected / 10 && clean) {
        return { rate, above, below };
      }
    }
  }
  return null;
}

/** Whether all writes that failed were sent at a rate above one at which some went well, be they few. */
export function failsOnlyFast(evidence: Evidence): boolean {
  const rates = [...new Set(evidence.tallies.map(({ baud }) => baud))].sort((a, b) => a - b);
  return rates.slice(1).some((rate) => {
    const above = carried(evidence, ['program'], (baud) => baud >= rate);
    const below = carried(evidence, ['program'], (baud) => baud < rate);
    return above.bad >= 3 && below.bad === 0 && below.good >= 3;
  });
}

function expectedFor(failures: number): number {
  if (failures >= 3) return EXPECTED;
  return failures === 2 ? 3 * EXPECTED : Number.POSITIVE_INFINITY;
}

/** Exchanges in a span of rates whose failure is the line's: those of a chip that rebooted are not. */
function carried(
  evidence: Evidence,
  kinds: readonly CommandKind[],
  at: (baud: number) => boolean,
): { good: number; bad: number } {
  const { good, bad } = exchanges(evidence, kinds, at);
  const drops = evidence.drops.filter((drop) => at(drop.baud));
  // A basic chip may have left because of the line.
  const programs = evidence.family === 'basic' ? 'program' : null;
  const reboots = drops.filter(
    ({ command, ...drop }) =>
      isReboot(drop) && command !== null && command !== programs && kinds.includes(command),
  ).length;
  const direction = kinds.includes('read') ? 'read' : kinds.includes('program') ? 'write' : null;
  const wrong = sum(
    evidence.mismatches.filter(
      (one) =>
        one.direction === direction && one.length === SECTOR && one.baud !== null && at(one.baud),
    ),
    (one) => one.times,
  );
  return { good, bad: Math.max(0, bad - reboots) + wrong };
}
