import { BOOTLOADER_END } from '../../chip/geometry';
import { factsOfLayout } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { keyOfFlash, markerKey, storedKey } from '../../chip/marker';
import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { FoundCalibration } from '../calibration';
import type { AppImage } from '../code/app';
import { type BootloaderImage, readBootloader } from '../code/bootloader';
import { type CodeCheck, checkFlashCode } from '../code/check-code';
import { isFilledWith } from '../code/packets';
import { ownAppEnd, type Partition } from '../code/partitions';
import { guessChip } from '../evidence/chip-evidence';
import type { CodeEvidence, ImageCode } from '../evidence/code-evidence';
import { codeOfFlash } from '../evidence/code-parts';
import { calibrationOf, type DumpShape, hasCode, tellDump, unrotate } from '../evidence/dump';
import { type ImageFacts, type ImageFormat, noFacts } from './image-format';

/** A whole flash from address 0 on. */
export interface DumpImage extends ImageFacts {
  kind: 'dump';
  flash: Buffer;
  /** By the bootloader's own table, whether or not there is code in front of it. */
  partitions: readonly Partition[];
  /** Null where there is no code for it. */
  bootloader: BootloaderImage | null;
  /** Null where there is no code for it, or its key is not known. */
  app: AppImage | null;
}

/** A flash that begins at 0x11000 and wraps around. */
export interface RotatedDump extends ImageFacts {
  kind: 'rotated-dump';
  /** The same put right. */
  upright: DumpImage;
}

/**
 * Dumps of a whole flash. What is damaged in one is said and no more: it may be how the device is.
 */
export const dumpFormat: ImageFormat<DumpImage | RotatedDump> = {
  kinds: {
    dump: { nature: 'firmware', atOffset: 'sensible' },
    'rotated-dump': { nature: 'firmware', atOffset: 'sensible' },
  },
  *parse(bytes, { flashSize }) {
    const shape = tellDump(bytes, flashSize);
    if (shape === null) return null;
    yield;
    if (shape.rotated) return yield* rotatedDump(bytes, shape);
    const flash = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { codeAtStart: boot, codeBehind: app, hasCalibration } = shape;
    const { image } = yield* uprightDump(flash, { boot, app, hasCalibration });
    return image;
  },
};

/** What is known to lie in a flash. */
interface Holds {
  boot: boolean;
  app: boolean;
  hasCalibration: boolean;
}

/** The dump, and by what its chip was guessed. */
function* uprightDump(
  flash: Buffer,
  holds: Holds,
): Generator<void, { image: DumpImage; guessedBy: Note[] }> {
  const boot = readBootloader(flash);
  const { partitions } = boot;
  const key = boot.key ?? markerKey(flash, BOOTLOADER_END, 'app');
  const calibration = holds.hasCalibration ? calibrationOf(flash, boot, key) : null;
  const at = calibration?.offset ?? null;
  const end = appEnd(flash, partitions, { chip: guessChip(boot, at, key).chip, calibration: at });
  yield;
  const { bootloader, app } = yield* checkDump(flash, holds, end);
  const found = yield* codeOfFlash(flash, boot, { key });
  const guess = guessChip(boot, at, key, found.app);
  const image: DumpImage = {
    ...noFacts(),
    kind: 'dump',
    description: say('image.dump'),
    chip: guess.chip,
    chips: guess.chips,
    version: found.app?.version ?? null,
    project: found.app?.project ?? null,
    key,
    encryptionKey: keyOfFlash(
      storedKey(flash, 0, 'bootloader'),
      storedKey(flash, BOOTLOADER_END, 'app'),
    ),
    calibration,
    code: found.code,
    contents: [{ to: 'flash', bytes: flash, partitions, wrapped: false }],
    evidence: [...lies(holds, calibration), ...guess.evidence],
    checks: [...bootloader.checks, ...app.checks],
    damaged: [...bootloader.damaged, ...app.damaged],
    damagedParts: { bootloader: bootloader.damaged, app: app.damaged },
    doubts: [
      ...bootloader.doubts,
      ...app.doubts,
      ...(guess.contradicts ? [say('image.speaksForOthers')] : []),
    ],
    flash,
    partitions,
    // Where the bootloader's own beginning tells no key, that of the application opens it.
    bootloader: holds.boot ? (boot.key === key ? boot : readBootloader(flash, key)) : null,
    app: holds.app ? found.app : null,
  };
  return { image, guessedBy: guess.evidence };
}

/** What lies where in a flash. */
function lies({ boot, app }: Holds, calibration: FoundCalibration | null): Note[] {
  return [
    ...(boot ? [say('image.packetsAtBootloader')] : []),
    ...(app ? [say('image.packetsAtApp')] : []),
    ...foundAt(calibration),
  ];
}

function foundAt(calibration: FoundCalibration | null): Note[] {
  return calibration === null
    ? []
    : [say('image.calibrationAt', { offset: hex(calibration.offset) })];
}

/** Put right first; then all offsets are told as those in the file. */
function* rotatedDump(
  bytes: Uint8Array,
  { codeAtStart, codeBehind, hasCalibration }: DumpShape,
): Generator<void, RotatedDump> {
  const flash = unrotate(bytes);
  yield;
  const holds = { boot: hasCode(flash, 0), app: codeAtStart, hasCalibration };
  const { image: upright, guessedBy } = yield* uprightDump(flash, holds);
  const inFile = <Found extends { offset: number }>(found: Found): Found => ({
    ...found,
    offset: (found.offset + flash.length - BOOTLOADER_END) % flash.length,
  });
  const calibration = upright.calibration === null ? null : inFile(upright.calibration);
  const { chips, version, project, key, encryptionKey, checks, damaged, damagedParts, doubts } =
    upright;
  return {
    ...noFacts(),
    kind: 'rotated-dump',
    description: say('image.rotatedDump'),
    chips: [...chips],
    version,
    project,
    key,
    encryptionKey,
    calibration,
    ...(upright.code === undefined ? {} : { code: movedCode(upright.code, inFile) }),
    contents: upright.contents.map((content) => ({ ...content, wrapped: true })),
    evidence: [
      ...(codeBehind ? [say('image.packetsAtApp')] : []),
      say('image.beginsWithApp'),
      ...foundAt(calibration),
      ...guessedBy,
    ],
    checks: [...checks],
    damaged: [...damaged],
    damagedParts,
    doubts: [...doubts],
    advice: [say('image.putRight')],
    upright,
  };
}

function movedCode(
  { app, bootloader }: ImageCode,
  move: <Code extends CodeEvidence>(code: Code) => Code,
): ImageCode {
  return {
    app: app === null ? null : move(app),
    bootloader: bootloader === null ? null : move(bootloader),
  };
}

/** Bootloader and application of a flash. Where an area is blank, nothing is wrong with what it holds. */
function* checkDump(
  flash: Uint8Array,
  { boot, app }: Holds,
  appEnd: number,
): Generator<void, { bootloader: CodeCheck; app: CodeCheck }> {
  return {
    bootloader: boot
      ? yield* checkFlashCode(flash, 0, BOOTLOADER_END)
      : noCode(flash, 0, app, say('image.noBootloaderCode')),
    app: app
      ? yield* checkFlashCode(flash, BOOTLOADER_END, appEnd)
      : noCode(flash, BOOTLOADER_END, boot, say('image.noApplicationCode')),
  };
}

/** @param beside there is code in the other place, so that there should be some here */
function noCode(flash: Uint8Array, start: number, beside: boolean, why: Note): CodeCheck {
  const end = start + BOOTLOADER_END;
  const wrong = beside && !isFilledWith(flash, 0xff, start, end);
  const damaged = wrong ? [why] : [];
  return { checks: [], damaged, doubts: [], end: start, codeEnd: start };
}

/** Where the application ends that Tuya's partition tables describe, bytes. Source: real dumps. */
const USUAL_APP_END = 0x129f70;

/** By the bootloader's own table, else as is usual for the chip: behind it other data may lie. */
function appEnd(
  flash: Uint8Array,
  partitions: readonly Partition[],
  { chip, calibration }: { chip: ChipName | null; calibration: number | null },
): number {
  const own = ownAppEnd(partitions, flash.length);
  if (own !== null) return own;
  if (chip === null) return USUAL_APP_END;
  const { app } = factsOfLayout(chip, { download: null, calibration }).layout;
  return app.offset + app.length;
}
