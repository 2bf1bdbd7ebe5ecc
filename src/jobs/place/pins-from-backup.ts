import { readImageFile } from '../../backup/image-file';
import { BkError } from '../../errors';
import type { Inspection } from '../../image/inspect/inspect-types';
import type { OpenBekenPin } from '../../image/openbeken/openbeken-config';
import type { JobContext } from '../base/job-context';
import { inspectInJob } from '../read/inspection';

/** What a device is told to do with its pins. */
export interface FoundPins {
  pins: { [gpio: string]: OpenBekenPin };
  /** What its hardware needs at the start; null where it needs nothing, or that is not known. */
  startCommand: string | null;
}

/**
 * The pins that Tuya's firmware had set up, out of a backup of its device.
 * @throws BkError BK_BAD_SETTING, saying why there are none: the image is no worse for it
 */
export async function tuyaPins(context: JobContext, backup: string | null): Promise<FoundPins> {
  if (backup === null) throw without('no backup was made', []);
  const found = await inspectInJob(context, await readImageFile(backup), 'show');
  const { tuya, template, openbeken } = found;
  const pins = tuya?.pins ?? {};
  if (Object.keys(pins).length === 0) {
    const { why, advice } = reasonOf(found);
    throw without(`the backup ${backup} tells none: ${why}`, advice);
  }
  if (tuya?.pinsFrom === 'app') {
    context.warnings.push(
      "The pins are those that Tuya's application has built in: it may hold them for another device.",
    );
  }
  // A template of OpenBeken's own pins carries its own command.
  const ofTuya = Object.keys(openbeken?.pins ?? {}).length === 0;
  return { pins, startCommand: (ofTuya ? template?.command : null) || null };
}

function without(why: string, advice: readonly string[]): BkError {
  return new BkError(
    'BK_BAD_SETTING',
    `The pins of OpenBeken are to come from Tuya's firmware, but ${why}; nothing was changed`,
    { phase: 'backup', advice: [...advice, GIVE_THEM] },
  );
}

const GIVE_THEM =
  "Give the pins themselves in msg.openbeken, or leave them out and set them in the device's own web page.";

/** Why a device that ran Tuya's firmware tells no pins. */
function reasonOf({ tuya, warnings }: Inspection): { why: string; advice: string[] } {
  if (tuya === null)
    return {
      why: "there is no storage of Tuya's firmware that can be read (it was erased, or never was there, or has a form that is not known)",
      advice: ['Use a backup that was made before the storage was erased.'],
    };
  if (tuya.tuyaMcuBaud !== null)
    return {
      why: `another controller does the work (TuyaMCU, ${tuya.tuyaMcuBaud} baud), and the pins are its`,
      advice: ['Leave the pins out, and set startCommand to "startDriver TuyaMCU".'],
    };
  if (tuya.pinsFrom !== null)
    return {
      why: `its settings${tuya.module === null ? '' : ` (module ${tuya.module})`} name no pin; so it often is where another controller does the work (TuyaMCU)`,
      advice: ['Look at the device for a second controller.'],
    };
  const damaged = warnings.find((warning) => warning.startsWith('Damaged'));
  if (damaged !== undefined)
    return { why: `its storage is damaged. ${damaged}`, advice: ['Read the chip once more.'] };
  if (!tuya.keys.includes('gw_ai'))
    return {
      why: 'its storage holds no settings of pins, and none of an account: the device was never paired, and some take their pins down only then',
      advice: ["Pair the device with Tuya's app once, and read it again."],
    };
  return {
    why: 'its storage holds no settings of pins (user_param_key), as of devices in which another controller does the work (TuyaMCU)',
    advice: ['Look at the device for a second controller.'],
  };
}
