import { hex } from '../errors';
import type { CommandKind, Drop, Evidence, Tally } from './evidence';

/** Addresses that are told one by one. */
const TOLD = 6;

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
export function isReboot(drop: Drop): boolean {
  return drop.found === 'rebooted' || drop.found === 'relinked' || drop.found === 'lost';
}

/** Each address once, lowest first. */
export function addressesOf(drops: readonly { address: number | null }[]): number[] {
  const addresses = drops.flatMap(({ address }) => (address === null ? [] : [address]));
  return [...new Set(addresses)].sort((a, b) => a - b);
}

export function listed(addresses: readonly number[]): string {
  const shown = addresses.slice(0, TOLD).map(hex).join(', ');
  return addresses.length > TOLD ? `${shown} and ${addresses.length - TOLD} more` : shown;
}

/** `1 time`, `3 times`. */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The chip was there, and flash was not changed: what it was told never arrived whole. */
export function unheardChanges(evidence: Evidence): Drop[] {
  return evidence.drops.filter(
    (drop) =>
      drop.phase === 'write' &&
      drop.found === 'alive' &&
      !drop.carriedOut &&
      drop.kind === 'silence' &&
      drop.received === 0,
  );
}

/** The chip had done what it was told, and its answer was lost. */
export function lostAnswers(evidence: Evidence): Drop[] {
  return evidence.drops.filter((drop) => isChange(drop) && drop.carriedOut);
}

/** Rates whose errors say nothing about the line as such: a lower one carried everything. */
export function tooFast(evidence: Evidence): number | null {
  const rates = [...new Set(evidence.tallies.map(({ baud }) => baud))].sort((a, b) => a - b);
  const all: readonly CommandKind[] = [...SHORT, 'read', 'program', 'erase'];
  const rateOf = (from: number, to: number) =>
    exchanges(evidence, all, (baud) => baud >= from && baud <= to);
  for (const [index, rate] of rates.entries()) {
    if (index === 0) continue;
    const below = rateOf(0, rates[index - 1] as number);
    const above = rateOf(rate, Number.POSITIVE_INFINITY);
    const clean = below.good >= 20 && failureRate(below) <= 0.005;
    if (clean && above.bad >= 3 && failureRate(above) >= 0.02) return rate;
  }
  return null;
}
