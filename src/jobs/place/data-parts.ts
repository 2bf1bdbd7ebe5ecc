import { SECTOR } from '../../chip/geometry';
import { runsOf, sectorsOf } from '../../chip/regions';
import { BkError, hex } from '../../errors';
import { readCalibration } from '../../image/calibration';
import { readTuyaStorage } from '../../image/tuya/tuya-storage';
import { readUserFiles, userFileSectors } from '../../image/tuya/tuya-user-files';
import type { LoadedImage } from '../../placement/loaded-image';
import { say, sentence } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { calibrationsIn, chipCalibration } from '../chip/chip-calibration';
import { mustFitChip } from './fit-chip';

/** Tuya's storage and the files beside it, with which its firmware knows its device again. */
export async function placeStorage(
  context: JobContext,
  image: LoadedImage,
  options: WriteOptions,
): Promise<Piece[]> {
  const dump = image.detected.kind === 'dump' ? image.bytes : null;
  const storage = dump === null ? null : readTuyaStorage(dump);
  const files = dump === null ? null : readUserFiles(dump);
  if (storage === null && files === null) throw missing(image, 'placement.noStorageInIt');
  await mustFitChip(context, image.detected, options);
  const sectors = new Set(files === null ? [] : userFileSectors(files));
  if (storage !== null) {
    for (const address of sectorsOf(storage)) sectors.add(address);
    if (storage.protectedItems !== null) sectors.add(storage.protectedItems.offset);
  }
  const regions = runsOf([...sectors].sort((one, other) => one - other));
  const own = await chipCalibration(context);
  const [kept] = await calibrationsIn(context, regions);
  if (kept !== undefined) mustSpare(context, kept);
  const mac = image.detected.calibration?.mac ?? null;
  if (own.mac !== null && mac !== null && own.mac !== mac) {
    context.warnings.push(say('placement.otherStorage', { given: mac, own: own.mac }));
  }
  return regions.map(({ offset, length }) => ({
    offset,
    bytes: image.bytes.subarray(offset, offset + length),
  }));
}

function mustSpare(context: JobContext, kept: number): never {
  throw new BkError(
    'BK_WRONG_IMAGE',
    say('placement.storageOverCalibration', {
      offset: hex(kept),
      port: context.session.port,
    }),
    { address: kept, advice: [say('placement.useOwnDump')] },
  );
}

/** One sector, filled up with FF; of a calibration only what it says that it holds. */
export function sectorAt({ bytes, detected }: LoadedImage, offset: number): Buffer {
  const sector = Buffer.alloc(SECTOR, 0xff);
  const held = bytes.subarray(offset, offset + SECTOR);
  const length = detected.kind === 'calibration' ? readCalibration(held)?.length : undefined;
  held.copy(sector, 0, 0, length);
  return sector;
}

/** The image does not hold the part that is to be written. */
export function missing(
  { detected }: LoadedImage,
  text: 'placement.noCalibrationInIt' | 'placement.noStorageInIt' | 'placement.noConfigInIt',
): BkError {
  return new BkError('BK_BAD_IMAGE', say(text, { image: sentence(detected.description) }), {
    advice: [say('placement.useEarlierDump')],
  });
}
