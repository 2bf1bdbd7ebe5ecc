/** Deeper than anything that this program writes beside a file, or takes from a server. */
const DEEPEST = 32;

/**
 * A JSON text that somebody else may have written. Brackets in brackets cost the parser most: one that is full of
 * them is refused after one look at each letter.
 * @returns undefined for what is no JSON, or nested too deep
 */
export function parseShallow(text: string): unknown {
  if (!isShallow(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const [QUOTE, ESCAPE] = ['"', '\\'].map((sign) => sign.charCodeAt(0));
const OPENING = new Set([...'[{'].map((sign) => sign.charCodeAt(0)));
const CLOSING = new Set([...']}'].map((sign) => sign.charCodeAt(0)));

function isShallow(text: string): boolean {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) at += sign === ESCAPE ? 1 : 0;
    else if (OPENING.has(sign) && ++depth > DEEPEST) return false;
    else if (CLOSING.has(sign)) depth--;
  }
  return true;
}
