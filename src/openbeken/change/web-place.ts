import { SECTOR } from '../../chip/geometry';
import { CHIPS } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import { outward } from '../../chip/regions';
import { BkError, hex, isBkError } from '../../errors';
import { readRblFile } from '../../image/containers/rbl-file';
import type { WriteOptions } from '../../jobs/base/job-types';
import { inOrder, span } from '../../placement/base/pieces';
import { layoutOf } from '../../placement/base/place-target';
import type { LoadedImage, Piece } from '../../placement/base/place-types';
import { wrongImage } from '../../placement/base/refusals';
import { mustBeForChip } from '../../placement/fit/fit';
import { NO_CODE, withEvidence } from '../../placement/fit/fit-evidence';
import { placeImage } from '../../placement/kinds/place-image';
import { isOpenBeken } from '../../placement/parts/openbeken-firmware';
import { asDump } from '../../placement/parts/part-of-image';
import {
  calibrationPieces,
  mustBeOfThisDevice,
  mustHoldCalibration,
} from '../../placement/parts/place-calibration';
import { placeConfig } from '../../placement/parts/place-config';
import { storageIn, storagePieces } from '../../placement/parts/place-storage';
import { partsIn, pieceOf, sliceOf } from '../../placement/place-at-offset';
import { isSaid, say } from '../../texts/note';
import type { WebContext } from '../base/web-context';
import { mustBeReadable, targetOf } from '../base/web-flash';

/** What is to be written over the network: an update for the download slot, or data as it is. */
export type WebPlan =
  | { kind: 'update'; piece: Piece; code: Buffer }
  | { kind: 'raw'; pieces: Piece[] };

/**
 * What of an image goes where on this device.
 * @throws BkError BK_WRONG_IMAGE, BK_BAD_IMAGE, BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED: nothing was changed then
 */
export function planOverWeb(
  context: WebContext,
  image: LoadedImage,
  options: WriteOptions,
): WebPlan {
  context.warnings.push(...image.detected.doubts);
  const { offset = 'auto', part = 'image' } = options;
  if (offset !== 'auto') return { kind: 'raw', pieces: atOffset(context, image, offset, options) };
  switch (part) {
    case 'image':
    case 'app':
      return updateOf(context, image);
    case 'rf':
      return { kind: 'raw', pieces: calibrationOf(context, image) };
    case 'tuya':
      return { kind: 'raw', pieces: storageOf(context, image) };
    case 'openbeken': {
      const { pieces, warnings } = placeConfig(asDump(image), targetOf(context), {});
      context.warnings.push(...warnings);
      return { kind: 'raw', pieces };
    }
    case 'bootloader':
      throw bootloaderKept(context, 0);
  }
}

/** Its update file, and what of it is for this chip, bootloader and firmware. */
function updateOf(context: WebContext, image: LoadedImage): WebPlan {
  const { detected, bytes } = image;
  const { identity, port } = context;
  const { firmware, openBeken } = CHIPS[identity.chip];
  const file = `Open${firmware.name}_<version>.rbl`;
  const useFile = say('openbeken.useFile', { file });
  if (detected.kind !== 'rbl')
    throw wrongImage(detected, say('openbeken.noUpdateFile', { port }), useFile);
  const target = targetOf(context);
  const { pieces, warnings } = explained(image, () => placeImage(detected, target));
  // OpenBeken's own are all encrypted with the key that its bootloaders have; whether it was installed is looked at.
  context.warnings.push(...warnings.filter((note) => !isSaid(note, 'placement.encryptedUpdate')));
  const code = readRblFile(bytes)?.code ?? null;
  if (code === null || !isOpenBeken(detected) || detected.chips.length === 0)
    throw wrongImage(detected, say('openbeken.noOpenBekenInside', { port }), useFile);
  const [piece] = pieces as [Piece];
  const own = openBeken.places?.download ?? null;
  if (own !== piece.offset) {
    const places = { own: own === null ? '-' : hex(own), slot: hex(piece.offset) };
    throw wrongImage(
      detected,
      say('openbeken.otherSlot', { port, ...places }),
      say('openbeken.useCable'),
    );
  }
  const config = openBeken.places?.config ?? null;
  if (config !== null && touches(piece, { offset: config, length: SECTOR }))
    throw wrongImage(
      detected,
      say('openbeken.overConfig', { config: hex(config) }),
      say('openbeken.useCable'),
    );
  return { kind: 'update', piece, code };
}

/** The calibration goes to where this chip has its own, or its firmware looks for it. */
function calibrationOf(context: WebContext, given: LoadedImage): Piece[] {
  const image = asDump(given);
  mustHoldCalibration(image);
  const target = targetOf(context);
  context.warnings.push(
    ...explained(image, () => mustBeForChip(image.detected, target, NO_CODE, {})),
  );
  mustBeOfThisDevice(image, target, {});
  const { chip, calibration } = context.identity;
  const place = calibration ?? CHIPS[chip].openBeken.places?.calibration ?? null;
  const pieces = calibrationPieces(image, new Set(place === null ? [] : [place]), target);
  return withinReach(context, pieces);
}

function storageOf(context: WebContext, given: LoadedImage): Piece[] {
  const image = asDump(given);
  const target = targetOf(context);
  const regions = storageIn(image);
  context.warnings.push(
    ...explained(image, () => mustBeForChip(image.detected, target, NO_CODE, {})),
  );
  const { calibration } = context.identity;
  const held = calibration !== null && regions.some((region) => covers(region, calibration));
  const { pieces, warnings } = storagePieces(image, regions, held ? [calibration] : [], target);
  context.warnings.push(...warnings);
  return withinReach(context, pieces);
}

function atOffset(
  context: WebContext,
  image: LoadedImage,
  offset: number,
  options: WriteOptions,
): Piece[] {
  const slice = sliceOf(image, offset, options);
  const target = targetOf(context);
  const parts = partsIn(image.detected, slice);
  context.warnings.push(
    ...explained(image, () => mustBeForChip(image.detected, target, parts, options)),
  );
  mustBeReadable(context, slice);
  return withinReach(context, [pieceOf(image, slice)]);
}

/**
 * What firmware that runs lets be written: from its download slot on, but for where an update begins, which is not
 * left to chance.
 * @throws BkError BK_BOOTLOADER_PROTECTED, BK_OUT_OF_RANGE
 */
function withinReach(context: WebContext, pieces: readonly Piece[]): Piece[] {
  const { chip } = context.identity;
  const target = targetOf(context);
  const layout = layoutOf(target);
  const first = CHIPS[chip].openBeken.places?.download ?? layout.download.offset;
  for (const { offset, bytes } of pieces) {
    const region = outward({ offset, length: bytes.length });
    mustBeReadable(context, region);
    if (region.offset < layout.app.offset) throw bootloaderKept(context, offset);
    if (region.offset < first)
      throw outOfReach(context, offset, say('openbeken.belowDownload', { first: hex(first) }));
    const start = { offset: layout.download.offset, length: SECTOR };
    if (overlap(region, start))
      throw outOfReach(context, offset, say('openbeken.startOfSlot', { slot: span(start) }));
  }
  return inOrder(pieces);
}

function outOfReach({ port }: WebContext, offset: number, why: ReturnType<typeof say>): BkError {
  return new BkError(
    'BK_OUT_OF_RANGE',
    say('openbeken.outOfReach', { port, offset: hex(offset), why }),
    {
      address: offset,
      advice: [say('openbeken.useUpdateOrCable')],
    },
  );
}

function bootloaderKept({ port }: WebContext, address: number): BkError {
  return new BkError('BK_BOOTLOADER_PROTECTED', say('openbeken.bootloaderKept', { port }), {
    address,
    advice: [say('openbeken.useCable')],
  });
}

/** A refusal of an image gets what speaks for it. */
function explained<T>({ detected }: LoadedImage, judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    throw isBkError(error, 'BK_WRONG_IMAGE') ? withEvidence(error, detected) : error;
  }
}

function touches({ offset, bytes }: Piece, region: Region): boolean {
  return overlap({ offset, length: bytes.length }, region);
}

function covers({ offset, length }: Region, address: number): boolean {
  return address >= offset && address < offset + length;
}

function overlap(one: Region, other: Region): boolean {
  return one.offset < other.offset + other.length && other.offset < one.offset + one.length;
}
