import type { BkError, Note } from '../../../src';
import { cancelJob, retryJob } from '../../queue/queue-control';
import { type QueueView, queueView, type SeenJob } from '../../queue/queue-view';
import type { QueueServer } from '../../queue/server/queue-server';
import { Ledger } from '../../queue/store/ledger';
import { errorOf, type Outcome } from '../../queue/store/outcome';
import { asBkError } from '../../shared/errors';
import type { QueueJob, QueueJobState, QueueLook, SaidNote, ShownError } from '../messages';
import { shownError, shownNote } from '../shown';
import type { QueueHost } from './queue-entry';

/** Jobs of each state that are shown. */
const MOST = 15;
/** What somebody has put into progress may be anything; more of a text is not shown, letters. */
const LONGEST = 200;

const STATES = {
  waiting: 'waiting',
  active: 'active',
  delayed: 'delayed',
  failed: 'failed',
  completed: 'done',
} as const satisfies Record<SeenJob['state'], QueueJobState>;

/**
 * A queue node as the sidebar asks it.
 * @param open its server; throws a BkError where it cannot be used
 */
export function queueHost(name: string, open: () => QueueServer): QueueHost {
  return {
    name,
    get standing() {
      try {
        const { state, trouble } = open().standing;
        return { server: state, trouble: trouble === null ? null : shownNote(trouble) };
      } catch (error) {
        return { server: 'away' as const, trouble: shownNote(asBkError(error).text) };
      }
    },
    look: async () => {
      const server = open();
      const view = await queueView(server, MOST);
      const failed = view.jobs.filter(({ state }) => state === 'failed').map(({ id }) => id);
      const outcomes = await new Ledger(server).outcomes(failed);
      return lookOf(view, new Map(failed.map((id, index) => [id, outcomes[index] ?? null])));
    },
    watch: (listener) => {
      try {
        const server = open();
        const ends = [server.onSignal(listener), server.onStanding(listener)];
        return () => {
          for (const end of ends) end();
        };
      } catch {
        return () => {};
      }
    },
    cancel: async (job) => cancelJob(open(), job),
    retry: async (job) => retryJob(open(), job),
  };
}

function lookOf(
  { counts, isPaused, benches, jobs }: QueueView,
  outcomes: ReadonlyMap<string, Outcome | null>,
): QueueLook {
  const { completed, ...others } = counts;
  return {
    counts: { ...others, done: completed },
    isPaused,
    benches: benches.map(({ id, name, computer, state, chip, mac, job }) => ({
      id: short(id) ?? '',
      name: short(name) ?? '',
      computer: short(computer) ?? '',
      state,
      chip: short(chip),
      mac: short(mac),
      job: short(job),
    })),
    jobs: jobs.map((job) => shownJob(job, outcomes.get(job.id) ?? null)),
  };
}

function shownJob(seen: SeenJob, outcome: Outcome | null): QueueJob {
  const { id, operation, target, state, bench, progress, tries, mostTries, since, ended } = seen;
  const isUnderWay = state === 'active' && progress !== null;
  return {
    id,
    operation,
    target,
    state: STATES[state],
    tries: state === 'active' ? tries + 1 : tries,
    mostTries,
    at: ended ?? since,
    bench: outcome?.bench || bench,
    percent: isUnderWay ? Math.round(progress.overallPercent) : null,
    message: isUnderWay ? plainNote(progress) : null,
    error: state === 'failed' ? failureOf(seen, outcome) : null,
  };
}

/** Why it failed, with advice where a bench has told of it; else what BullMQ has of it. */
function failureOf({ failure }: SeenJob, outcome: Outcome | null): ShownError {
  if (outcome !== null && !outcome.ok) return shownError(errorOf(outcome.cause));
  const message = { code: 'common.verbatim', params: { text: failure ?? '' } };
  return { code: '', message, likely: [], advice: [], state: null };
}

/** Who reaches the server can announce a bench that is none: only what is a text, and short, is shown. */
function short(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, LONGEST) : null;
}

/** Without what could not be rendered, whoever has put it there. */
function plainNote({ code, params }: Pick<BkError['text'], 'code' | 'params'>): SaidNote {
  const isPlain = (value: Note['params'][string]) =>
    typeof value === 'number' || (typeof value === 'string' && value.length <= LONGEST);
  const plain = Object.entries(params).filter(([, value]) => isPlain(value));
  return { code: code.slice(0, LONGEST), params: Object.fromEntries(plain.slice(0, 20)) };
}
