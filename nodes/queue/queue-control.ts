import type { Job } from 'bullmq';
import { BkError, say } from '../../src';
import { allQueues } from './server/queue-names';
import type { QueueServer } from './server/queue-server';
import { Ledger } from './store/ledger';

/**
 * Takes a job back: one that waits is removed, and who waits for it is told; one under way ends at its next safe point.
 * One that is over already stays as it is.
 * @throws BkError BK_QUEUE
 */
export async function takeBack(server: QueueServer, queue: string, job: string): Promise<void> {
  const ledger = new Ledger(server);
  await ledger.cancel(job);
  const removed = await server.ask(async () => {
    const waiting = await server.queue(queue).getJob(job);
    // One that is under way is locked: who does it was told.
    return waiting?.remove().then(
      () => true,
      () => false,
    );
  });
  if (removed === false) return;
  const { cause } = new BkError('BK_CANCELLED', say('queue.cancelled'));
  await ledger.note(job, { bench: '', computer: '', tries: 0, ok: false, cause });
}

/** The same by the id of the job alone, for who has not put it in. @throws BkError BK_QUEUE where there is none */
export async function cancelJob(server: QueueServer, id: string): Promise<void> {
  const job = await jobOf(server, id);
  if (job.finishedOn !== undefined) throw refused('queue.isOver');
  await takeBack(server, job.queueName, id);
  const { owner } = job.data as { owner?: unknown };
  if (typeof owner === 'string') server.signal({ kind: 'outcome', job: id, owner });
}

/** Lets a job that failed wait once more. @throws BkError BK_QUEUE where it has not failed, or is not there */
export async function retryJob(server: QueueServer, id: string): Promise<void> {
  const job = await jobOf(server, id);
  if (!(await server.ask(() => job.isFailed()))) throw refused('queue.hasNotFailed');
  await server.ask(() => job.retry('failed'));
  server.signal({ kind: 'added', job: id });
}

async function jobOf(server: QueueServer, id: string): Promise<Job> {
  // Who asks waits for the answer: a server that is away is not waited for.
  if (server.redis.status !== 'ready') {
    const text = server.standing.trouble ?? say('queue.notConnected');
    throw new BkError('BK_QUEUE', text, { phase: 'open', advice: [say('queue.checkServer')] });
  }
  for (const name of allQueues(server.settings.queueName)) {
    const job = await server.ask(() => server.queue(name).getJob(id));
    if (job?.id === id) return job;
  }
  throw refused('queue.noSuchJob');
}

function refused(code: 'queue.isOver' | 'queue.hasNotFailed' | 'queue.noSuchJob'): BkError {
  return new BkError('BK_QUEUE', say(code), { phase: 'open', advice: [say('queue.lookAgain')] });
}
