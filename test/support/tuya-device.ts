import type { ChipName } from '../../src';
import { BOOTLOADER_END } from '../../src/chip/geometry';
import { type TestDevice, testDevice } from './bench-device';
import { bootloader, container, flashImage, openBekenTexts, TUYA_TEXTS } from './images';
import { PAIRED, type TuyaStorageOptions, type TuyaValues, tuyaStorage } from './tuya-storage';

/** Where such a device has what is its own. Flash addresses. */
export interface TuyaKind {
  chip: ChipName;
  key: 'tuya' | 'none';
  download: number;
  calibration: number;
  config: number;
  storage: number;
  /** Where the calibration has to be for OpenBeken. */
  wanted?: number;
}

export const TUYA_KINDS: readonly [TuyaKind, ...TuyaKind[]] = [
  {
    chip: 'BK7231N',
    key: 'tuya',
    download: 0x12a000,
    calibration: 0x1d0000,
    config: 0x1d1000,
    storage: 0x1ee000,
  },
  {
    chip: 'BK7231T',
    key: 'tuya',
    download: 0x132000,
    calibration: 0x1e0000,
    config: 0x1e1000,
    storage: 0x1ee000,
  },
  {
    chip: 'BK7231M',
    key: 'none',
    download: 0x12a000,
    calibration: 0x1d0000,
    config: 0x1d1000,
    storage: 0x1ee000,
  },
  {
    chip: 'BK7238',
    key: 'none',
    download: 0x12c000,
    calibration: 0x1e3000,
    config: 0x1e1000,
    storage: 0x1f5000,
    wanted: 0x1e0000,
  },
];
/** A chip with Tuya's firmware, storage and calibration. */
export function tuyaChip(
  { chip: name, key, download, calibration, storage }: TuyaKind,
  values = PAIRED,
  options: TuyaStorageOptions = storage === 0x1f5000 ? { sectors: 10, blocks: 8 } : {},
): TestDevice {
  const bench = testDevice(name.toLowerCase(), { chip: name });
  const texts = name === 'BK7231T' ? TUYA_TEXTS.T : TUYA_TEXTS.N;
  const flash = flashImage({
    key,
    download,
    calibration,
    app: { texts: name === 'BK7238' ? [] : texts },
  });
  tuyaStorage(values, options).copy(flash, storage);
  flash.copy(bench.chip.flash, BOOTLOADER_END, BOOTLOADER_END);
  return bench;
}

/** OpenBeken's firmware for such a device. */
export function openBeken({ chip, key, download }: TuyaKind): Buffer {
  const app = container({ key, texts: openBekenTexts(chip), length: 0x9000 });
  return chip === 'BK7231T' ? app : Buffer.concat([bootloader({ key, download }), app]);
}

/** The values of a paired device that has no settings of its pins. */
export function withoutParam(more: TuyaValues = {}): TuyaValues {
  const { user_param_key: _, ...others } = PAIRED;
  return { ...others, ...more };
}
