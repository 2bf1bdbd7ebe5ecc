import type { Region } from '../../chip/layouts';
import { runsOf, sectorsOf } from '../../chip/regions';
import { BkError, hex } from '../../errors';
import { readTuyaStorage } from '../../image/tuya/tuya-storage';
import { readUserFiles, userFileSectors } from '../../image/tuya/tuya-user-files';
import { say } from '../../texts/note';
import type { ConnectedTarget, LoadedImage, Placed } from '../base/place-types';
import { missing } from './part-of-image';

/**
 * Where a dump has Tuya's storage and the files beside it, with which its firmware knows its device again.
 * @throws BkError BK_BAD_IMAGE without either, or with only a part of them
 */
export function storageIn(image: LoadedImage): Region[] {
  const dump = image.detected.kind === 'dump' ? image.bytes : null;
  if (dump === null && readTuyaStorage(image.bytes) !== null) throw withoutPlace(image);
  const storage = dump === null ? null : readTuyaStorage(dump);
  const files = dump === null ? null : readUserFiles(dump);
  if (storage === null && files === null) throw missing(image, 'placement.noStorageInIt');
  const sectors = new Set(files === null ? [] : userFileSectors(files));
  if (storage !== null) {
    for (const address of sectorsOf(storage)) sectors.add(address);
    if (storage.protectedItems !== null) sectors.add(storage.protectedItems.offset);
  }
  const regions = runsOf([...sectors].sort((one, other) => one - other));
  const { given } = image;
  if (given !== undefined && !regions.every((region) => isWholeIn(given, region)))
    throw new BkError('BK_BAD_IMAGE', say('placement.storageCutOff'), {
      advice: [say('placement.useWholeDump')],
    });
  return regions;
}

/** Parts of a flash too small to tell where they begin. */
function withoutPlace({ detected }: LoadedImage): BkError {
  return new BkError(
    'BK_BAD_IMAGE',
    say('placement.storagePlaceUnknown', { image: detected.description }),
    { advice: [say('placement.useWholeDump'), say('placement.giveOffset')] },
  );
}

/** What reaches to the end of a part of a flash may go on behind it, unless the flash ends there, too. */
function isWholeIn(given: Region, { offset, length }: Region): boolean {
  const end = given.offset + given.length;
  const isEndOfFlash = Number.isInteger(Math.log2(end));
  return (
    offset >= given.offset && (offset + length < end || (isEndOfFlash && offset + length === end))
  );
}

/**
 * The storage goes to where the dump has it.
 * @param regions of the dump
 * @param calibrations flash addresses of those that the chip has in these regions
 * @param target with the chip's own calibration
 * @throws BkError BK_WRONG_IMAGE where it would go over one of them
 */
export function storagePieces(
  { bytes, detected }: LoadedImage,
  regions: readonly Region[],
  calibrations: readonly number[],
  { mac, port }: ConnectedTarget,
): Placed {
  const [kept] = calibrations;
  if (kept !== undefined)
    throw new BkError(
      'BK_WRONG_IMAGE',
      say('placement.storageOverCalibration', { offset: hex(kept), port }),
      { address: kept, advice: [say('placement.useOwnDump')] },
    );
  const given = detected.calibration?.mac ?? null;
  const isOther = mac != null && given !== null && mac !== given;
  return {
    pieces: regions.map(({ offset, length }) => ({
      offset,
      bytes: bytes.subarray(offset, offset + length),
    })),
    warnings: isOther ? [say('placement.otherStorage', { given, own: mac })] : [],
  };
}
