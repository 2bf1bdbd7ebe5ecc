import type { DecisionLine } from './record-lines';
import type { WireEntry } from './wire-entries';

/** How much a record holds. */
export interface Room {
  exchanges: number;
  decisions: number;
}

/** Input that nobody asked for fills no memory: so many entries an exchange are kept on average. */
const ENTRIES_AN_EXCHANGE = 8;
/** What is dropped is moved out of the way by so many at once. */
const SLACK = 256;

interface Numbered<T> {
  order: number;
  entry: T;
}

/** Entries of the wire and decisions in their order, as many as there is room for; the oldest go first. */
export class BoundedEntries {
  room: Room;
  #wire: Numbered<WireEntry>[] = [];
  #decisions: Numbered<DecisionLine>[] = [];
  /** How many of each, at the front, are dropped already. */
  #wireStart = 0;
  #decisionStart = 0;
  #order = 0;
  #exchanges = 0;
  #dropped: Room = { exchanges: 0, decisions: 0 };

  constructor(room: Room) {
    this.room = room;
  }

  get dropped(): Readonly<Room> {
    return this.#dropped;
  }

  get lastWire(): WireEntry | null {
    return this.#wire.at(-1)?.entry ?? null;
  }

  /** Whether nothing else happened since that entry. */
  isLast(entry: WireEntry): boolean {
    const last = this.#wire.at(-1);
    return last?.entry === entry && last.order === this.#order;
  }

  addWire(entry: WireEntry): void {
    this.#wire.push({ order: ++this.#order, entry });
    if (entry.kind === 'out') this.#exchanges++;
    const { exchanges } = this.room;
    while (
      this.#exchanges > exchanges ||
      this.#wire.length - this.#wireStart > exchanges * ENTRIES_AN_EXCHANGE
    ) {
      this.#dropWire();
    }
  }

  addDecision(line: DecisionLine): void {
    this.#decisions.push({ order: ++this.#order, entry: line });
    while (this.#decisions.length - this.#decisionStart > this.room.decisions) {
      this.#decisionStart++;
      this.#dropped.decisions++;
    }
    if (this.#decisionStart < SLACK) return;
    this.#decisions = this.#decisions.slice(this.#decisionStart);
    this.#decisionStart = 0;
  }

  /** All of them, as they are now, in their order. */
  all(): (WireEntry | DecisionLine)[] {
    const all: Numbered<WireEntry | DecisionLine>[] = [
      ...this.#wire.slice(this.#wireStart),
      ...this.#decisions.slice(this.#decisionStart),
    ];
    return all.sort((a, b) => a.order - b.order).map(({ entry }) => entry);
  }

  /** Drops one entry, and with a write all that arrived until the next one. */
  #dropWire(): void {
    const first = this.#wire[this.#wireStart]?.entry;
    do this.#wireStart++;
    while (this.#wire[this.#wireStart]?.entry.kind === 'in');
    if (first?.kind === 'out') this.#exchanges--;
    if (first?.kind === 'out') this.#dropped.exchanges++;
    if (this.#wireStart < SLACK) return;
    this.#wire = this.#wire.slice(this.#wireStart);
    this.#wireStart = 0;
  }
}
