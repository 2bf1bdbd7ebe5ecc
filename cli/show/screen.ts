import type { WriteStream } from 'node:tty';

/** Narrower than this nothing is laid out: some terminals say that they have no columns at all. */
const LEAST_COLUMNS = 40;
const USUAL_COLUMNS = 80;

/** Standard error, where progress and failures go: on a terminal with one line that is rewritten in place. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  /** Characters of the line that stands there now and will be replaced. */
  #standing = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  get columns(): number {
    const { columns } = this.#stream as Partial<WriteStream>;
    return columns !== undefined && columns >= LEAST_COLUMNS ? columns : USUAL_COLUMNS;
  }

  /** A line that stays. */
  line(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  /** A line that cannot be overlooked. */
  call(text: string): void {
    this.line(this.#hasStyles ? `\x1b[1;7m ${text} \x1b[0m` : text);
  }

  /** A line in place of the one before; as long as the terminal is wide, the end of it does not show. */
  replace(text: string): void {
    const shown = text.slice(0, this.columns - 1);
    this.#stream.write(`\r${shown.padEnd(this.#standing)}`);
    this.#standing = shown.length;
  }

  /** Takes the standing line away. */
  clear(): void {
    if (this.#standing > 0) this.#stream.write(`\r${' '.repeat(this.#standing)}\r`);
    this.#standing = 0;
  }

  /** What `NO_COLOR` (no-color.org) and simple terminals do not want. */
  get #hasStyles(): boolean {
    return this.isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  }
}
