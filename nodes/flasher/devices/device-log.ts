import type { Note } from '../../../src';
import type { LogEntry } from '../messages';

/** Of more lines than these the oldest go. */
const MOST_ENTRIES = 500;

/** What has happened at a device, a line each. It may be posted: whoever adds a line leaves secrets out. */
export class DeviceLog {
  readonly #date: () => Date;
  readonly #entries: LogEntry[] = [];
  #last = 0;
  #told = 0;

  constructor(date: () => Date) {
    this.#date = date;
  }

  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  add(level: LogEntry['level'], { code, params }: Note): void {
    const at = this.#date().toISOString();
    this.#entries.push({ number: ++this.#last, at, level, text: { code, params } });
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
  }

  /** The lines that were added since this was asked last. */
  takeNews(): LogEntry[] {
    const news = this.#entries.filter(({ number }) => number > this.#told);
    this.#told = this.#last;
    return news;
  }
}
