import type { EndedJob, JobRequest, ShownError, StartedJob } from '../../messages';
import { api, RequestFailed } from './api';
import { store } from './store';
import { text } from './texts';

/** How a job ended that was started here. */
export type Ran =
  | { isDone: true; ended: EndedJob }
  | { isDone: false; error: ShownError; ended: EndedJob | null };

/** Starts a job and waits for its end; never rejects. @param onStart is told of it once it has its turn or waits for one */
export async function run(
  device: string,
  request: JobRequest,
  onStart: (job: StartedJob) => void = () => {},
): Promise<Ran> {
  try {
    const started = await api.start(device, request);
    onStart(started);
    const ended = await store.ended(started);
    if (ended === null) return failed(plain(text('failed.deviceGone')), null);
    return ended.error === null ? { isDone: true, ended } : failed(ended.error, ended);
  } catch (thrown) {
    return failed(errorOf(thrown), null);
  }
}

function failed(error: ShownError, ended: EndedJob | null): Ran {
  return { isDone: false, error, ended };
}

/** What a request failed by, in the form of the engine's own failures. */
export function errorOf(thrown: unknown): ShownError {
  if (!(thrown instanceof RequestFailed)) return plain(String(thrown));
  if (thrown.shown !== null) return thrown.shown;
  if (thrown.status === 0) return plain(text('failed.unreachable'));
  if (thrown.status === 401 || thrown.status === 403) return plain(text('failed.forbidden'));
  return plain(text('failed.request', { status: thrown.status }));
}

/** A failure that is none of the engine's. */
export function plain(words: string): ShownError {
  return {
    code: '',
    message: { code: 'common.verbatim', params: { text: words } },
    likely: [],
    advice: [],
    state: null,
  };
}
