import { crc32 } from 'node:zlib';
import type { OpenBekenPlaces } from '../../chip/chip-model';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { Region } from '../../chip/layouts';
import { BkError, hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import { slotInTable, usualCalibrations, usualPlaces } from '../base/place-target';
import type { ConnectedTarget, LoadedImage, Piece, PlaceOptions } from '../base/place-types';
import { ALL_THE_SAME } from '../base/refusals';
import { isFreeForCalibration, missing, sectorAt } from './part-of-image';

/** @throws BkError BK_BAD_IMAGE without a calibration of the radio that has a MAC */
export function mustHoldCalibration(image: LoadedImage): void {
  if (image.detected.calibration?.mac == null) throw missing(image, 'placement.noCalibrationInIt');
}

/** @throws BkError BK_WRONG_IMAGE for the calibration of another device than the one that has its own still */
export function mustBeOfThisDevice(
  { detected }: LoadedImage,
  { mac, adopted, port }: ConnectedTarget,
  { anyImage }: PlaceOptions,
): void {
  const given = detected.calibration?.mac ?? null;
  if (given === null || mac == null || mac === given || adopted === given || anyImage) return;
  throw new BkError(
    'BK_WRONG_IMAGE',
    say('placement.otherCalibration', { given, port, own: mac }),
    { advice: [say('placement.useOwnDump'), ALL_THE_SAME] },
  );
}

/** Where the chip's firmware looks for the calibration: Tuya's and OpenBeken's differ on one chip. */
export interface CalibrationPlaces {
  /** Where the chip has it, or had it; null where that cannot be told. */
  first: number | null;
  /** OpenBeken's own place beside that one. It counts where OpenBeken is set up, or may be on the chip. */
  openBeken: { config: number; calibration: number } | null;
}

/** @param target with the chip's own calibration and partition table */
export function calibrationPlaces(
  { detected }: LoadedImage,
  target: ConnectedTarget,
): CalibrationPlaces {
  const dump = detected.kind === 'dump' ? detected : null;
  // A chip that was erased has no table any more; that of its dump tells how it was laid out.
  const isTold = slotInTable(target, 'download') !== null;
  const laidOut = isTold || dump === null ? target : { ...target, partitions: dump.partitions };
  const likely = usualCalibrations(laidOut);
  const inDump = dump?.calibration?.offset ?? null;
  const first =
    target.calibration ?? likely.find((address) => address === inDump) ?? onlyPlace(laidOut);
  const { places } = modelOrUntold(target.chip).openBeken;
  return { first, openBeken: otherThan(first, places, target.flashSize) };
}

/** Where a chip that is laid out like this one has it; null where that may be in more places than one. */
function onlyPlace(target: ConnectedTarget): number | null {
  const places =
    target.chip === null ? usualCalibrations(target) : usualPlaces(target).layout.calibration;
  const [only = null, ...others] = places.filter((address) => address + SECTOR <= target.flashSize);
  return others.length === 0 ? only : null;
}

function otherThan(
  first: number | null,
  places: OpenBekenPlaces | null,
  flashSize: number,
): CalibrationPlaces['openBeken'] {
  if (places === null) return null;
  const { config, calibration } = places;
  const isElsewhere = calibration !== first && calibration + SECTOR <= flashSize;
  return isElsewhere ? { config, calibration } : null;
}

/** Where the application begins: blank there, the chip has none. */
export const APP_START: Region = { offset: BOOTLOADER_END, length: SECTOR };
/** The first block of an application tells it from any other. */
const SAMPLE: Region = { offset: BOOTLOADER_END, length: 0x10000 };

/**
 * What a chip that runs the application of this dump has at its beginning, so that it need not be read as a whole;
 * null for other images than dumps.
 */
export function appSample({ bytes, detected }: LoadedImage): (Region & { crc: number }) | null {
  if (detected.kind !== 'dump') return null;
  const { offset, length } = SAMPLE;
  return { ...SAMPLE, crc: crc32(bytes.subarray(offset, offset + length)) };
}

/**
 * Whether the calibration goes to OpenBeken's place on a chip that may run it: what lies there is not overwritten
 * for it.
 * @param sector what lies at that place
 */
export function judgeOpenBekensPlace(
  place: number,
  sector: Buffer,
): { isFree: boolean; warning: Note } {
  const isFree = isFreeForCalibration(sector);
  const offset = hex(place);
  return {
    isFree,
    warning: isFree
      ? say('placement.calibrationForOpenBeken', { offset })
      : say('placement.calibrationNotForOpenBeken', { offset }),
  };
}

/**
 * The calibration for each of the places.
 * @throws BkError BK_WRONG_IMAGE without any
 */
export function calibrationPieces(
  image: LoadedImage,
  places: ReadonlySet<number>,
  { port }: ConnectedTarget,
): Piece[] {
  if (places.size === 0)
    throw new BkError('BK_WRONG_IMAGE', say('placement.calibrationPlaceUnknown', { port }), {
      advice: [say('placement.giveOffset')],
    });
  const bytes = sectorAt(image, image.detected.calibration?.offset ?? 0);
  return [...places].map((offset) => ({ offset, bytes }));
}
