import { BOOTLOADER_END } from '../../chip/geometry';
import { factsOfLayout } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { keyOfFlash, markerKey, storedKey } from '../../chip/marker';
import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { type FoundCalibration, findCalibration } from '../calibration';
import type { AppImage } from '../code/app';
import { type BootloaderImage, readBootloader } from '../code/bootloader';
import { type CodeCheck, checkFlashCode } from '../code/check-code';
import { isFilledWith } from '../code/packets';
import { ownAppEnd, type Partition } from '../code/partitions';
import { guessChip } from '../evidence/chip-evidence';
import type { CodeEvidence, ImageCode } from '../evidence/code-evidence';
import { codeOfFlash } from '../evidence/code-parts';
import { findDisorder } from '../evidence/disorder';
import { calibrationOf, type DumpShape, hasCode, tellDump, unrotate } from '../evidence/dump';
import { type ImageContent, type ImageFacts, type ImageFormat, noFacts } from './image-format';

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

/**
 * A flash that the file does not hold as it is: `rotated-dump` begins at 0x11000 and wraps around, `swapped-dump`
 * begins elsewhere, and `doubled-dump` holds a smaller flash twice or more.
 */
export interface RotatedDump extends ImageFacts {
  kind: 'rotated-dump' | 'swapped-dump' | 'doubled-dump';
  /** The same put right. */
  upright: DumpImage;
  /** What was done for that, a sentence. */
  putRight: Note;
}

/** Parts that do not belong to one flash. Nothing of it can be trusted. */
export interface ContradictingDump extends ImageFacts {
  kind: 'contradicting-dump';
}

/**
 * Dumps of a whole flash. What is damaged in one is said and no more: it may be how the device is.
 */
export const dumpFormat: ImageFormat<DumpImage | RotatedDump | ContradictingDump> = {
  kinds: {
    dump: { nature: 'firmware', atOffset: 'sensible' },
    'rotated-dump': { nature: 'firmware', atOffset: 'sensible' },
    'swapped-dump': { nature: 'firmware', atOffset: 'other-form' },
    'doubled-dump': { nature: 'firmware', atOffset: 'sensible' },
    'contradicting-dump': { nature: 'firmware', atOffset: 'other-form' },
  },
  *parse(bytes, { flashSize }) {
    const disorder = findDisorder(bytes, flashSize);
    yield;
    if (disorder?.how === 'contradicting') return contradictingDump(disorder.why);
    if (disorder?.how === 'turned') return yield* swappedDump(bytes, disorder.start);
    if (disorder?.how === 'doubled') return yield* doubledDump(bytes, disorder.length);
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
    contents: [{ to: 'flash', bytes: flash, partitions, putRight: null }],
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
  const { image, guessedBy } = yield* uprightDump(flash, holds);
  return turnedDump(image, flash.length - BOOTLOADER_END, {
    kind: 'rotated-dump',
    description: say('image.rotatedDump'),
    evidence: [...(codeBehind ? [say('image.packetsAtApp')] : []), say('image.beginsWithApp')],
    guessedBy,
    advice: [say('image.putRight')],
    putRight: say('image.beganAtApp'),
  });
}

/** Where the code is not whole after that, its parts are not those of one flash. */
function* swappedDump(
  bytes: Uint8Array,
  start: number,
): Generator<void, RotatedDump | ContradictingDump> {
  const flash = unrotate(bytes, start);
  yield;
  const holds = {
    boot: true,
    app: hasCode(flash, BOOTLOADER_END),
    hasCalibration: findCalibration(flash, []) !== null,
  };
  const { image, guessedBy } = yield* uprightDump(flash, holds);
  const offset = hex(start);
  if (image.damaged.length > 0)
    return contradictingDump(say('image.turnedIsDamaged', { offset, damage: image.damaged }));
  return turnedDump(image, start, {
    kind: 'swapped-dump',
    description: say('image.swappedDump', { offset }),
    evidence: [say('image.bootloaderInside', { offset })],
    guessedBy,
    advice: [say('image.putInFront', { offset })],
    putRight: say('image.beganElsewhere', { offset }),
  });
}

/** The first of the flashes in it is all that it tells. */
function* doubledDump(
  bytes: Uint8Array,
  length: number,
): Generator<void, RotatedDump | ContradictingDump | null> {
  const given = yield* dumpFormat.parse(bytes.subarray(0, length), { flashSize: length });
  if (given === null || given.kind === 'contradicting-dump') return given;
  const facts = { length: hex(length), given: hex(bytes.length) };
  const putRight =
    'upright' in given
      ? say('image.heldTwiceAndMore', { ...facts, more: given.putRight })
      : say('image.heldTwice', facts);
  return {
    ...given,
    kind: 'doubled-dump',
    description: say('image.doubledDump', facts),
    contents: given.contents.map((content) => asPutRight(content, putRight)),
    advice: [say('image.useFirstPart', facts)],
    upright: 'upright' in given ? given.upright : given,
    putRight,
  };
}

function contradictingDump(why: Note): ContradictingDump {
  return {
    ...noFacts(),
    kind: 'contradicting-dump',
    description: say('image.contradictingDump'),
    damaged: [why],
    advice: [why, say('image.readWholeAgain')],
  };
}

/**
 * A dump whose bytes had to be put right.
 * @param start where flash begins in the file
 */
function turnedDump(
  upright: DumpImage,
  start: number,
  {
    guessedBy,
    ...said
  }: Pick<RotatedDump, 'kind' | 'description' | 'evidence' | 'advice' | 'putRight'> & {
    guessedBy: readonly Note[];
  },
): RotatedDump {
  const inFile = <Found extends { offset: number }>(found: Found): Found => ({
    ...found,
    offset: (found.offset + start) % upright.flash.length,
  });
  const calibration = upright.calibration === null ? null : inFile(upright.calibration);
  const { chips, version, project, key, encryptionKey, checks, damaged, damagedParts, doubts } =
    upright;
  return {
    ...noFacts(),
    ...said,
    chips: [...chips],
    version,
    project,
    key,
    encryptionKey,
    calibration,
    ...(upright.code === undefined ? {} : { code: movedCode(upright.code, inFile) }),
    contents: upright.contents.map((content) => asPutRight(content, said.putRight)),
    evidence: [...said.evidence, ...foundAt(calibration), ...guessedBy],
    checks: [...checks],
    damaged: [...damaged],
    damagedParts,
    doubts: [...doubts],
    upright,
  };
}

function asPutRight(content: ImageContent, putRight: Note): ImageContent {
  return content.to === 'flash' ? { ...content, putRight } : content;
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
