import { SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import { findOpenBekenConfig } from '../../image/openbeken/find-config';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import { pinCountIn, pinCountOf } from '../../image/openbeken/openbeken-layout';
import { buildOpenBekenConfig } from '../../image/openbeken/openbeken-write';
import { anyOf, type Note, say } from '../../texts/note';
import type { ConnectedTarget, LoadedImage, Placed, PlaceOptions } from '../base/place-types';
import { ALL_THE_SAME, nameOf } from '../base/refusals';
import { isOwn } from '../fit/fit';
import { missing, sectorAt } from './part-of-image';

/**
 * OpenBeken's configuration: to where this chip has it, wherever the dump's chip had it.
 * @param target with the chip's own MAC where the image has one
 * @throws BkError BK_BAD_SETTING, BK_BAD_IMAGE, BK_WRONG_IMAGE
 */
export function placeConfig(
  image: LoadedImage,
  target: ConnectedTarget,
  { anyImage }: PlaceOptions,
): Placed {
  const { detected } = image;
  const { chip } = target;
  const offset = configAddress(target);
  const config = configOf(image, chip);
  if (config === null) throw missing(image, 'placement.noConfigInIt');
  if (isOwn(detected, target)) return { pieces: [{ offset, bytes: config }], warnings: [] };
  if (!anyImage) mustSuit(image, config, target);
  if (!isUnsigned(config, chip)) return { pieces: [{ offset, bytes: config }], warnings: [] };
  // OpenBeken on Beken's chips takes no other checksum than theirs: it would begin with an empty configuration.
  const bytes = buildOpenBekenConfig({}, { chip, base: config });
  return { pieces: [{ offset, bytes }], warnings: [say('placement.checksumMadeAnew')] };
}

/** @throws BkError BK_BAD_SETTING for chips without a place for it that is known */
export function configAddress({ chip, flashSize, port }: ConnectedTarget): number {
  const { places } = modelOrUntold(chip).openBeken;
  if (places !== null && places.config + SECTOR <= flashSize) return places.config;
  throw new BkError(
    'BK_BAD_SETTING',
    chip === null
      ? say('placement.configPlaceOfUnknown', { port })
      : say('placement.configPlaceUnknown', { chip, port }),
    { advice: [say(chip === null ? 'placement.setChip' : 'placement.writeFirmwareAlone')] },
  );
}

/**
 * A configuration that was made on another kind of chip has other pins, or has them elsewhere.
 * @throws BkError BK_WRONG_IMAGE
 */
function mustSuit({ detected }: LoadedImage, config: Buffer, target: ConnectedTarget): void {
  const { chip, port } = target;
  const needed = pinCountOf(chip);
  const counts = new Set(detected.chips.map(pinCountOf));
  const [other, ...others] = counts;
  const pins = pinCountIn(config) ?? (others.length === 0 ? (other ?? null) : null);
  const on = { chip: nameOf(target), port, needed };
  if (other !== undefined && !counts.has(needed)) {
    const chips = anyOf(detected.chips);
    throw unsuited(say('placement.configOfOther', { ...on, chips, pins: other }));
  }
  if (isUnsigned(config, chip)) throw unsuited(say('placement.configOfOtherMake', { port }));
  if (pins === null && needed !== pinCountOf(null))
    throw unsuited(say('placement.configTellsNoPins', { ...on, usual: pinCountOf(null) }));
  if (pins !== null && pins !== needed)
    throw unsuited(say('placement.configOfOtherPins', { ...on, pins }));
}

function unsuited(why: Note): BkError {
  return new BkError('BK_WRONG_IMAGE', why, {
    advice: [say('placement.setUpByWebPage'), ALL_THE_SAME],
  });
}

function isUnsigned(config: Buffer, chip: ChipName | null): boolean {
  return readOpenBekenConfig(config, chip)?.checksum === 'unsigned';
}

/** The one that bk-inspect tells of, whatever kind of image it lies in. */
function configOf(image: LoadedImage, chip: ChipName | null): Buffer | null {
  const { bytes, detected } = image;
  const { config, damagedAt } = findOpenBekenConfig(bytes, detected.chip ?? chip);
  if (config !== null) return sectorAt(image, config.offset);
  if (damagedAt === null) return null;
  const facts = { image: detected.description, offset: hex(damagedAt) };
  throw new BkError('BK_BAD_IMAGE', say('placement.configDamaged', facts), {
    advice: [say('placement.useSoundConfig')],
  });
}
