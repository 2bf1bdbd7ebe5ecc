import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';

/** Addresses that are told one by one. */
const TOLD = 6;

/** `once`, `3 times`. */
export function times(count: number): Note {
  return say('diagnosis.times', { count });
}

/** `0x1000, 0x3000`; of many the first, and how many more there are. */
export function listed(addresses: readonly number[]): string | Note {
  const shown = addresses.slice(0, TOLD).map(hex).join(', ');
  const count = addresses.length - TOLD;
  return count > 0 ? say('diagnosis.more', { addresses: shown, count }) : shown;
}

/** Clauses in one sentence, one after the other. @param clauses one at least */
export function joined(
  clauses: readonly Note[],
  by: 'diagnosis.comma' | 'diagnosis.semicolon',
): Note {
  return clauses.reduce((first, second) => say(by, { first, second }));
}
