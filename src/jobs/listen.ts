import { type LineVerdict, lineSentence } from '../diagnosis/line-verdict';
import type { FilledSettings } from '../session/base/settings';
import { say } from '../texts/note';
import { render } from '../texts/render';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { LineReport, ListenOptions } from './base/job-types';
import type { ProgressReporter } from './base/progress';
import { takeListenOptions } from './options/job-options';

/** The job of listening to a line: it is the linking of any other job, and what is told meanwhile is its result. */
export const LISTENING = {
  operation: 'listen',
  prepare: (port: string, options: unknown): ListenOptions => takeListenOptions(options, port),
  /** Any chip is a sound line. */
  settings: (settings: FilledSettings, own: ListenOptions): FilledSettings => ({
    ...settings,
    ...own,
    chip: 'auto',
  }),
  withoutChip: ({ line }: Pick<ProgressReporter, 'line'>): LineReport => lineReport(line),
  perform: listen,
} as const;

/** A chip answers: its wires are sound, and it was asked what it is. */
async function listen(context: JobContext): Promise<JobOutcome<LineReport>> {
  const line = { code: 'sound', chip: context.session.identity.chip } as const;
  context.progress.say('identify', lineSentence(line), false, line);
  return { payload: lineReport(line), offset: 0, length: 0, bytes: 0 };
}

/** @param line what was told last, where no chip answered */
function lineReport(line: LineVerdict | null): LineReport {
  const note = line === null ? say('diagnosis.hearNothingYet') : lineSentence(line);
  return { line, message: render(note), code: note.code, params: note.params };
}
