import type { Clock, Timer, TimerOptions } from '../../src/clock';

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
  #now = 0;
  #order = 0;
  #foreground = 0;
  #heap: Entry[] = [];
  #live = new Set<Entry>();
  #pumping = false;

  now(): number {
    return this.#now;
  }

  date(): Date {
    return new Date(Date.UTC(2026, 0, 2, 3, 4, 5) + this.#now);
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
    const entry = this.#peek();
    if (entry === undefined) return;
    this.#pop();
    this.#live.delete(entry);
    if (!entry.background) this.#foreground--;
    this.#now = Math.max(this.#now, entry.at);
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
