import type { ChipName } from '../chip/families';
import { BOOTLOADER_END } from '../chip/geometry';
import { type FoundCalibration, readCalibration } from './calibration';
import { guessChip } from './chip-evidence';
import { readDump } from './dump';
import { type Foreign, namedForeign } from './foreign';
import { type CodeKey, markerKey } from './marker';
import { countValidPackets } from './packets';
import { readRbl, readTuyaUg } from './rbl';

/**
 * What an image is. `dump` is a whole flash from address 0 on; `rotated-dump` one that begins at
 * 0x11000 and wraps; `qio` bootloader and application; `packets` code that neither known key opens.
 */
export type ImageKind =
  | 'dump'
  | 'rotated-dump'
  | 'qio'
  | 'app'
  | 'bootloader'
  | 'packets'
  | 'rbl'
  | 'tuya-ug'
  | 'uf2'
  | 'calibration'
  | Foreign['kind']
  | 'unknown';

export interface DetectedImage {
  kind: ImageKind;
  /** Completes "this is …". */
  description: string;
  /** Null where the bytes do not tell for sure. */
  chip: ChipName | null;
  version: string | null;
  /** Which code key the image is for; null where that is not known or does not matter. */
  key: CodeKey | null;
  /** The calibration sector of a dump. */
  calibration: FoundCalibration | null;
  /** What was found, a sentence each. */
  evidence: string[];
  /** What to do where this kind cannot be written as it is; empty for dumps. */
  advice: string[];
}

const ENOUGH_PACKETS = 16;
const BY_OFFSET =
  'This kind cannot yet be placed by itself: give the offset where its bytes belong, if you know it.';

/** Tells by their contents what bytes are. Takes any bytes, and never throws. */
export function detectImage(bytes: Uint8Array): DetectedImage {
  // What is surely for these chips comes first: the signatures of other files are short.
  const found =
    container(bytes) ??
    dump(bytes) ??
    calibration(bytes) ??
    code(bytes) ??
    foreign(bytes) ??
    UNKNOWN;
  return { ...found, evidence: [...found.evidence], advice: [...found.advice] };
}

const NOTHING: Omit<DetectedImage, 'kind' | 'description'> = {
  chip: null,
  version: null,
  key: null,
  calibration: null,
  evidence: [],
  advice: [BY_OFFSET],
};

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

function container(bytes: Uint8Array): DetectedImage | null {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'UF2\n') {
    return { ...NOTHING, kind: 'uf2', description: 'a UF2 firmware file' };
  }
  const ug = readTuyaUg(bytes);
  if (ug !== null) {
    const description = 'a Tuya update file (UG)';
    return { ...NOTHING, kind: 'tuya-ug', description, version: ug.version || null };
  }
  const rbl = readRbl(bytes);
  if (rbl === null) return null;
  return {
    ...NOTHING,
    kind: 'rbl',
    description: 'an over-the-air update file (RBL)',
    version: rbl.version || null,
    evidence: [`Its header names the partition ${rbl.partition}.`],
  };
}

function dump(bytes: Uint8Array): DetectedImage | null {
  const facts = readDump(bytes);
  if (facts === null) return null;
  const { key, calibration, evidence } = facts;
  if (facts.rotated) {
    return {
      ...NOTHING,
      kind: 'rotated-dump',
      description: 'a dump of a whole flash that begins at 0x11000 and wraps around',
      key,
      calibration,
      evidence,
      advice: ['Put its last 0x11000 bytes in front of the others, and write that.'],
    };
  }
  const guess = guessChip(bytes, calibration?.offset ?? null, key);
  return {
    ...NOTHING,
    kind: 'dump',
    description: 'a dump of a whole flash',
    chip: guess.chip,
    key,
    calibration,
    evidence: [...evidence, ...guess.evidence],
    advice: [],
  };
}

function calibration(bytes: Uint8Array): DetectedImage | null {
  const found = readCalibration(bytes);
  if (found === null) return null;
  return {
    ...NOTHING,
    kind: 'calibration',
    description: 'a calibration sector (radio tables and MAC)',
    calibration: { offset: 0, mac: found.mac },
  };
}

function code(bytes: Uint8Array): DetectedImage | null {
  const { valid } = countValidPackets(bytes, 0, ENOUGH_PACKETS);
  if (valid < ENOUGH_PACKETS) return null;
  const evidence = ['Valid code packets from its first byte on.'];
  const behind = markerKey(bytes, BOOTLOADER_END, 'app');
  const boot = markerKey(bytes, 0, 'bootloader');
  if (boot !== null && behind === boot) {
    const description = 'a bootloader with an application (QIO)';
    return { ...NOTHING, kind: 'qio', description, key: boot, evidence };
  }
  // In clear, code for both places begins alike: then the length tells.
  const app = markerKey(bytes, 0, 'app');
  if (boot === 'tuya' || (boot === 'none' && bytes.length <= BOOTLOADER_END)) {
    return { ...NOTHING, kind: 'bootloader', description: 'a bootloader', key: boot, evidence };
  }
  if (app !== null) {
    const description = 'an application image (UA)';
    return { ...NOTHING, kind: 'app', description, key: app, evidence };
  }
  const description = 'code for a BK72xx chip with a key that is not known';
  return { ...NOTHING, kind: 'packets', description, evidence };
}
