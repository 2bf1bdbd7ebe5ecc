import { CHIPS } from '../chip/known/chips';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { ChipReport } from './base/job-types';
import { chipCalibration } from './chip/chip-calibration';

/** Tells what is linked. */
export async function connect(context: JobContext): Promise<JobOutcome<ChipReport>> {
  const { session } = context;
  const { identity } = session;
  const { mac } = await chipCalibration(context);
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
    baud: session.workingBaud,
    linkMs: Math.round(session.linked.ms),
  };
  return { payload, offset: 0, length: 0, bytes: 0 };
}
