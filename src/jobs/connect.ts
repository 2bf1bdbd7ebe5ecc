import { hex } from '../errors';
import { span } from '../placement/base/pieces';
import { isLaidOutAsUsual, slotOf } from '../placement/base/place-target';
import { anyOf, say } from '../texts/note';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { ChipReport } from './base/job-types';
import { chipCalibration } from './chip/chip-calibration';
import { likelyModels } from './chip/chip-hints';
import { laidOut } from './chip/chip-layout';
import { chipReport } from './chip/chip-report';

/** Tells what is linked. */
export async function connect(context: JobContext): Promise<JobOutcome<ChipReport>> {
  await chipCalibration(context);
  await warnOfLayout(context);
  const likely = await likelyModels(context);
  if (likely !== null && likely.chips.length > 0)
    context.warnings.push(
      say('job.likelyModel', { chips: anyOf(likely.chips), says: likely.says }),
    );
  return { payload: chipReport(context.session), offset: 0, length: 0, bytes: 0 };
}

/** A layout that is not its model's usual one is said. */
async function warnOfLayout(context: JobContext): Promise<void> {
  const target = await laidOut(context);
  const { chip, calibration = null } = target;
  if (chip === null || isLaidOutAsUsual(target)) return;
  const download = slotOf(target, 'download');
  const slot = download === null ? say('job.slotNotKnown') : span(download);
  context.warnings.push(
    calibration === null
      ? say('job.otherSlots', { chip, slot })
      : say('job.otherLayout', { chip, slot, calibration: hex(calibration) }),
  );
}
