/** What works on one folder takes turns, so that a name that is free stays so. */
const turns = new Map<string, Promise<unknown>>();

/** Does something when everything that was asked for this folder before is done, failed or not. */
export function inTurn<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(folder) ?? Promise.resolve();
  const done = before.then(work);
  const settled = done.catch(() => {});
  turns.set(folder, settled);
  void settled.then(() => {
    if (turns.get(folder) === settled) turns.delete(folder);
  });
  return done;
}
