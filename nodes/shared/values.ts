const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 * 1024 };

/** How people type an offset or a length. The forms validate with the same expression; a test compares them. */
export const SIZE_PATTERN = /^\s*(?:0x[0-9a-f]+|\d+\s*[km]?)\s*$/i;

/**
 * Bytes from what a person typed or a message carries: decimal, `0x…` hex, or decimal with a unit
 * (`64K`, `2M`; 1K = 1024). Null for anything else, and for what no flash address can be.
 */
export function parseSize(value: unknown): number | null {
  let bytes: number;
  if (typeof value === 'number') {
    bytes = value;
  } else if (typeof value === 'string' && SIZE_PATTERN.test(value)) {
    const text = value.trim().toUpperCase();
    const unit = text.startsWith('0X') ? '' : text.replace(/[\d\s]/g, '');
    bytes = Number(unit === '' ? text : text.slice(0, -1)) * (UNITS[unit] ?? Number.NaN);
  } else {
    return null;
  }
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

/** A setting that was left empty counts as not given. */
export function isBlank(value: unknown): value is undefined | null | '' {
  return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}
