import { say } from '../../texts/note';
import { type Calibration, readCalibration } from '../calibration';
import { readOpenBekenConfig } from '../openbeken/openbeken-config';
import { marked, readKeySector } from '../tuya/tuya-sectors';
import { atOnce, type ImageFacts, type ImageFormat, noFacts } from './image-format';

/** A calibration sector alone. */
export interface CalibrationImage extends ImageFacts {
  kind: 'calibration';
  sector: Calibration;
}

export interface ConfigImage extends ImageFacts {
  kind: 'openbeken-config';
}

export interface StorageImage extends ImageFacts {
  kind: 'tuya-storage';
}

/** The calibration of the radio with the MAC, told by how it begins. */
export const calibrationFormat: ImageFormat<CalibrationImage> = {
  kinds: { calibration: { nature: 'data', atOffset: 'sensible', onlyPart: 'rf' } },
  parse(bytes) {
    const sector = readCalibration(bytes);
    if (sector === null) return atOnce(null);
    return atOnce({
      ...noFacts(),
      kind: 'calibration',
      description: say('image.calibration'),
      sector,
      calibration: { offset: 0, mac: sector.mac },
      advice: [say('image.onlyToItsDevice')],
    });
  },
};

/** OpenBeken's configuration, told by how it begins and its checksum. */
export const configFormat: ImageFormat<ConfigImage> = {
  kinds: { 'openbeken-config': { nature: 'data', atOffset: 'sensible', onlyPart: 'openbeken' } },
  parse(bytes) {
    if (readOpenBekenConfig(bytes) === null) return atOnce(null);
    return atOnce({
      ...noFacts(),
      kind: 'openbeken-config',
      description: say('image.openBekenConfig'),
      checks: [say('image.checksumRight')],
      advice: [say('image.configPlaces')],
    });
  },
};

/** The storage of Tuya's firmware, which may begin anywhere in the bytes. */
export const storageFormat: ImageFormat<StorageImage> = {
  kinds: { 'tuya-storage': { nature: 'data', atOffset: 'sensible' } },
  parse(bytes) {
    if (!marked(bytes).some((offset) => readKeySector(bytes, offset) !== null)) return atOnce(null);
    return atOnce({
      ...noFacts(),
      kind: 'tuya-storage',
      description: say('image.tuyaStorage'),
      advice: [say('image.toBeInspected')],
    });
  },
};
