import { SECTOR } from '../../chip/geometry';
import { chipWithMostPins } from '../../chip/known/chip-queries';
import type { ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import type { DetectedImage } from '../../image/detect/detect';
import { goesTo } from '../../image/detect/image-format';
import { type OpenBekenConfig, readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import {
  buildOpenBekenConfig,
  mustNameNetworks,
  type OpenBekenSettings,
} from '../../image/openbeken/openbeken-write';
import { type Note, say } from '../../texts/note';
import type { ConnectedTarget, Piece, PlaceWish } from '../base/place-types';
import { isOpenBeken } from '../parts/openbeken-firmware';
import type { FoundPins } from './pins-of-tuya';

/** OpenBeken's configuration; `tuya` takes the pins out of the backup that the same job makes or finds. */
export interface OpenBekenOptions extends Omit<OpenBekenSettings, 'pins'> {
  pins?: OpenBekenSettings['pins'] | 'tuya';
}

/** The same, the two apart. */
export interface WantedConfig {
  settings: OpenBekenSettings;
  pinsOfTuya: boolean;
}

export function wantedConfig({ pins, ...others }: OpenBekenOptions): WantedConfig {
  if (pins === 'tuya') return { settings: others, pinsOfTuya: true };
  return { settings: pins === undefined ? others : { ...others, pins }, pinsOfTuya: false };
}

/**
 * Refuses a configuration that cannot be right on any chip.
 * @param backsUp the job makes or finds a backup
 * @throws BkError BK_BAD_SETTING, naming the setting but not its value
 */
export function mustBeConfig({ settings, pinsOfTuya }: WantedConfig, backsUp: boolean): void {
  // The chip with the most pins: how many this one has is known later.
  buildOpenBekenConfig(settings, { chip: chipWithMostPins() });
  if (pinsOfTuya && !backsUp)
    throw new BkError('BK_BAD_SETTING', say('placement.noBackupForPins'), {
      advice: [say('placement.setBackup')],
    });
}

/**
 * The same, and one that the image brings no firmware for.
 * @throws BkError BK_BAD_SETTING
 */
export function mustGoWith(
  image: DetectedImage,
  wanted: WantedConfig,
  { part = 'image', anyImage }: PlaceWish,
  backsUp: boolean,
): void {
  mustBeConfig(wanted, backsUp);
  // It has to bring an application and to leave the data of the device alone.
  const fits = part === 'image' && goesTo(image, 'app', 'download');
  if (fits && (isOpenBeken(image) || anyImage)) return;
  throw new BkError(
    'BK_BAD_SETTING',
    part === 'image'
      ? say('placement.configWithOther', { image: image.description })
      : say('placement.configWithPart', { part }),
    { advice: [say('placement.switchOpenBekenOff')] },
  );
}

/** The configuration of a chip that is to be written along with its firmware. */
export class NewConfig {
  readonly #target: ConnectedTarget;
  readonly #offset: number;
  /** A valid configuration that the chip has already; null without one. */
  readonly #base: Buffer | null;

  /**
   * @param target with the chip's own MAC
   * @param offset where the chip has it
   * @param held the sector that lies there: a valid configuration is kept but for what is set
   */
  constructor(target: ConnectedTarget, offset: number, held: Buffer) {
    this.#target = target;
    this.#offset = offset;
    this.#base = readOpenBekenConfig(held, target.chip) === null ? null : held;
  }

  get warnings(): Note[] {
    if (this.#base === null) return [];
    return [say('placement.configStays', { offset: hex(this.#offset) })];
  }

  /** @throws BkError BK_BAD_SETTING, naming the setting that does not fit */
  piece(settings: OpenBekenSettings): Piece {
    const { chip, mac = null } = this.#target;
    const base = this.#base === null ? {} : { base: this.#base };
    const bytes = buildOpenBekenConfig(settings, { chip, mac, ...base });
    mustNameNetworks(settings, bytes);
    return { offset: this.#offset, bytes };
  }

  /** The same with pins that were found; a start command that is set outranks the one of these pins. */
  pieceWithPins(settings: OpenBekenSettings, { pins, startCommand }: FoundPins): Piece {
    return this.piece({ ...(startCommand ? { startCommand } : {}), ...settings, pins });
  }
}

/** The pins that a sector with a configuration sets. */
export function pinsIn({ bytes }: Piece, chip: ChipName | null): OpenBekenConfig['pins'] {
  return readOpenBekenConfig(bytes.subarray(0, SECTOR), chip)?.pins ?? {};
}
