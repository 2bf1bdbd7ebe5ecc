import { BkError } from '../../errors';
import type { Operation } from '../../jobs/base/progress';
import { say } from '../../texts/note';
import type { WebIdentity } from './web-identity';

/** How many jobs are at a device, and whether one of them changes it; by the address of its Wi-Fi. */
const atWork = new Map<string, { jobs: number; changes: boolean }>();

/**
 * Takes a device for a job. One that has several names, as an address and the name of a host, has a turn for each: a job
 * that changes it is alone all the same.
 * @returns what lets go of it
 * @throws BkError BK_PORT_BUSY
 */
export function takeDevice(
  { info: { mac } }: WebIdentity,
  operation: Operation,
  port: string,
): () => void {
  if (mac === null) return () => {};
  const changes = operation === 'write';
  const there = atWork.get(mac);
  if (there !== undefined && (changes || there.changes))
    throw new BkError('BK_PORT_BUSY', say('openbeken.busyByOtherName', { port, mac }), {
      phase: 'identify',
      advice: [say('openbeken.oneName')],
    });
  const jobs = (there?.jobs ?? 0) + 1;
  const entry = there ?? { jobs, changes };
  entry.jobs = jobs;
  atWork.set(mac, entry);
  return () => {
    entry.jobs--;
    if (entry.jobs === 0) atWork.delete(mac);
  };
}
