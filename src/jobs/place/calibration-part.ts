import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { BkError, hex } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import type { LoadedImage } from '../../placement/loaded-image';
import { ALL_THE_SAME } from '../../placement/place-types';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { calibrationAddresses, chipCalibration } from '../chip/chip-calibration';
import { blankCrc } from '../chip/compare';
import { readSector } from '../chip/read-sector';
import { missing, sectorAt } from './data-parts';
import { mustFitChip } from './fit-chip';
import { holdsOpenBeken } from './moved-calibration';

/** The calibration of the radio with the MAC: to where the chip has its own, or had it. */
export async function placeCalibration(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const found = image.detected.calibration;
  if (found === null || found.mac === null) throw missing(image, 'placement.noCalibrationInIt');
  await mustFitChip(context, image.detected, options);
  const own = await chipCalibration(context);
  if (own.mac !== null && own.mac !== found.mac && !options.anyImage) {
    throw new BkError(
      'BK_WRONG_IMAGE',
      say('placement.otherCalibration', {
        given: found.mac,
        port: context.session.port,
        own: own.mac,
      }),
      { advice: [say('placement.useOwnDump'), ALL_THE_SAME] },
    );
  }
  const bytes = sectorAt(image, found.offset);
  const places = await calibrationPlaces(context, image, own.offset);
  return places.map((offset) => ({ offset, bytes }));
}

/** Where the chip's firmware looks for the calibration: Tuya's and OpenBeken's differ on one chip. */
async function calibrationPlaces(
  context: JobContext,
  image: LoadedImage,
  own: number | null,
): Promise<number[]> {
  const usual = calibrationAddresses(context);
  const { detected } = image;
  const inDump = detected.kind === 'dump' ? (detected.calibration?.offset ?? null) : null;
  const first =
    own ?? usual.find((address) => address === inDump) ?? (usual.length === 1 ? usual[0] : null);
  const { chip } = context.session.identity;
  const openBeken = modelOrUntold(chip).openBeken.places;
  const places = new Set(first == null ? [] : [first]);
  if (openBeken?.calibration != null && openBeken.calibration !== first) {
    const config = await readSector(context, openBeken.config);
    const isSetUp = readOpenBekenConfig(config, chip) !== null;
    const goesAlong =
      first != null && (await mayBeOpenBekens(context, image, openBeken.calibration));
    if (isSetUp || goesAlong) places.add(openBeken.calibration);
  }
  if (places.size > 0) return [...places];
  throw new BkError(
    'BK_WRONG_IMAGE',
    say('placement.calibrationPlaceUnknown', { port: context.session.port }),
    { advice: [say('placement.giveOffset')] },
  );
}

/** The first block of an application tells it from any other. */
const SAMPLE = 0x10000;

/**
 * Whether OpenBeken may be on the chip, whose application is too long to be read for this: it is, unless the
 * chip has none, or the one of the dump, which tells. What lies where OpenBeken looks is not overwritten for it.
 */
async function mayBeOpenBekens(
  context: JobContext,
  image: LoadedImage,
  place: number,
): Promise<boolean> {
  const start = { offset: BOOTLOADER_END, length: SECTOR };
  const crc = await context.step({ phase: 'identify', address: start.offset }, () =>
    context.flash.crc(start.offset, start.length),
  );
  if (crc === blankCrc(SECTOR)) return false;
  if (image.detected.kind === 'dump' && !(await holdsOpenBeken(image))) {
    const sample = image.bytes.subarray(BOOTLOADER_END, BOOTLOADER_END + SAMPLE);
    const held = await context.step({ phase: 'identify', address: start.offset }, () =>
      context.flash.crc(BOOTLOADER_END, SAMPLE),
    );
    if (held === crc32(sample)) return false;
  }
  const sector = await readSector(context, place);
  if (readCalibration(sector) === null && sector.some((byte) => byte !== 0xff)) {
    context.warnings.push(say('placement.calibrationNotForOpenBeken', { offset: hex(place) }));
    return false;
  }
  context.warnings.push(say('placement.calibrationForOpenBeken', { offset: hex(place) }));
  return true;
}
