import { BkError } from '../errors';

/**
 * Code without types can name anything, and a mistyped word must never pass for another one.
 * @param words what is allowed beside leaving it out
 * @throws BkError BK_BAD_SETTING
 */
export function mustBeOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (value === undefined || value === null || words.includes(value as string)) return;
  throw new BkError(
    'BK_BAD_SETTING',
    `${name} is ${JSON.stringify(value) ?? String(value)}, but has to be one of ${words.join(', ')}; nothing was changed`,
    { advice: [`Correct ${name}.`] },
  );
}
