/** What works on one folder takes turns, so that a name that is free stays so. */
export class FolderTurns {
  /** The last one of each folder, as long as it is not done. */
  readonly #last = new Map<string, Promise<unknown>>();

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
}
