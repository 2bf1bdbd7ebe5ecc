import type { DataArea, SectorExtent } from '../chip/chip-model';
import { SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { runsOf, sectorsOf, without } from '../chip/regions';
import { BkError } from '../errors';
import { readUserFiles, userFileSectors } from '../image/tuya/tuya-user-files';
import { say } from '../texts/note';
import { span } from './base/pieces';
import { configInSlots, layoutOf, slotOf, usualPlaces } from './base/place-target';
import type { ConnectedTarget, Piece, PlaceTarget } from './base/place-types';

/** The stretches of flash that pieces go to. */
export function regionsOf(pieces: readonly Piece[]): Region[] {
  return pieces.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
}

export function calibrationAt(offset: number): DataArea {
  return { what: say('placement.calibrationOfRadio'), offset, length: SECTOR };
}

/** Where OpenBeken may have its configuration in these regions, between the slots for code; null where it does not. */
export function configIn(target: PlaceTarget, regions: readonly Region[]): DataArea | null {
  const offset = configInSlots(target);
  if (offset === null) return null;
  const area = { what: say('chip.openBekenConfig'), offset, length: SECTOR };
  return common(area, regions).length > 0 ? area : null;
}

/**
 * The index of Tuya's files, where the chip's firmware may have some of them between its slots for code, and so
 * in these regions: what lies there is known only once it has been read. Null where it need not be.
 */
export function fileIndexToRead(target: PlaceTarget, regions: readonly Region[]): Region | null {
  const index = filesOf(target)[0];
  if (index === undefined || !gapsOf(target).some((gap) => common(gap, regions).length > 0))
    return null;
  // There is a copy behind it.
  const length = 2 * SECTOR;
  return index.offset + length > target.flashSize ? null : { offset: index.offset, length };
}

/**
 * Where the chip may have data in these regions, unless it is blank there: its own slots for code are none of it.
 * @param index what was read where `fileIndexToRead` said; null where nothing was
 */
export function dataAreasIn(
  target: PlaceTarget,
  regions: readonly Region[],
  index: Buffer | null,
): DataArea[] {
  const download = slotOf(target, 'download') ?? layoutOf(target).download;
  const start = download.offset + download.length;
  const rest = { offset: start, length: Math.max(0, target.flashSize - start) };
  const named = usualPlaces(target).dataAreas.flatMap((area) =>
    common(area, [rest]).map((part) => ({ ...part, what: area.what })),
  );
  const unnamed = without(rest, named).map((part) => ({
    ...part,
    what: say('placement.dataOfFirmware'),
  }));
  const files = index === null ? [] : filesBetweenSlots(target, index);
  return [...files, ...named, ...unnamed].flatMap((area) =>
    common(area, regions).map((part) => ({ ...part, what: area.what })),
  );
}

/**
 * What lies in the way is not overwritten unasked.
 * @throws BkError BK_WRONG_IMAGE, saying what lies where
 */
export function mustSpare(held: readonly DataArea[], { port }: ConnectedTarget): void {
  const [first] = [...held].sort((one, other) => one.offset - other.offset);
  if (first === undefined) return;
  throw new BkError(
    'BK_WRONG_IMAGE',
    say('placement.overData', { span: span(first), port, what: first.what }),
    { address: first.offset, advice: [say('placement.useFitting'), say('placement.mayGo')] },
  );
}

/** The pieces without what would go over such data. */
export function sparing(pieces: readonly Piece[], held: readonly DataArea[]): Piece[] {
  return pieces.flatMap(({ offset, bytes }) =>
    without({ offset, length: bytes.length }, held).map((part) => ({
      offset: part.offset,
      bytes: bytes.subarray(part.offset - offset, part.offset - offset + part.length),
    })),
  );
}

function filesOf(target: PlaceTarget): readonly SectorExtent[] {
  return usualPlaces(target).tuya.files ?? [];
}

/** Where Tuya's files can lie apart from their index. */
function gapsOf(target: PlaceTarget): Region[] {
  const [, ...gaps] = filesOf(target);
  return gaps.map(({ first, end, offset }) => ({ offset, length: (end - first) * SECTOR }));
}

/** The sectors there that the index of the files names. */
function filesBetweenSlots(target: PlaceTarget, index: Buffer): DataArea[] {
  const offset = filesOf(target)[0]?.offset ?? 0;
  // Only the index is looked at: the rest of flash may read as anything.
  const flash = Buffer.alloc(offset + index.length, 0xff);
  index.copy(flash, offset);
  const files = readUserFiles(flash);
  if (files === null) return [];
  const between = new Set(gapsOf(target).flatMap(sectorsOf));
  const runs = runsOf(userFileSectors(files).filter((at) => between.has(at)));
  return runs.map((run) => ({ ...run, what: say('chip.userFiles') }));
}

function common(area: Region, regions: readonly Region[]): Region[] {
  return regions.flatMap(({ offset, length }) => {
    const start = Math.max(offset, area.offset);
    const end = Math.min(offset + length, area.offset + area.length);
    return end > start ? [{ offset: start, length: end - start }] : [];
  });
}
