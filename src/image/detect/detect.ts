import { say } from '../../texts/note';
import { readCalibration } from '../calibration';
import { readOpenBekenConfig } from '../openbeken/openbeken-config';
import { marked, readKeySector } from '../tuya/tuya-sectors';
import { detectCode } from './detect-code';
import { detectDump } from './detect-dump';
import { detectFile } from './detect-files';
import { type DetectedImage, NOTHING } from './detected';
import { namedForeign } from './foreign';
import { readCode } from './read-code';

export type { DetectedImage, ImageKind } from './detected';

export interface DetectOptions {
  /** Of the chip that the bytes are for, where it is known: as long an image can be a dump of its flash. */
  flashSize?: number;
}

/** Says what an image is, by its bytes alone. Never throws. Time and memory grow with the length only. */
export function detectImage(bytes: Uint8Array, options: DetectOptions = {}): DetectedImage {
  const steps = detectInSteps(bytes, options);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/**
 * `detectImage` in slices of some milliseconds: the caller decides what happens between them, and gets
 * the image with the last one.
 */
export function* detectInSteps(
  bytes: Uint8Array,
  { flashSize }: DetectOptions = {},
): Generator<void, DetectedImage> {
  const found =
    (yield* detectFile(bytes)) ??
    (yield* detectDump(bytes, flashSize)) ??
    data(bytes) ??
    (yield* detectCode(bytes)) ??
    foreign(bytes) ??
    storage(bytes) ??
    UNKNOWN;
  const code = yield* readCode(bytes, found.kind);
  const { chips, evidence, checks, damaged, doubts, advice } = found;
  return {
    ...found,
    ...(code === null ? {} : { code }),
    chips: [...chips],
    evidence: [...evidence],
    checks: [...checks],
    damaged: [...damaged],
    doubts: [...doubts],
    advice: [...advice],
  };
}

const UNKNOWN: DetectedImage = {
  ...NOTHING,
  kind: 'unknown',
  description: say('image.unknown'),
  advice: [say('image.checkComplete'), say('image.offsetIfSure')],
};

function foreign(bytes: Uint8Array): DetectedImage | null {
  const found = namedForeign(bytes);
  if (found === null) return null;
  const { kind, description, advice } = found;
  return { ...NOTHING, kind, description, advice: [advice] };
}

/** Single sectors that are told by how they begin. */
function data(bytes: Uint8Array): DetectedImage | null {
  const calibration = readCalibration(bytes);
  if (calibration !== null) {
    return {
      ...NOTHING,
      kind: 'calibration',
      description: say('image.calibration'),
      calibration: { offset: 0, mac: calibration.mac },
      advice: [say('image.onlyToItsDevice')],
    };
  }
  const config = readOpenBekenConfig(bytes);
  if (config === null) return null;
  return {
    ...NOTHING,
    kind: 'openbeken-config',
    description: say('image.openBekenConfig'),
    checks: [say('image.checksumRight')],
    advice: [say('image.configPlaces')],
  };
}

function storage(bytes: Uint8Array): DetectedImage | null {
  if (!marked(bytes).some((offset) => readKeySector(bytes, offset) !== null)) return null;
  return {
    ...NOTHING,
    kind: 'tuya-storage',
    description: say('image.tuyaStorage'),
    advice: [say('image.toBeInspected')],
  };
}
