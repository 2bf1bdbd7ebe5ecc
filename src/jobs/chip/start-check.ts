import { isBkError } from '../../errors';
import { type HeardStart, watchStart } from '../../session/probe/start-watch';
import { type Note, say } from '../../texts/note';
import { render } from '../../texts/render';
import type { JobContext } from '../base/job-context';
import type { StartCheck } from '../base/job-types';

/**
 * Starts the firmware and listens to it. The chip is not linked any more afterwards.
 * @throws BkError BK_CANCELLED
 */
export async function checkStart(context: JobContext): Promise<StartCheck> {
  const { session, progress, signal, warnings } = context;
  progress.say('reboot', say('job.listeningForStart'));
  context.isStarted = true;
  const heard = await watchStart(session.exchanger, signal).catch((error) => {
    if (!isBkError(error, 'BK_CANCELLED')) throw error;
    throw error.advised(say('job.startCheckStopped'));
  });
  const note = sentenceOf(heard);
  if (heard.result === 'restarts') warnings.push(note);
  const { result, firmware, starts } = heard;
  return {
    result,
    firmware,
    starts,
    message: render(note),
    code: note.code,
    params: note.params,
  };
}

function sentenceOf({ result, firmware, starts, callsController, hasWords }: HeardStart): Note {
  if (result === 'restarts') return say('job.restarts', { starts });
  if (result === 'portLost') return say('job.startPortLost');
  if (result === 'silent') {
    if (starts > 0) return say('job.onlyBootloaderHeard');
    return hasWords ? say('job.unknownWordsHeard') : say('job.startSilent');
  }
  if (firmware === null)
    return callsController ? say('job.startedTuyaMcu') : say('job.startedUnknown');
  const { name, version } = firmware;
  return version === null
    ? say('job.started', { firmware: name })
    : say('job.startedVersion', { firmware: name, version });
}
