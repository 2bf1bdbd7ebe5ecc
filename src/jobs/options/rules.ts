import { isAbsolute } from 'node:path';
import { types } from 'node:util';
import { isTag } from '../../chip/known/known-releases';
import { type ErrorCode, hex } from '../../errors';
import { serverAddress } from '../../releases/release-server';
import { LONGEST_WAIT } from '../../session/base/settings';
import { type Note, say } from '../../texts/note';

/** What one option may be. Code without types can give anything. */
export interface Rule {
  /** Completes "offset has to be …". */
  wanted: string | Note;
  /** Null for a value that is right, else the code of what is wrong with it. */
  fault(value: unknown): ErrorCode | null;
  required?: true;
  /** The value may hold a password: messages tell its type only. */
  secret?: true;
  /** For an object: what is in it, which may hang on what else is in it. */
  within?(value: Record<string, unknown>): Rules;
}

export type Rules = Readonly<Record<string, Rule>>;

/** The protocol's addresses have 32 bits: nothing lies behind this. */
const LAST_ADDRESS = 0xffff_ffff;

export function word(words: readonly string[]): Rule {
  const [only = '', ...others] = words;
  const wanted = others.length === 0 ? only : say('option.oneOf', { words: words.join(', ') });
  return simple(wanted, (value) => words.includes(value as string));
}

/** Bytes. Text that looks like a number is refused: it may be the sum of a text and a number, `'4096' + 4096`. */
export function bytes(least: 0 | 1): Rule {
  return {
    wanted: say('option.wholeBytes', { least, most: hex(LAST_ADDRESS) }),
    fault: (value) => {
      if (typeof value !== 'number') return 'BK_BAD_SETTING';
      const fits = Number.isInteger(value) && value >= least && value <= LAST_ADDRESS;
      return fits ? null : 'BK_OUT_OF_RANGE';
    },
  };
}

/** Either of two, as an offset that is a number or a word. The code is that of the second. */
export function either(first: Rule, second: Rule): Rule {
  return {
    wanted: say('option.firstOrSecond', { first: first.wanted, second: second.wanted }),
    fault: (value) => (first.fault(value) === null ? null : second.fault(value)),
  };
}

export const flag: Rule = simple(say('option.trueOrFalse'), (value) => typeof value === 'boolean');

export const text: Rule = simple(say('option.text'), (value) => typeof value === 'string');

/** How many, where 0 means all. */
export const number: Rule = simple(
  say('option.countOrAll'),
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
);

/** As long as timers carry. */
export const seconds: Rule = simple(
  say('session.wantedSeconds', { maximum: LONGEST_WAIT }),
  (value) => typeof value === 'number' && value >= 0 && value <= LONGEST_WAIT,
);

export const folder: Rule = simple(
  say('option.folderPath'),
  (value) => typeof value === 'string' && isAbsolute(value) && !value.includes('\0'),
);

/** Bytes of any realm: those of a function node are not this one's Uint8Array. */
export const image: Rule = simple(
  say('option.bytesOrPath'),
  (value) => types.isUint8Array(value) || (isRecord(value) && isPath(value.path)),
);

/** What a server of releases is asked for, and where it is. */
export const version: Rule = simple(
  say('option.version'),
  (value) => typeof value === 'string' && isTag(value),
);

export const server: Rule = {
  ...simple(
    say('option.server'),
    (value) => typeof value === 'string' && serverAddress(value) !== null,
  ),
  secret: true,
};

export const signal: Rule = simple(
  say('option.abortSignal'),
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AbortSignal).aborted === 'boolean' &&
    typeof (value as AbortSignal).addEventListener === 'function' &&
    typeof (value as AbortSignal).removeEventListener === 'function',
);

export const callback: Rule = simple(
  say('option.function'),
  (value) => typeof value === 'function',
);

/** An object whose settings somebody else checks. */
export const settings: Rule = {
  ...simple(say('option.settingsObject'), isRecord),
  secret: true,
};

/** @param form as messages show it: `{ folder, … }` */
export function object(form: string, within: (value: Record<string, unknown>) => Rules): Rule {
  return { ...simple(say('option.objectLike', { form }), isRecord), within };
}

export function required(rule: Rule): Rule {
  return { ...rule, required: true };
}

/**
 * An object with options in it. A list, bytes, a Map or a promise that somebody forgot to await has none: it
 * would count as "all as usual".
 */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return !(Symbol.iterator in value) && !('then' in value) && !types.isAnyArrayBuffer(value);
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function simple(wanted: string | Note, fits: (value: unknown) => boolean): Rule {
  return { wanted, fault: (value) => (fits(value) ? null : 'BK_BAD_SETTING') };
}
