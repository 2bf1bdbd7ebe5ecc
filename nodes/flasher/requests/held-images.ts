import type { Clock, Timer } from '../../../src';
import type { HeldImage } from '../messages';

/** Of more images, or more bytes, than these the oldest go. */
const MOST_IMAGES = 8;
const MOST_BYTES = 64 * 1024 * 1024;
/** An image that nobody has asked for as long goes, ms. */
const HELD_MS = 60 * 60 * 1000;
const LONGEST_NAME = 255;

interface Held {
  readonly bytes: Buffer;
  usedAt: number;
}

/** Files that were chosen in the browser, in memory: few, and for a limited time. */
export class HeldImages {
  readonly #clock: Clock;
  readonly #newId: () => string;
  /** By id, the one that was used last at the end. */
  readonly #images = new Map<string, Held>();
  #timer: Timer | null = null;

  /** @param newId that nobody can guess */
  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock;
    this.#newId = newId;
  }

  /** @param name of the file, to be shown: it never becomes a path */
  hold(name: string, bytes: Buffer, inspection: unknown): HeldImage {
    const id = this.#newId();
    this.#images.set(id, { bytes, usedAt: this.#clock.now() });
    this.#letGo();
    return { id, name: shownName(name), size: bytes.length, inspection };
  }

  /** Undefined where it is not held any more. */
  bytes(id: string): Buffer | undefined {
    this.#letGo();
    const held = this.#images.get(id);
    if (held === undefined) return undefined;
    held.usedAt = this.#clock.now();
    this.#images.delete(id);
    this.#images.set(id, held);
    return held.bytes;
  }

  /** All go. */
  clear(): void {
    this.#images.clear();
    this.#letGo();
  }

  #letGo(): void {
    const now = this.#clock.now();
    let bytes = [...this.#images.values()].reduce((sum, held) => sum + held.bytes.length, 0);
    for (const [id, held] of this.#images) {
      const isOld = now - held.usedAt >= HELD_MS;
      if (!isOld && bytes <= MOST_BYTES && this.#images.size <= MOST_IMAGES) break;
      this.#images.delete(id);
      bytes -= held.bytes.length;
    }
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    const [oldest] = this.#images.values();
    if (oldest === undefined) {
      this.#timer = null;
      return;
    }
    const left = Math.max(1, Math.ceil(oldest.usedAt + HELD_MS - now));
    this.#timer = this.#clock.setTimeout(() => this.#letGo(), left, { background: true });
  }
}

/** Without folders, and without what cannot be printed. */
function shownName(name: string): string {
  const own = name.split(/[\\/]/).at(-1) ?? '';
  return own.replace(/\p{Cc}/gu, '').slice(0, LONGEST_NAME);
}
