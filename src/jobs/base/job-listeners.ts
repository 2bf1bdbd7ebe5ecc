import { textOf } from '../../errors';
import { say } from '../../texts/note';
import type { JobEvent, TellOfJob } from './device-watch';
import type { JobNotes } from './job-notes';
import type { JobControl } from './job-types';

/** Those who are told of a job: who asked for it and who looks on at the device. Undefined where neither wants to know. */
export type JobListeners = {
  readonly [Name in 'onProgress' | 'onRecord' | 'onSectors' | 'onChip']:
    | JobControl[Name]
    | undefined;
};

export function listenersOf(control: JobControl, notes: JobNotes, tell: TellOfJob): JobListeners {
  return {
    onProgress: both(guarded(control.onProgress, notes), tell, (progress) => ({
      kind: 'progress',
      progress,
    })),
    onSectors: both(guarded(control.onSectors, notes), tell, (change) => ({
      kind: 'sectors',
      change,
    })),
    onChip: both(guarded(control.onChip, notes), tell, (report) => ({ kind: 'chip', report })),
    onRecord: guarded(control.onRecord, notes),
  };
}

/** Tells who asked for a job and who looks on at the device; undefined where neither wants to know. */
function both<Told>(
  listener: ((told: Told) => void) | undefined,
  tell: TellOfJob,
  event: (told: Told) => JobEvent,
): ((told: Told) => void) | undefined {
  if (tell === undefined) return listener;
  return (told) => {
    listener?.(told);
    tell(event(told));
  };
}

/** Who only looks on must not end a job in the middle of a change. */
function guarded<Told>(
  listener: ((told: Told) => void) | undefined,
  notes: JobNotes,
): ((told: Told) => void) | undefined {
  if (listener === undefined) return undefined;
  let heard: typeof listener | undefined = listener;
  return (told) => {
    try {
      heard?.(told);
    } catch (error) {
      heard = undefined;
      notes.warnings.push(say('device.listenerFailed', { reason: textOf(error) }));
    }
  };
}
