import { type LineVerdict, lineSentence } from '../diagnosis/line-verdict';
import { type Note, say } from '../texts/note';
import { render } from '../texts/render';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';

export interface ListenOptions {
  /** Seconds to listen for, where no chip answers; default the device's. */
  linkTimeout?: number;
}

/** What came of listening to a line. */
export interface LineReport {
  /** `sound` where a chip was found; null where the time was too short to tell anything. */
  line: LineVerdict | null;
  /** The same for a person, and what to do. */
  message: string;
  /** Code of the message, and what it was told. */
  code: string;
  params: Note['params'];
}

/** A chip answers: its wires are sound, and it was asked what it is. */
export async function listen(context: JobContext): Promise<JobOutcome<LineReport>> {
  const line = { code: 'sound', chip: context.session.identity.chip } as const;
  context.progress.say('identify', lineSentence(line), false, line);
  return { payload: lineReport(line), offset: 0, length: 0, bytes: 0 };
}

/** @param line what was told last, where no chip answered */
export function lineReport(line: LineVerdict | null): LineReport {
  const note = line === null ? say('diagnosis.hearNothingYet') : lineSentence(line);
  return { line, message: render(note), code: note.code, params: note.params };
}
