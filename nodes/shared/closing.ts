import type { Node } from 'node-red';
import { type Catalogue, render, say, systemClock } from '../../src';

/** Node-RED gives a node 15 s to close and then starts the new flow without it. */
const LIMIT_MS = 14_000;

/**
 * Tells in the log that a node goes while it has jobs: what they would have said themselves goes to Catch nodes that
 * go as well.
 * @param count of the jobs, running and waiting; with none, nothing is said
 * @param removed by a deploy without the node, so that it gets no message any more
 */
export function warnOfCancelled(
  node: Node,
  language: Catalogue | undefined,
  count: number,
  removed: boolean,
): void {
  if (count === 0) return;
  const note = removed
    ? say('node.cancelledByRemoval', { count })
    : say('node.cancelledByDeploy', { count });
  node.warn(render(note, language));
}

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
