/** Deeper than anything that this program writes beside a file, or takes from a server. */
const DEEPEST = 32;
/** Of lists and objects together: some thousand are usual, and a parser takes a second for some million. */
const MOST_VALUES = 200_000;

/**
 * A JSON text that somebody else may have written. Brackets in brackets cost the parser most, and many small values:
 * one that is full of them is refused after one look at each letter.
 * @returns undefined for what is no JSON, nested too deep, or of too many values
 */
export function parseShallow(text: string): unknown {
  if (!isShallow(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [QUOTE, ESCAPE, COMMA] = ['"', '\\', ','].map((sign) => sign.charCodeAt(0));
const OPENING = new Set([...'[{'].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([...']}'].map((sign) => sign.charCodeAt(0)));

function isShallow(text: string): boolean {
  let depth = 0;
  let values = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) at += sign === ESCAPE ? 1 : 0;
    else if (OPENING.has(sign) && ++depth > DEEPEST) return false;
    else if (CLOSING.has(sign)) depth--;
    else if (sign === COMMA && ++values > MOST_VALUES) return false;
  }
  return true;
}
