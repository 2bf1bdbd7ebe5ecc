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

/** `2 MiB`, `1.1 MiB`, `64 KiB`: flash comes in powers of two. */
export function sizeText(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${rounded(bytes / 1024 / 1024)} MiB`;
  return bytes >= 1024 ? `${rounded(bytes / 1024)} KiB` : `${bytes} B`;
}

/** `88 kB/s`: rates are counted in thousands, as bits per second are. */
export function speedText(bytesPerSecond: number): string {
  if (bytesPerSecond >= 1_000_000) return `${rounded(bytesPerSecond / 1_000_000)} MB/s`;
  if (bytesPerSecond >= 1000) return `${Math.round(bytesPerSecond / 1000)} kB/s`;
  return `${Math.round(bytesPerSecond)} B/s`;
}

/** `0.4 s`, `24 s`, `2 min 5 s`. */
export function durationText(ms: number): string {
  if (ms < 10_000) return `${rounded(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
