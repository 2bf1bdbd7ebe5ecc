import { CHIPS } from '../chip/known/chips';
import { hex } from '../errors';
import { span } from '../placement/base/pieces';
import { isLaidOutAsUsual, slotInTable, slotOf } from '../placement/base/place-target';
import { anyOf, say } from '../texts/note';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { ChipReport } from './base/job-types';
import { chipCalibration } from './chip/chip-calibration';
import { likelyModels } from './chip/chip-hints';
import { laidOut } from './chip/chip-layout';

/** Tells what is linked. */
export async function connect(context: JobContext): Promise<JobOutcome<ChipReport>> {
  const { session } = context;
  const { identity } = session;
  const { mac } = await chipCalibration(context);
  const layout = await layoutReport(context);
  const likely = await likelyModels(context);
  if (likely !== null && likely.chips.length > 0)
    context.warnings.push(
      say('job.likelyModel', { chips: anyOf(likely.chips), says: likely.says }),
    );
  const { name, version, crc, known } = identity.bootloader;
  const payload: ChipReport = {
    chip: identity.chip,
    aliases: identity.chip === null ? [] : CHIPS[identity.chip].aliases,
    family: identity.family,
    chipId: identity.chipId,
    bootloader: { name, version, crc, known },
    flash: {
      id: identity.flash.id,
      name: identity.flash.part?.name ?? null,
      size: identity.flash.size,
    },
    encryptionKey: identity.encryption,
    mac,
    layout,
    baud: session.workingBaud,
    linkMs: Math.round(session.linked.ms),
  };
  return { payload, offset: 0, length: 0, bytes: 0 };
}

/** Where the chip has what; a layout that is not its model's usual one is said. */
async function layoutReport(context: JobContext): Promise<ChipReport['layout']> {
  const target = await laidOut(context);
  const { chip, calibration = null } = target;
  const [app, download] = [slotOf(target, 'app'), slotOf(target, 'download')];
  if (chip !== null && !isLaidOutAsUsual(target)) {
    const slot = download === null ? say('job.slotNotKnown') : span(download);
    context.warnings.push(
      calibration === null
        ? say('job.otherSlots', { chip, slot })
        : say('job.otherLayout', { chip, slot, calibration: hex(calibration) }),
    );
  }
  const isTold = slotInTable(target, 'download') !== null;
  return { app, download, calibration, from: isTold ? 'table' : 'model' };
}
