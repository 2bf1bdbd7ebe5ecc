import type { Clock, Timer, TimerOptions } from './clock';

interface Entry {
  at: number;
  order: number;
  background: boolean;
  callback: () => void;
}

/**
 * A clock that jumps to the next timer as soon as the program has nothing else to do, so that hours
 * pass in milliseconds and every run is the same. Background timers fire in their turn but never
 * make it jump: while only they are pending, time stands still (use `advance`).
 */
export class VirtualClock implements Clock {
  /**
   * Whoever knows better when a timer fired may say so, which lies at the given time or later. It may also make
   * things happen before it, and take the timer away.
   */
  onDue: ((at: number) => number) | null = null;
  readonly #start: number;
  #now = 0;
  #order = 0;
  #foreground = 0;
  #heap: Entry[] = [];
  #live = new Set<Entry>();
  #pumping = false;

  /** @param start what the calendar shows at 0 */
  constructor(start = new Date(Date.UTC(2026, 0, 2, 3, 4, 5))) {
    this.#start = start.getTime();
  }

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(this.#start + this.#now);
  }

  /** Time passes in which nothing gets a turn, as while a computer is busy: timers that are due meanwhile are late. */
  skipTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }

  setTimeout(callback: () => void, ms: number, options?: TimerOptions): Timer {
    const entry: Entry = {
      at: this.#now + Math.max(0, ms),
      order: this.#order++,
      background: options?.background ?? false,
      callback,
    };
    this.#push(entry);
    this.#live.add(entry);
    if (!entry.background) this.#foreground++;
    this.#pump();
    return entry;
  }

  clearTimeout(timer: Timer): void {
    const entry = timer as Entry;
    if (this.#live.delete(entry) && !entry.background) this.#foreground--;
  }

  /** Timers that wait, for leak checks. */
  get pending(): number {
    return this.#live.size;
  }

  /** Lets so many milliseconds pass, background timers included. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const next = this.#peek();
      if (next === undefined || next.at > end) break;
      this.#fire();
    }
    this.#now = Math.max(this.#now, end);
    await settle();
  }

  #pump(): void {
    if (this.#pumping || this.#foreground === 0) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      if (this.#foreground === 0) return;
      this.#fire();
      this.#pump();
    });
  }

  #fire(): void {
    const first = this.#peek();
    if (first === undefined) return;
    if (this.onDue !== null) this.skipTo(this.onDue(Math.max(this.#now, first.at)));
    else this.skipTo(first.at);
    // What was due may be gone, and something else may be due by then.
    const entry = this.#peek();
    if (entry === undefined || entry.at > this.#now) return;
    this.#pop();
    this.#live.delete(entry);
    if (!entry.background) this.#foreground--;
    entry.callback();
  }

  /** The next live entry; drops cancelled ones on the way. */
  #peek(): Entry | undefined {
    while (this.#heap.length > 0 && !this.#live.has(this.#heap[0] as Entry)) this.#pop();
    return this.#heap[0];
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent] as Entry)) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry))
        child++;
      if (!before(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Lets promises and immediates that are ready run. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
