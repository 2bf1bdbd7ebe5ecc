import { bytesWithoutEndNuls, withoutEndNuls } from '../nul-text';

/** What JSON can hold. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

/** Longer text is none of Tuya's: their largest values have a few KiB. */
const LONGEST = 64 * 1024;
const WORDS: readonly string[] = ['true', 'false', 'null'];
/** A whole token that is a number; 1.0.5 and 007 stay text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/**
 * Reads a value of Tuya's storage: JSON, or JSON without quotes and with a comma too many, as
 * `{rl1_pin:26,jv:1.0.5,}`. NULs behind it do not matter.
 * @returns undefined when it is neither
 */
export function parseTuyaJson(value: string | Uint8Array): Json | undefined {
  const text = textOf(value)?.trim() ?? '';
  if (text === '') return undefined;
  return parse(text) ?? parse(quoted(text));
}

/** As `parseTuyaJson`, for what has to be an object with names; null when it is none. */
export function parseTuyaObject(value: string | Uint8Array): JsonObject | null {
  const parsed = parseTuyaJson(value);
  return isObject(parsed) ? parsed : null;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null for what is too long; it is measured before anything searches it. */
function textOf(value: string | Uint8Array): string | null {
  if (typeof value === 'string') {
    const text = withoutEndNuls(value);
    return text.length > LONGEST ? null : text;
  }
  const bytes = bytesWithoutEndNuls(value);
  return bytes.length > LONGEST ? null : Buffer.from(bytes).toString('utf8');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Quotes every token that is not a number or a word of JSON, and drops commas before a closing bracket. */
function quoted(text: string): string {
  return text
    .replace(/[^{}[\]:,]+/g, (run) => {
      const token = run.trim();
      if (token === '' || WORDS.includes(token) || NUMBER.test(token)) return token;
      return JSON.stringify(token);
    })
    .replace(/([{,])(-?\d[\d.]*|true|false|null)(?=:)/g, '$1"$2"')
    .replace(/,+/g, (commas, at: number, whole: string) => {
      const next = whole[at + commas.length];
      return next === '}' || next === ']' ? '' : commas;
    });
}
