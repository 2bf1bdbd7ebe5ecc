import assert from 'node:assert/strict';
import { FolderTurns } from '../../src/backup/folder-turns';

/** Work that ends when it is told to. */
function held() {
  let end: (how?: Error) => void = () => {};
  let isBegun = false;
  const work = () => {
    isBegun = true;
    return new Promise<void>((resolve, reject) => {
      end = (how) => (how === undefined ? resolve() : reject(how));
    });
  };
  return { work, begun: () => isBegun, end: (how?: Error) => end(how) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('work on a folder', () => {
  it('takes turns, and waits for no other folder', async () => {
    const turns = new FolderTurns();
    const [first, second, third, other] = [held(), held(), held(), held()];
    const all = [
      turns.take('a', first.work),
      turns.take('a', second.work),
      turns.take('b', other.work),
    ];
    await settle();
    assert.deepEqual([first.begun(), second.begun(), other.begun()], [true, false, true]);
    first.end();
    await settle();
    assert.equal(second.begun(), true);
    // Still one at a time, though the first is long done.
    all.push(turns.take('a', third.work));
    await settle();
    assert.equal(third.begun(), false);
    second.end();
    await settle();
    assert.equal(third.begun(), true);
    third.end();
    other.end();
    await Promise.all(all);
  });

  it('goes on after a failure, which only its own caller hears of', async () => {
    const turns = new FolderTurns();
    const failed = turns.take('a', () => Promise.reject(new Error('full')));
    const next = turns.take('a', () => Promise.resolve(7));
    await assert.rejects(failed, /full/);
    assert.equal(await next, 7);
    assert.equal(await turns.take('a', () => Promise.resolve(8)), 8);
  });
});
