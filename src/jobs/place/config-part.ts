import { SECTOR } from '../../chip/geometry';
import { modelOrUntold, OPENBEKEN_CONFIGS } from '../../chip/known/chip-places';
import { BkError } from '../../errors';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import { pinCountIn, pinCountOf } from '../../image/openbeken/openbeken-layout';
import { buildOpenBekenConfig } from '../../image/openbeken/openbeken-write';
import type { LoadedImage } from '../../placement/loaded-image';
import { ALL_THE_SAME, nameOf } from '../../placement/place-types';
import { anyOf, type Note, say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { missing, sectorAt } from './data-parts';
import { isOwnDump } from './fit-chip';

/** OpenBeken's configuration: to where this chip has it, wherever the dump's chip had it. */
export async function placeConfig(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const offset = configAddress(context);
  const config = configOf(context, image);
  if (config === null) throw missing(image, 'placement.noConfigInIt');
  const isOwn = image.detected.kind === 'dump' && (await isOwnDump(context, image.detected));
  if (isOwn) return [{ offset, bytes: config }];
  if (!options.anyImage) mustSuit(context, image, config);
  return [{ offset, bytes: asBekensSum(context, config) }];
}

/**
 * A configuration that was made on another kind of chip has other pins, or has them elsewhere.
 * @throws BkError BK_WRONG_IMAGE
 */
function mustSuit(context: JobContext, { detected }: LoadedImage, config: Buffer): void {
  const { session } = context;
  const { chip } = session.identity;
  const needed = pinCountOf(chip);
  const counts = new Set(detected.chips.map(pinCountOf));
  const [other, ...others] = counts;
  const count = pinCountIn(config) ?? (others.length === 0 ? (other ?? null) : null);
  const on = { chip: nameOf(session.identity), port: session.port, needed };
  const refuse = (why: Note): never => {
    throw new BkError('BK_WRONG_IMAGE', why, {
      advice: [say('placement.setUpByWebPage'), ALL_THE_SAME],
    });
  };
  if (other !== undefined && !counts.has(needed)) {
    const chips = anyOf(detected.chips);
    refuse(say('placement.configOfOther', { ...on, chips, pins: other }));
  }
  if (readOpenBekenConfig(config, chip)?.checksum === 'unsigned')
    refuse(say('placement.configOfOtherMake', { port: session.port }));
  if (count === null && needed !== pinCountOf(null))
    refuse(say('placement.configTellsNoPins', { ...on, usual: pinCountOf(null) }));
  if (count !== null && count !== needed)
    refuse(say('placement.configOfOtherPins', { ...on, pins: count }));
}

/** OpenBeken on Beken's chips takes no other checksum than theirs: it would begin with an empty configuration. */
function asBekensSum(context: JobContext, config: Buffer): Buffer {
  const { chip } = context.session.identity;
  if (readOpenBekenConfig(config, chip)?.checksum !== 'unsigned') return config;
  context.warnings.push(say('placement.checksumMadeAnew'));
  return buildOpenBekenConfig({}, { chip, base: config });
}

/** @throws BkError BK_BAD_SETTING for chips without a place for it that is known */
export function configAddress(context: JobContext): number {
  const { chip } = context.session.identity;
  const { port } = context.session;
  const { places } = modelOrUntold(chip).openBeken;
  if (places !== null && places.config + SECTOR <= context.flash.size) return places.config;
  throw new BkError(
    'BK_BAD_SETTING',
    chip === null
      ? say('placement.configPlaceOfUnknown', { port })
      : say('placement.configPlaceUnknown', { chip, port }),
    { advice: [say(chip === null ? 'placement.setChip' : 'placement.writeFirmwareAlone')] },
  );
}

function configOf(context: JobContext, image: LoadedImage): Buffer | null {
  const { kind } = image.detected;
  const { chip } = context.session.identity;
  if (kind !== 'dump' && kind !== 'openbeken-config') return null;
  for (const offset of kind === 'dump' ? OPENBEKEN_CONFIGS : [0]) {
    const sector = sectorAt(image, offset);
    if (readOpenBekenConfig(sector, chip) !== null) return sector;
  }
  return null;
}
