import { sizeText } from '../../../../src/texts/amounts';

/** `0x011000`, six digits at least. */
export function addressText(address: number): string {
  return `0x${address.toString(16).toUpperCase().padStart(6, '0')}`;
}

interface Range {
  offset: number;
  length: number;
}

/** `0x011000–0x131FFF (1.1 MiB)`. */
export function rangeText({ offset, length }: Range): string {
  return `${addressText(offset)}–${addressText(offset + length - 1)} (${sizeText(length)})`;
}

/** Time of day and, of another day, the date, as the browser's person writes them. */
export function timeText(iso: string): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? at.toLocaleTimeString() : at.toLocaleString();
}
