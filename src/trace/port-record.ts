import { type FileMode, replaceFile } from '../backup/atomic';
import type { MacMask } from './mac-mask';
import type { MadeUp } from './made-up';
import {
  type DecisionLine,
  type EventLine,
  type HeaderLine,
  type RecordLine,
  WIRE_KINDS,
} from './record-lines';
import { WireCleaner } from './wire-cleaner';
import type { WireEntry } from './wire-entries';

/** What happened on a port up to some moment: it does not change any more. */
export class PortRecord {
  readonly #header: HeaderLine;
  readonly #entries: readonly (WireEntry | DecisionLine)[];
  readonly #means: { madeUp: MadeUp; mask: MacMask };

  /** @param entries in their order */
  constructor(
    header: HeaderLine,
    entries: readonly (WireEntry | DecisionLine)[],
    means: { madeUp: MadeUp; mask: MacMask },
  ) {
    this.#header = header;
    this.#entries = entries;
    this.#means = means;
  }

  /** The header, and what happened, without anything that must not be told. Made anew each time. */
  lines(): RecordLine[] {
    const { madeUp, mask } = this.#means;
    const cleaner = new WireCleaner(madeUp, mask, this.#entries.filter(isOfWire));
    const lines = this.#entries.map(
      (entry): EventLine => (isOfWire(entry) ? cleaner.line(entry) : entry),
    );
    return [this.#header, ...lines.map(rounded)];
  }

  /** As it is saved: JSON, one line each. */
  text(): string {
    return this.lines()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  }

  /**
   * Saves it as one file, in place of what had that name: complete or not at all.
   * @param mode who may read it; by default its owner alone
   * @throws Error of the file system
   */
  async save(path: string, mode: FileMode = 'owner'): Promise<void> {
    await replaceFile(path, Buffer.from(this.text(), 'utf8'), mode);
  }
}

function isOfWire(entry: WireEntry | DecisionLine): entry is WireEntry {
  return WIRE_KINDS.includes(entry.kind);
}

/** Times with three decimals: a byte takes 5 µs at the fastest rate. */
function rounded(line: EventLine): EventLine {
  const copy = { ...line, t: round(line.t) };
  if ('until' in copy && copy.until !== undefined) copy.until = round(copy.until);
  return copy;
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
