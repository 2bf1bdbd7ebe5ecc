import type { NodeDef } from 'node-red';
import { BkError } from '../../src/index';
import { isBlank, parseSize } from './values';

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
  throw badSetting(name, value, 'a number of bytes: decimal, hex like 0x11000, or like 64K or 2M');
}

/** A number of something else than bytes, such as seconds. */
export function count(name: string, value: unknown, fallback: number, least = 0): number {
  if (isBlank(value)) return fallback;
  const number = typeof value === 'boolean' ? Number.NaN : Number(value);
  if (Number.isFinite(number) && number >= least) return number;
  throw badSetting(name, value, least > 0 ? `a number from ${least} up` : 'a number, 0 or more');
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
  throw badSetting(name, value, `one of ${words.join(', ')}`);
}

/** A tick box. Text is taken too, since an environment variable is always text. */
export function flag(name: string, value: unknown, fallback: boolean): boolean {
  if (isBlank(value)) return fallback;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw badSetting(name, value, 'true or false');
}

/** Text; the empty text when given nowhere. */
export function text(name: string, ...places: unknown[]): string {
  const value = firstGiven(places);
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  throw badSetting(name, value, 'text');
}

export function badSetting(name: string, value: unknown, wanted: string): BkError {
  return new BkError('BK_BAD_SETTING', `"${name}" is ${shown(value)}, but has to be ${wanted}.`, {
    advice: [`Correct "${name}" in the node or in the message.`],
  });
}

function firstGiven(places: unknown[]): unknown {
  return places.find((value) => !isBlank(value));
}

/** A value short enough for an error message. */
function shown(value: unknown): string {
  if (Buffer.isBuffer(value)) return `a Buffer of ${value.length} bytes`;
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'a list' : 'an object';
  const plain = typeof value === 'string' ? `"${value}"` : String(value);
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}
