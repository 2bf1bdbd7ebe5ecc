import { BOOTLOADER_END } from '../chip/geometry';
import { readCalibration } from './calibration';
import { guessChip } from './chip-evidence';
import { detectCode } from './detect-code';
import { detectFile } from './detect-files';
import { type DetectedImage, NOTHING } from './detected';
import { readDump, unrotate } from './dump';
import { namedForeign } from './foreign';
import { readOpenBekenConfig } from './openbeken-config';
import { readCode } from './read-code';
import { marked, readKeySector } from './tuya-sectors';

export type { DetectedImage, ImageKind } from './detected';

/** Says what an image is, by its bytes alone. Never throws. Time and memory grow with the length only. */
export function detectImage(bytes: Uint8Array): DetectedImage {
  const steps = detectInSteps(bytes);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * `detectImage` in slices of some milliseconds: the caller decides what happens between them, and gets
 * the image with the last one.
 */
export function* detectInSteps(bytes: Uint8Array): Generator<void, DetectedImage> {
  const found =
    detectFile(bytes) ??
    dump(bytes) ??
    data(bytes) ??
    (yield* detectCode(bytes)) ??
    foreign(bytes) ??
    storage(bytes) ??
    UNKNOWN;
  const code = yield* readCode(bytes, found.kind);
  const { chips, evidence, checks, damaged, advice } = found;
  return {
    ...found,
    ...(code === null ? {} : { code }),
    chips: [...chips],
    evidence: [...evidence],
    checks: [...checks],
    damaged: [...damaged],
    advice: [...advice],
  };
}

const UNKNOWN: DetectedImage = {
  ...NOTHING,
  kind: 'unknown',
  description: 'nothing that this package knows',
  advice: [
    'Check that the file is complete and made for this chip.',
    'Give an offset only if you are sure where these bytes belong.',
  ],
};

function foreign(bytes: Uint8Array): DetectedImage | null {
  const found = namedForeign(bytes);
  if (found === null) return null;
  const { kind, description, advice } = found;
  return { ...NOTHING, kind, description, advice: [advice] };
}

function dump(bytes: Uint8Array): DetectedImage | null {
  const facts = readDump(bytes);
  if (facts === null) return null;
  const { key, calibration, evidence } = facts;
  const encryptionKey = key ?? (facts.hasCode ? 'other' : null);
  if (facts.rotated) {
    const at = calibration === null ? null : (calibration.offset + BOOTLOADER_END) % bytes.length;
    const guess = guessChip(unrotate(bytes), at, key);
    return {
      ...NOTHING,
      kind: 'rotated-dump',
      description: 'a dump of a whole flash that begins at 0x11000 and wraps around',
      chips: guess.chips,
      key,
      encryptionKey,
      calibration,
      evidence: [...evidence, ...guess.evidence],
      advice: ['Put its last 0x11000 bytes in front of the others, and write that.'],
    };
  }
  const guess = guessChip(bytes, calibration?.offset ?? null, key);
  return {
    ...NOTHING,
    kind: 'dump',
    description: 'a dump of a whole flash',
    chip: guess.chip,
    chips: guess.chips,
    key,
    encryptionKey,
    calibration,
    evidence: [...evidence, ...guess.evidence],
  };
}

/** Single sectors that are told by how they begin. */
function data(bytes: Uint8Array): DetectedImage | null {
  const calibration = readCalibration(bytes);
  if (calibration !== null) {
    return {
      ...NOTHING,
      kind: 'calibration',
      description: 'a calibration sector (radio tables and MAC)',
      calibration: { offset: 0, mac: calibration.mac },
      advice: ['Write it only to the device that it was read from: it holds the MAC.'],
    };
  }
  const config = readOpenBekenConfig(bytes);
  if (config === null) return null;
  return {
    ...NOTHING,
    kind: 'openbeken-config',
    description: "OpenBeken's configuration",
    checks: ['Its checksum is right.'],
    advice: ['It belongs to 0x1d1000 on BK7231N and M, and to 0x1e1000 on the others.'],
  };
}

function storage(bytes: Uint8Array): DetectedImage | null {
  if (!marked(bytes).some((offset) => readKeySector(bytes, offset) !== null)) return null;
  return {
    ...NOTHING,
    kind: 'tuya-storage',
    description: "the storage of Tuya's firmware, or a stretch with it",
    advice: ['It is there to be inspected; to bring it back, write a dump of the whole flash.'],
  };
}
