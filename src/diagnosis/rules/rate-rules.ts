import type { Evidence } from '../evidence/evidence';
import { exchanges, failureRate, failures, lateAnswers, plural, tooFast } from '../evidence/facts';
import { type Finding, finding } from './finding';

/** Errors at one rate and none below it. */
export function baud(evidence: Evidence): Finding | null {
  const failed = [
    ...evidence.bauds.filter(({ outcome }) => outcome === 'failed' || outcome === 'lost'),
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
      `${above.bad} of ${above.good + above.bad} exchanges failed at ${rate} baud and above, ${below.bad} of ${below.good + below.bad} of the same kind below.`,
      lower(rate),
    );
  }
  const tried = [...failed, ...refused];
  if (tried.length === 0) return null;
  const lowest = Math.min(...tried.map((one) => one.baud));
  const works = evidence.bauds.some((one) => one.outcome === 'proved' && one.baud < lowest);
  // Rates that did not prove themselves cost some time and nothing else.
  const confidence = evidence.drops.length > 0 ? 0.3 : works || tried.length > 1 ? 0.7 : 0.55;
  const list = [...new Set(tried.map((one) => one.baud))].join(', ');
  const by = failed.length === 0 ? 'by the adapter' : 'by this wiring';
  return finding(
    'baud',
    confidence,
    `The rate ${list} was tried and not carried ${by}.`,
    lower(lowest),
  );
}

/** Rates at which not one read came, while a lower one carried some. */
function leftAtOnce({ tallies }: Evidence): { baud: number }[] {
  const reads = tallies.filter(({ kind }) => kind === 'read');
  const lowest = Math.min(...reads.filter(({ good }) => good > 0).map((tally) => tally.baud));
  return reads.filter((one) => one.good === 0 && failures(one) > 0 && one.baud > lowest);
}

function lower(rate: number): string {
  return `Set a baud below ${rate} in the device.`;
}

/** Answers that come, and come after their time. */
export function hostTimeout(evidence: Evidence): Finding | null {
  const { count, longestMs } = lateAnswers(evidence);
  if (count > 0) {
    return finding(
      'hostTimeout',
      count >= 3 ? 0.85 : count === 2 ? 0.7 : 0.4,
      `${plural(count, 'answer')} came after its time was over, the latest ${Math.round(longestMs)} ms after the request.`,
    );
  }
  return firstWrite(evidence);
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
    `The first write at 115200 baud and all ${writes.length - 1} after it got not one byte in answer: their 4 KiB may not have left the adapter in time.`,
    'Set baud to auto or 921600, or take another adapter.',
  );
}
