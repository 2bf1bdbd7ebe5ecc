import { setImmediate } from 'node:timers/promises';
import { inspect } from '../../image/inspect/inspect';
import type { Inspection } from '../../image/inspect/inspect-types';
import type { JobContext } from '../base/job-context';
import { keptAlive } from '../chip/kept-alive';

/** `inspect` in the midst of a job: the chip is kept in download mode meanwhile. */
export async function inspectInJob(
  context: JobContext,
  bytes: Uint8Array,
  secrets: 'hide' | 'show',
): Promise<Inspection> {
  const { session, signal } = context;
  const keepAlive = keptAlive(session);
  const pause = async (): Promise<void> => {
    await setImmediate();
    await keepAlive();
  };
  return inspect(bytes, { secrets, pause, ...(signal === undefined ? {} : { signal }) });
}

/**
 * What a backup of a whole flash holds, for its sidecar, without secrets; null where that cannot be told:
 * no backup fails for it.
 */
export function inspectionFacts(context: JobContext, bytes: Uint8Array): Promise<object | null> {
  return sidecarFacts(inspectInJob(context, bytes, 'hide'));
}

/** The same of an inspection, without secrets, that is under way. */
export async function sidecarFacts(inspecting: Promise<Inspection>): Promise<object | null> {
  try {
    const { kind, chip, encryptionKey, bootloader, app, partitions, mac, tuya, ...found } =
      await inspecting;
    const { openbeken, template, warnings } = found;
    const { module, platform, pins, pinsFrom, tuyaMcuBaud } = tuya ?? {};
    return {
      kind,
      chip,
      encryptionKey,
      bootloader,
      app,
      partitions,
      mac,
      tuya: tuya === null ? null : { module, platform, pins, pinsFrom, tuyaMcuBaud },
      openbeken,
      template,
      warnings,
    };
  } catch {
    return null;
  }
}
