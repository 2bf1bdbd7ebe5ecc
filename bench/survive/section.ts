/** One part of `npm run survive`: what is tried, and what went otherwise than promised. */
export interface Section {
  name: string;
  about: string;
  run(options: SurviveOptions): Promise<Outcome>;
}

export interface SurviveOptions {
  /** How many seeds each trial takes. */
  seeds: number;
  /** How many answers the fuzz makes up. */
  fuzz: number;
  /** How many processes are killed for each row of the crashes. */
  kills: number;
  /** Which instants they are killed at. */
  seed: number;
}

export interface Outcome {
  /** Rows of a table, the first of them its head. */
  table: string[][];
  /** What no table holds. */
  notes?: string[];
  /** One sentence for each promise that was not kept; none means that all were. */
  misses: string[];
}

/** A table with its columns in line; numbers to the right. */
export function layOut(rows: readonly string[][]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const line = (row: string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        return /^[\d.,/ %+-]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return rows.map((row) => `  ${line(row)}`).join('\n');
}

/** `median / worst` of some figures. */
export function spread(figures: readonly number[], digits = 1): string {
  if (figures.length === 0) return '-';
  const sorted = [...figures].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  return `${median.toFixed(digits)} / ${(sorted.at(-1) as number).toFixed(digits)}`;
}
