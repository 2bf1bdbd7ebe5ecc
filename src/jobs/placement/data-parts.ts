import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { OPENBEKEN_PLACES } from '../../chip/openbeken';
import { BkError, hex } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { readOpenBekenConfig } from '../../image/openbeken-config';
import { readTuyaStorage } from '../../image/tuya-storage';
import { readUserFiles, userFileSectors } from '../../image/tuya-user-files';
import { calibrationAddresses, chipCalibration } from '../calibration';
import type { JobContext } from '../context';
import type { Piece } from '../plan';
import { runsOf, sectorsOf } from '../ranges';
import type { WriteOptions } from '../types';
import { mustFitChip } from './fit';
import type { LoadedImage } from './loaded-image';
import { readSector } from './target';

const UNCHANGED = 'nothing was changed';
const OTHER_DUMP = 'Use a dump that was made while the device still had it.';
const ALL_THE_SAME = 'To write this one all the same, set anyImage.';

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
  { detected }: LoadedImage,
  own: number | null,
): Promise<number[]> {
  const usual = calibrationAddresses(context);
  const inDump = detected.kind === 'dump' ? (detected.calibration?.offset ?? null) : null;
  const first =
    own ?? usual.find((address) => address === inDump) ?? (usual.length === 1 ? usual[0] : null);
  const { chip } = context.session.identity;
  const openBeken = chip === null ? undefined : OPENBEKEN_PLACES[chip];
  const places = new Set(first == null ? [] : [first]);
  if (openBeken?.calibration != null && openBeken.calibration !== first) {
    const config = await readSector(context, openBeken.config);
    if (readOpenBekenConfig(config, chip) !== null) places.add(openBeken.calibration);
  }
  if (places.size > 0) return [...places];
  throw new BkError(
    'BK_WRONG_IMAGE',
    `Where the chip on ${context.session.port} has the calibration of its radio cannot be told; ${UNCHANGED}`,
    { advice: ['Give the offset where it belongs, or use a dump of this chip.'] },
  );
}

/** Tuya's storage and the files beside it, with which its firmware knows its device again. */
export async function placeStorage(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const dump = image.detected.kind === 'dump' ? image.bytes : null;
  const storage = dump === null ? null : readTuyaStorage(dump);
  const files = dump === null ? null : readUserFiles(dump);
  if (storage === null && files === null) throw missing(image, "no storage of Tuya's firmware");
  await mustFitChip(context, image.detected, options);
  const sectors = new Set(files === null ? [] : userFileSectors(files));
  if (storage !== null) {
    for (const address of sectorsOf(storage)) sectors.add(address);
    if (storage.protectedItems !== null) sectors.add(storage.protectedItems.offset);
  }
  const regions = runsOf([...sectors].sort((one, other) => one - other));
  const own = await chipCalibration(context);
  if (own.offset !== null) mustSpare(context, regions, own.offset);
  const mac = image.detected.calibration?.mac ?? null;
  if (own.mac !== null && mac !== null && own.mac !== mac) {
    context.warnings.push(
      `Tuya's storage is of another device (${mac}; this one is ${own.mac}): the cloud knows them as two.`,
    );
  }
  return regions.map(({ offset, length }) => ({
    offset,
    bytes: image.bytes.subarray(offset, offset + length),
  }));
}

function mustSpare(context: JobContext, regions: readonly Region[], kept: number): void {
  const inside = regions.some(({ offset, length }) => offset <= kept && kept < offset + length);
  if (!inside) return;
  throw new BkError(
    'BK_WRONG_IMAGE',
    `Tuya's storage of the dump reaches over ${hex(kept)}, where the chip on ${context.session.port} has the calibration of its radio; ${UNCHANGED}`,
    { address: kept, advice: ['Use a dump of this very device.'] },
  );
}

/** OpenBeken's configuration: to where this chip has it, wherever the dump's chip had it. */
export async function placeConfig(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const offset = configAddress(context);
  const config = configOf(context, image);
  if (config === null) throw missing(image, 'no configuration of OpenBeken');
  await mustFitChip(context, image.detected, options);
  return [{ offset, bytes: config }];
}

/** @throws BkError BK_BAD_SETTING for chips without a place for it that is known */
export function configAddress(context: JobContext): number {
  const { chip } = context.session.identity;
  const places = chip === null ? undefined : OPENBEKEN_PLACES[chip];
  if (places !== undefined && places.config + SECTOR <= context.flash.size) return places.config;
  throw new BkError(
    'BK_BAD_SETTING',
    `Where OpenBeken has its configuration on ${chip === null ? 'a chip that does not tell its model' : `a ${chip}`} (on ${context.session.port}) is not known; ${UNCHANGED}`,
    {
      advice: [
        chip === null
          ? 'Set the chip in the device.'
          : "Write the firmware alone, and set it up in the device's own web page.",
      ],
    },
  );
}

function configOf(context: JobContext, image: LoadedImage): Buffer | null {
  const { kind } = image.detected;
  const { chip } = context.session.identity;
  if (kind !== 'dump' && kind !== 'openbeken-config') return null;
  const usual = new Set(Object.values(OPENBEKEN_PLACES).map(({ config }) => config));
  for (const offset of kind === 'dump' ? usual : [0]) {
    const sector = sectorAt(image, offset);
    if (readOpenBekenConfig(sector, chip) !== null) return sector;
  }
  return null;
}

/** One sector, filled up with FF; of a calibration only what it says that it holds. */
function sectorAt({ bytes, detected }: LoadedImage, offset: number): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff);
  const held = bytes.subarray(offset, offset + SECTOR);
  const length = detected.kind === 'calibration' ? readCalibration(held)?.length : undefined;
  held.copy(sector, 0, 0, length);
  return sector;
}

function missing({ detected }: LoadedImage, what: string): BkError {
  return new BkError(
    'BK_BAD_IMAGE',
    `The image is ${detected.description}, and there is ${what} in it; ${UNCHANGED}`,
    { advice: [OTHER_DUMP] },
  );
}
