import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { CrashWord } from './engine';
import { type Host, Watch } from './life';

/** A process that runs nothing but the engine. */
export const inEngine: Host =
  ({ port }, job) =>
  (killAfter) => {
    const child = fork(join(__dirname, 'engine.js'), [port, JSON.stringify(job)], { silent: true });
    const watch = new Watch(child, killAfter);
    child.on('message', (word: CrashWord) => {
      if ('begun' in word) watch.began();
      else if ('phase' in word) watch.reached(word.phase);
      else if ('error' in word) watch.failed(word.error);
      else watch.succeeded(word.result);
    });
    return watch.over;
  };
