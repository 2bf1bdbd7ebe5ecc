import type { Job } from 'bullmq';
import type { Progress } from '../../src';
import { allQueues } from './server/queue-names';
import type { QueueServer, ServerStanding } from './server/queue-server';
import { BenchBoard, type BenchNotice } from './store/bench-board';

/** A job as it is seen in the queue: nothing secret, whoever has put it in. */
export interface SeenJob {
  id: string;
  /** What is to be done: a word of ours, or whatever else somebody has put in, short. */
  operation: string;
  /** `any`, a model, or a MAC. */
  target: string;
  state: 'waiting' | 'active' | 'delayed' | 'completed' | 'failed';
  /** The bench that does it, or did it last; null before. */
  bench: string | null;
  /** The last that was told of it; null before. `overallPercent` is 0 to 100. */
  progress: Pick<Progress, 'phase' | 'overallPercent' | 'code' | 'params'> | null;
  /** How often it was tried in vain, and how often it may be tried. */
  tries: number;
  mostTries: number;
  /** Why it failed the last time, in English, with the code first; null where it did not. */
  failure: string | null;
  /** ISO 8601. */
  since: string;
  ended: string | null;
}

/** A queue at one moment, all of its queues of BullMQ together. Plain data. */
export interface QueueView {
  name: string;
  server: ServerStanding;
  counts: Record<SeenJob['state'], number>;
  /** Somebody has paused one of its queues, as dashboards can: nothing is taken out of that. */
  isPaused: boolean;
  benches: BenchNotice[];
  /** Those under way first, then those that wait, then the ones that ended last; `most` of each. */
  jobs: SeenJob[];
}

const STATES = ['active', 'waiting', 'delayed', 'failed', 'completed'] as const;
/** In which lists of BullMQ jobs of a state are: those with a priority, which all of ours have, wait in one of their own. */
const LISTS = {
  active: ['active'],
  waiting: ['wait', 'prioritized'],
  delayed: ['delayed'],
  failed: ['failed'],
  completed: ['completed'],
} as const;
/** More of a text that somebody has put there is not shown, letters. */
const LONGEST = 200;

/**
 * What is going on in a queue. While the server is away there is nothing but that: it is not waited for.
 * @param most jobs of each state
 * @throws BkError BK_QUEUE
 */
export async function queueView(server: QueueServer, most = 20): Promise<QueueView> {
  const { queueName } = server.settings;
  const counts = { waiting: 0, active: 0, delayed: 0, completed: 0, failed: 0 };
  const view: QueueView = {
    name: queueName,
    server: server.standing,
    counts,
    isPaused: false,
    benches: [],
    jobs: [],
  };
  if (server.redis.status !== 'ready') return view;
  view.benches = await new BenchBoard(server).all();
  const seen: SeenJob[] = [];
  for (const name of allQueues(queueName)) {
    const queue = server.queue(name);
    if (await server.ask(() => queue.isPaused())) view.isPaused = true;
    const lists = STATES.flatMap((state) => LISTS[state]);
    const lengths = await server.ask(() => queue.getJobCounts(...lists));
    for (const state of STATES) {
      const length = LISTS[state].reduce((sum, list) => sum + (lengths[list] ?? 0), 0);
      counts[state] += length;
      if (length === 0) continue;
      const isOver = state === 'failed' || state === 'completed';
      const jobs = await server.ask(() => queue.getJobs([...LISTS[state]], 0, most - 1, !isOver));
      seen.push(...jobs.flatMap((job) => (job ? [seenJob(job, state)] : [])));
    }
  }
  view.jobs = STATES.flatMap((state) => newestOf(seen, state).slice(0, most));
  return view;
}

function newestOf(all: readonly SeenJob[], state: SeenJob['state']): SeenJob[] {
  const jobs = all.filter((job) => job.state === state);
  if (state !== 'failed' && state !== 'completed') return jobs;
  return jobs.sort((one, other) => (other.ended ?? '').localeCompare(one.ended ?? ''));
}

function seenJob(job: Job, state: SeenJob['state']): SeenJob {
  const { target } = (job.data ?? {}) as { target?: unknown };
  const progress =
    typeof job.progress === 'object' ? (job.progress as Record<string, unknown>) : null;
  const { bench, phase, overallPercent, code, params } = progress ?? {};
  const isTold = typeof phase === 'string' && typeof code === 'string';
  return {
    id: String(job.id),
    operation: short(job.name) ?? '',
    target: short(target) ?? '',
    state,
    bench: short(bench),
    progress: isTold
      ? {
          phase: phase as Progress['phase'],
          overallPercent: Number(overallPercent) || 0,
          code,
          params: (params ?? {}) as Progress['params'],
        }
      : null,
    tries: job.attemptsMade,
    mostTries: Number(job.opts.attempts) || 1,
    failure: short(job.failedReason),
    since: new Date(job.timestamp).toISOString(),
    ended: job.finishedOn === undefined ? null : new Date(job.finishedOn).toISOString(),
  };
}

function short(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST) : null;
}
