/** One lamp of an evening, as its table has it. */
export interface Lamp {
  /** ISO 8601. */
  at: string;
  mac: string;
  chip: string;
  /** Such as `P6 PWM1, P24 PWM2`. */
  pins: string;
  /** File of its backup. */
  backup: string;
  isDone: boolean;
  /** In words. */
  result: string;
}

export const COLUMNS = ['at', 'mac', 'chip', 'pins', 'backup', 'result'] as const;

/** The table as a file that spreadsheets read. @param names of the columns */
export function toCsv(lamps: readonly Lamp[], names: readonly string[]): string {
  const lines = [names, ...lamps.map((lamp) => COLUMNS.map((column) => lamp[column]))];
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}

/** In quotes; a spreadsheet takes no text of a chip or a server for a formula. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
