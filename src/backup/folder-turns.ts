import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';

/** What works on one folder takes turns, so that a name that is free stays so; and what a job reads is told. */
export class FolderTurns {
  /** The last one of each folder, as long as it is not done. */
  readonly #last = new Map<string, Promise<unknown>>();
  /** Files that jobs read, and how many do. */
  readonly #held = new Map<string, number>();

  /** Does something when everything that was asked for this folder before is done, failed or not. */
  take<T>(folder: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(folder) ?? Promise.resolve();
    const done = before.then(work);
    const settled = done.catch(() => {});
    this.#last.set(folder, settled);
    void settled.then(() => {
      if (this.#last.get(folder) === settled) this.#last.delete(folder);
    });
    return done;
  }

  /**
   * A job reads a file, and may be asked for it again where it fails: nobody removes it meanwhile.
   * @returns what ends it
   */
  async hold(path: string): Promise<() => void> {
    const file = await placeOf(path);
    this.#held.set(file, (this.#held.get(file) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const left = (this.#held.get(file) ?? 0) - 1;
      if (left > 0) this.#held.set(file, left);
      else this.#held.delete(file);
    };
  }

  async isHeld(path: string): Promise<boolean> {
    return this.#held.size > 0 && this.#held.has(await placeOf(path));
  }
}

/** Where a file lies, whichever links lead to it. */
async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
