import { BkError } from '../../errors';
import type { Inspection } from '../../image/inspect/inspect-types';
import type { OpenBekenPin } from '../../image/openbeken/openbeken-config';
import { isSaid, type Note, say } from '../../texts/note';

/** What a device is told to do with its pins. */
export interface FoundPins {
  pins: { [gpio: string]: OpenBekenPin };
  /** What its hardware needs at the start; null where it needs nothing, or that is not known. */
  startCommand: string | null;
  warnings: Note[];
}

/**
 * The pins that Tuya's firmware had set up, out of a backup of its device.
 * @param found what the backup holds
 * @param backup its path, for messages
 * @throws BkError BK_BAD_SETTING, saying why there are none: the image is no worse for it
 */
export function pinsOfTuya(found: Inspection, backup: string): FoundPins {
  const { tuya, template, openbeken } = found;
  const pins = tuya?.pins ?? {};
  if (Object.keys(pins).length === 0) {
    const { why, advice } = reasonOf(found);
    throw withoutPins(say('placement.noPins', { backup, why }), advice);
  }
  // A template of OpenBeken's own pins carries its own command.
  const ofTuya = Object.keys(openbeken?.pins ?? {}).length === 0;
  return {
    pins,
    startCommand: (ofTuya ? template?.command : null) || null,
    warnings: tuya?.pinsFrom === 'app' ? [say('placement.pinsBuiltIn')] : [],
  };
}

/** No pins can be found. */
export function withoutPins(text: Note, advice: readonly Note[] = []): BkError {
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'backup',
    advice: [...advice, say('placement.givePins')],
  });
}

/** Why a device that ran Tuya's firmware tells no pins. */
function reasonOf({ tuya, warningCodes }: Inspection): { why: Note; advice: Note[] } {
  if (tuya === null)
    return {
      why: say('placement.noStorage'),
      advice: [say('placement.useBackupBeforeErase')],
    };
  if (tuya.tuyaMcuBaud !== null)
    return {
      why: say('placement.otherController', { baud: tuya.tuyaMcuBaud }),
      advice: [say('placement.startTuyaMcu')],
    };
  if (tuya.pinsFrom !== null)
    return {
      why:
        tuya.module === null
          ? say('placement.namesNoPin')
          : say('placement.moduleNamesNoPin', { module: tuya.module }),
      advice: [say('placement.lookForController')],
    };
  const damage = warningCodes.find((note) => isSaid(note, 'inspect.damagedValues'));
  if (damage !== undefined)
    return {
      why: say('placement.storageDamaged', { damage }),
      advice: [say('placement.readAgain')],
    };
  if (!tuya.keys.includes('gw_ai'))
    return {
      why: say('placement.neverPaired'),
      advice: [say('placement.pairOnce')],
    };
  return {
    why: say('placement.noPinSettings'),
    advice: [say('placement.lookForController')],
  };
}
