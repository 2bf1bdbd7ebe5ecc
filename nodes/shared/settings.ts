import { isUint8Array } from 'node:util/types';
import type { NodeDef } from 'node-red';
import { BkError, type Note, parseSize, say } from '../../src';

/** A node's settings as a flow file holds them: any may be missing, and numbers may be text. */
export type Saved<Names extends string> = NodeDef & { readonly [name in Names]?: unknown };

/*
 * Each reader takes the places where a value may stand, the winning one first, skips the empty
 * ones, and raises BK_BAD_SETTING, naming what was given, for a value that it cannot use. Flows are
 * written by hand and driven by messages: what the form checked proves nothing here.
 */

/** Bytes; undefined when given nowhere. */
export function size(name: string, ...places: unknown[]): number | undefined {
  const value = firstGiven(places);
  if (value === undefined) return undefined;
  const bytes = parseSize(value);
  if (bytes !== null) return bytes;
  throw badSetting(name, value, say('common.wantedSize'));
}

/** Seconds; a fraction of one too. */
export function seconds(name: string, value: unknown, fallback: number, least = 0): number {
  const number = numberOf(value, fallback);
  if (Number.isFinite(number) && number >= least) return number;
  throw badSetting(
    name,
    value,
    least > 0 ? say('node.wantedFrom', { least }) : say('node.wantedNumber'),
  );
}

/** How many. */
export function count(name: string, value: unknown, fallback: number): number {
  const number = numberOf(value, fallback);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw badSetting(name, value, say('common.wantedCount'));
}

/** NaN for what is no number: lists and the like, too, which JavaScript takes for one. */
export function numberOf(value: unknown, fallback: number): number {
  if (isBlank(value)) return fallback;
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}

/** One of the listed words. */
export function choice<Word extends string>(
  name: string,
  value: unknown,
  words: readonly Word[],
  fallback: Word,
): Word {
  if (isBlank(value)) return fallback;
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw badSetting(name, value, say('common.wantedOneOf', { words: words.join(', ') }));
}

/** A tick box. Text is taken too, since an environment variable is always text. */
export function flag(name: string, value: unknown, fallback: boolean): boolean {
  if (isBlank(value)) return fallback;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw badSetting(name, value, say('node.wantedFlag'));
}

/** Text; the empty text when given nowhere. */
export function text(name: string, ...places: unknown[]): string {
  const value = firstGiven(places);
  if (value === undefined) return '';
  if (typeof value === 'string' && variableIn(value) === null) return value;
  throw badSetting(name, value, say('node.wantedText'));
}

export function badSetting(name: string, value: unknown, wanted: Note): BkError {
  const variable = variableIn(value);
  if (variable !== null) {
    return new BkError('BK_BAD_SETTING', say('node.unsetVariable', { name, variable }), {
      phase: 'open',
      advice: [say('node.setVariable', { variable })],
    });
  }
  const text = say('node.wrongValue', { name, given: shown(value), wanted });
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'open',
    advice: [say('node.correctValue', { name })],
  });
}

/** A setting that was left empty counts as not given. */
export function isBlank(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

/** The name in `${NAME}`: Node-RED leaves a setting as it stands where no such environment variable is set. */
export function variableIn(value: unknown): string | null {
  const found = typeof value === 'string' ? /^\$(?:\{(\S+)\}|\((\S+)\))$/.exec(value) : null;
  return found?.[1] ?? found?.[2] ?? null;
}

function firstGiven(places: unknown[]): unknown {
  return places.find((value) => !isBlank(value));
}

/** A value short enough for an error message, without line breaks and the like. */
export function shown(value: unknown): string | Note {
  if (isUint8Array(value)) return say('node.givenBuffer', { bytes: value.length });
  if (typeof value === 'function') return say('node.givenFunction');
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? say('node.givenList') : say('node.givenObject');
  const plain = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}
