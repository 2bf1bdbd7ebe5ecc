import { BOOTLOADER_END } from '../../chip/geometry';
import { CHIPS, type ChipName } from '../../chip/known/chips';
import { type Note, say } from '../../texts/note';
import { type CodeCheck, checkFlashCode } from '../code/check-code';
import { isFilledWith } from '../code/packets';
import { ownAppEnd } from '../code/partitions';
import { guessChip } from './chip-evidence';
import { type DetectedImage, NOTHING } from './detected';
import { hasCode, readDump, unrotate } from './dump';

/** Where the application ends that Tuya's partition tables describe, bytes. Source: real dumps. */
const USUAL_APP_END = 0x129f70;

/**
 * Dumps of a whole flash; null for anything else. What is damaged in one is said and no more: it may be
 * how the device is. In slices of some milliseconds.
 */
export function* detectDump(
  bytes: Uint8Array,
  flashSize?: number,
): Generator<void, DetectedImage | null> {
  const facts = readDump(bytes, flashSize);
  if (facts === null) return null;
  yield;
  const { rotated, key, calibration, evidence } = facts;
  const flash = rotated ? unrotate(bytes) : bytes;
  const at = calibration?.offset ?? null;
  const guess = guessChip(flash, at === null || !rotated ? at : wrapped(at, bytes.length), key);
  yield;
  const { bootloader, app } = yield* checkDump(flash, guess.chip);
  const mixed = guess.contradicts ? [say('image.speaksForOthers')] : [];
  const common = {
    ...NOTHING,
    chips: guess.chips,
    key,
    encryptionKey: key ?? (facts.hasCode ? ('other' as const) : null),
    calibration,
    evidence: [...evidence, ...guess.evidence],
    checks: [...bootloader.checks, ...app.checks],
    damaged: [...bootloader.damaged, ...app.damaged],
    damagedParts: { bootloader: bootloader.damaged, app: app.damaged },
    doubts: [...bootloader.doubts, ...app.doubts, ...mixed],
  };
  if (rotated)
    return {
      ...common,
      kind: 'rotated-dump',
      description: say('image.rotatedDump'),
      advice: [say('image.putRight')],
    };
  return { ...common, kind: 'dump', description: say('image.dump'), chip: guess.chip };
}

function wrapped(offset: number, length: number): number {
  return (offset + BOOTLOADER_END) % length;
}

/** Bootloader and application of a flash. Where an area is blank, nothing is wrong with what it holds. */
function* checkDump(
  flash: Uint8Array,
  chip: ChipName | null,
): Generator<void, { bootloader: CodeCheck; app: CodeCheck }> {
  const boot = hasCode(flash, 0);
  const app = hasCode(flash, BOOTLOADER_END);
  return {
    bootloader: boot
      ? yield* checkFlashCode(flash, 0, BOOTLOADER_END)
      : noCode(flash, 0, app, say('image.noBootloaderCode')),
    app: app
      ? yield* checkFlashCode(flash, BOOTLOADER_END, appEnd(flash, chip))
      : noCode(flash, BOOTLOADER_END, boot, say('image.noApplicationCode')),
  };
}

/** @param beside there is code in the other place, so that there should be some here */
function noCode(flash: Uint8Array, start: number, beside: boolean, why: Note): CodeCheck {
  const end = start + BOOTLOADER_END;
  const wrong = beside && !isFilledWith(flash, 0xff, start, end);
  const damaged = wrong ? [why] : [];
  return { checks: [], damaged, doubts: [], end: start };
}

/** By the bootloader's own table, else as is usual for the chip: behind it other data may lie. */
function appEnd(flash: Uint8Array, chip: ChipName | null): number {
  const own = ownAppEnd(flash);
  if (own !== null) return own;
  if (chip === null) return USUAL_APP_END;
  const { app } = CHIPS[chip].layout;
  return app.offset + app.length;
}
