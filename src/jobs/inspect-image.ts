import { types } from 'node:util';
import { BkError, shown } from '../errors';
import { inspect as inspectImage } from '../image/inspect/inspect';
import type { Inspection, InspectOptions } from '../image/inspect/inspect-types';
import { say } from '../texts/note';
import { takeInspectOptions } from './options/job-options';

/**
 * Says what bytes are and what they tell: a dump of a whole flash, a part of one, or any image.
 * Lets other work run in between: nothing blocks for long.
 * @throws BkError BK_BAD_IMAGE for no bytes or too many, BK_BAD_SETTING, BK_CANCELLED when the signal says so
 */
export async function inspect(
  given: Uint8Array,
  options: InspectOptions = {},
): Promise<Inspection> {
  const checked = takeInspectOptions(options);
  if (types.isUint8Array(given)) return inspectImage(given, checked);
  throw new BkError('BK_BAD_IMAGE', say('job.notBytes', { given: shown(given) }), {
    phase: 'open',
    advice: [say('job.readFileFirst')],
  });
}
