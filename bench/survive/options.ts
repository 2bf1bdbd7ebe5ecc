import { parseArgs } from 'node:util';
import type { SurviveOptions } from './section';

/** The command line asks for something that is not there. */
export class UsageError extends Error {}

export interface CommandLine extends SurviveOptions {
  /** The one section that is wanted; undefined for all of them. */
  only: string | undefined;
}

const USUAL = { seeds: 100, fuzz: 100_000, kills: 20, seed: 1 } as const;

/** @throws UsageError */
export function readCommandLine(args: readonly string[], sections: readonly string[]): CommandLine {
  const texts = readTexts(args);
  const numberOf = (name: keyof typeof USUAL): number => {
    const text = texts[name];
    if (text === undefined) return USUAL[name];
    const value = /^\d+$/.test(text) ? Number(text) : 0;
    if (value >= 1 && Number.isSafeInteger(value)) return value;
    throw new UsageError(`--${name} takes a whole number from 1 on, not "${text}"`);
  };
  const { only } = texts;
  if (only !== undefined && !sections.includes(only)) {
    throw new UsageError(`There is no part "${only}"; there are ${sections.join(', ')}`);
  }
  return {
    only,
    seeds: numberOf('seeds'),
    fuzz: numberOf('fuzz'),
    kills: numberOf('kills'),
    seed: numberOf('seed'),
  };
}

function readTexts(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { only: text, seeds: text, fuzz: text, kills: text, seed: text },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
