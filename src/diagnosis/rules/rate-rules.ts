import { say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import {
  exchanges,
  failureRate,
  failures,
  hasAnswered,
  lateAnswers,
  sum,
  tooFast,
} from '../evidence/facts';
import { type Finding, finding, type Rule } from './finding';

/** Errors at one rate and none below it. */
function baud(evidence: Evidence): Finding | null {
  const failed = [
    ...evidence.bauds.filter(
      ({ baud, outcome }) =>
        outcome === 'failed' || (outcome === 'lost' && isHeardBadly(evidence, baud)),
    ),
    ...leftAtOnce(evidence),
  ];
  const refused = evidence.bauds.filter(({ outcome }) => outcome === 'refused');
  const limit = tooFast(evidence);
  if (limit !== null) {
    const { rate, above, below } = limit;
    // A line that loses bytes at any rate fails a proof now and then as well: only a clean record below tells.
    const expected = below.good * failureRate(above);
    const sure = below.bad === 0 && expected >= 12;
    const fair = expected >= 6 || failed.some((one) => one.baud >= rate);
    return finding(
      'baud',
      sure ? 0.85 : fair ? 0.7 : 0.6,
      say('diagnosis.failuresAboveRate', {
        badAbove: above.bad,
        above: above.good + above.bad,
        rate,
        badBelow: below.bad,
        below: below.good + below.bad,
      }),
      { action: say('diagnosis.baudAction', { rate }) },
    );
  }
  const tried = [...failed, ...refused];
  if (tried.length === 0) return null;
  const lowest = Math.min(...tried.map((one) => one.baud));
  const works = evidence.bauds.some((one) => one.outcome === 'proved' && one.baud < lowest);
  // Rates that did not prove themselves cost some time and nothing else.
  const confidence = evidence.drops.length > 0 ? 0.3 : works || tried.length > 1 ? 0.7 : 0.55;
  const rates = [...new Set(tried.map((one) => one.baud))].join(', ');
  return finding(
    'baud',
    confidence,
    failed.length === 0
      ? say('diagnosis.rateNotCarriedByAdapter', { rates })
      : say('diagnosis.rateNotCarriedByWiring', { rates }),
    { action: say('diagnosis.baudAction', { rate: lowest }) },
  );
}

/**
 * Whether the line made errors at a rate at which the chip was heard. One that was lost there without a word, or in the
 * midst of good answers, has stopped: a lower rate would not have helped.
 */
function isHeardBadly({ tallies }: Evidence, baud: number): boolean {
  const own = tallies.filter((tally) => tally.baud === baud);
  return (
    own.some(({ good }) => good > 0) &&
    own.some(({ short, garbled, checksum }) => short + garbled + checksum > 0)
  );
}

/** Rates at which not one read came, while a lower one carried some. */
function leftAtOnce({ tallies }: Evidence): { baud: number }[] {
  const reads = tallies.filter(({ kind }) => kind === 'read');
  const lowest = Math.min(...reads.filter(({ good }) => good > 0).map((tally) => tally.baud));
  return reads.filter((one) => one.good === 0 && failures(one) > 0 && one.baud > lowest);
}

/** Answers that come, and come after their time. */
function hostTimeout(evidence: Evidence): Finding | null {
  const { count, longestMs } = lateAnswers(evidence);
  if (count > 0) {
    return finding(
      'hostTimeout',
      count >= 3 ? 0.85 : count === 2 ? 0.7 : 0.4,
      say('diagnosis.lateAnswers', { count, ms: Math.round(longestMs) }),
    );
  }
  return firstWrite(evidence) ?? neverInTime(evidence);
}

/** So many questions in a row are no chance. */
const QUESTIONS = 5;

/** Calls are answered some time, as there are many of them, and of what is asked nothing comes before it is given up. */
function neverInTime(evidence: Evidence): Finding | null {
  if (!evidence.linked || hasAnswered(evidence)) return null;
  const asked = evidence.tallies.filter(({ kind }) => kind !== 'link');
  const silence = sum(asked, (one) => one.silence);
  const spoilt = sum(asked, (one) => one.short + one.garbled);
  if (silence < QUESTIONS || silence < 2 * spoilt) return null;
  return finding('hostTimeout', 0.5, say('diagnosis.neverInTime', { count: silence }));
}

/** Every write at the boot rate fails, from the first on, and never a byte comes back. */
function firstWrite(evidence: Evidence): Finding | null {
  const writes = evidence.drops.filter((drop) => drop.phase === 'write');
  const none = exchanges(evidence, ['program']).good === 0;
  const slow = writes.every((drop) => drop.baud === 115_200 && drop.received === 0);
  const there = writes.every((drop) => drop.found === 'alive');
  if (writes.length < 2 || !none || !slow || !there) return null;
  return finding(
    'hostTimeout',
    0.35,
    say('diagnosis.firstWritesSilent', { others: writes.length - 1 }),
    { action: say('diagnosis.autoBaud') },
  );
}

/** Too fast, or too late. */
export const RATE_RULES: readonly Rule[] = [baud, hostTimeout];
