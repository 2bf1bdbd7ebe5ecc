import { systemClock } from '../../src';

/** Node-RED gives a node 15 s to close and then starts the new flow without it. */
const LIMIT_MS = 14_000;

/** Calls `done` when the work has ended, however it ended, or when Node-RED would wait no longer. */
export function closeWithin(work: Promise<unknown>, done: () => void): void {
  let isDone = false;
  const finish = () => {
    if (isDone) return;
    isDone = true;
    systemClock.clearTimeout(timer);
    done();
  };
  const timer = systemClock.setTimeout(finish, LIMIT_MS, { background: true });
  work.then(finish, finish);
}
