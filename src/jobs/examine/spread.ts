import type { Spread } from './examination';

/** Microseconds are as exact as any of it is. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** @param times ms; one at least. Less than nothing is what a clock's jitter makes of nothing. */
export function spreadOf(times: readonly number[]): Spread {
  const sorted = times.map((ms) => roundMs(Math.max(0, ms))).sort((one, other) => one - other);
  const at = (index: number): number => sorted[index] ?? 0;
  return { least: at(0), median: at(Math.floor(sorted.length / 2)), worst: at(sorted.length - 1) };
}
