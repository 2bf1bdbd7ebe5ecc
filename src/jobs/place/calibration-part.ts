import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import { BkError, hex } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import type { LoadedImage } from '../../placement/loaded-image';
import { ALL_THE_SAME } from '../../placement/place-types';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { calibrationAddresses, chipCalibration } from '../chip/chip-calibration';
import { blankCrc } from '../chip/compare';
import { readSector } from '../chip/read-sector';
import { missing, sectorAt, UNCHANGED } from './data-parts';
import { mustFitChip } from './fit-chip';
import { holdsOpenBeken } from './moved-calibration';

/** The calibration of the radio with the MAC: to where the chip has its own, or had it. */
export async function placeCalibration(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const found = image.detected.calibration;
  if (found === null || found.mac === null)
    throw missing(image, 'no calibration of the radio with a MAC');
  await mustFitChip(context, image.detected, options);
  const own = await chipCalibration(context);
  if (own.mac !== null && own.mac !== found.mac && !options.anyImage) {
    throw new BkError(
      'BK_WRONG_IMAGE',
      `The calibration of the radio is of another device (${found.mac}; the one on ${context.session.port} is ${own.mac}): two devices with one MAC disturb each other; ${UNCHANGED}`,
      { advice: ['Use a dump of this very device.', ALL_THE_SAME] },
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
    `Where the chip on ${context.session.port} has the calibration of its radio cannot be told; ${UNCHANGED}`,
    { advice: ['Give the offset where it belongs, or use a dump of this chip.'] },
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
    context.warnings.push(
      `OpenBeken has the calibration of the radio at ${hex(place)}, where something else lies: it was left alone. If the chip runs OpenBeken, write that firmware once more.`,
    );
    return false;
  }
  context.warnings.push(
    `The calibration of the radio goes to ${hex(place)} as well, where OpenBeken has it.`,
  );
  return true;
}
