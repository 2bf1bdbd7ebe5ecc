import type { SectorExtent } from '../../chip/chip-model';
import { SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { Region } from '../../chip/layouts';
import { runsOf, without } from '../../chip/regions';
import { BkError } from '../../errors';
import { readUserFiles, userFileSectors } from '../../image/tuya/tuya-user-files';
import type { PlaceTarget } from '../../placement/place-image';
import { layoutOf, slotOf, span } from '../../placement/place-target';
import { type Note, say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import type { Piece } from '../change/change-plan';
import { calibrationsIn } from '../chip/chip-calibration';
import { blankCrc } from '../chip/compare';
import { readSector } from '../chip/read-sector';

/** A stretch of flash with data of the device. */
interface HeldData extends Region {
  /** Completes "the chip has …". */
  what: Note;
}

/**
 * What the chip holds of data where code is to go: that is not overwritten unasked. What is blank is free.
 * @throws BkError BK_WRONG_IMAGE, saying what lies where
 */
export async function mustSpareData(
  context: JobContext,
  target: PlaceTarget,
  pieces: readonly Piece[],
): Promise<void> {
  const [held] = await heldIn(context, target, regionsOf(pieces));
  if (held === undefined) return;
  throw new BkError(
    'BK_WRONG_IMAGE',
    say('placement.overData', {
      span: span(held),
      port: context.session.port,
      what: held.what,
    }),
    {
      address: held.offset,
      advice: [say('placement.useFitting'), say('placement.mayGo')],
    },
  );
}

/** The same for the dump of another device: what the chip holds is left out of the pieces. */
export async function sparingData(
  context: JobContext,
  target: PlaceTarget,
  pieces: readonly Piece[],
): Promise<Piece[]> {
  const held = await heldIn(context, target, regionsOf(pieces));
  return pieces.flatMap(({ offset, bytes }) =>
    without({ offset, length: bytes.length }, held).map((part) => ({
      offset: part.offset,
      bytes: bytes.subarray(part.offset - offset, part.offset - offset + part.length),
    })),
  );
}

function regionsOf(pieces: readonly Piece[]): Region[] {
  return pieces.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
}

async function heldIn(
  context: JobContext,
  target: PlaceTarget,
  regions: readonly Region[],
): Promise<HeldData[]> {
  const held: HeldData[] = (await calibrationsIn(context, regions)).map((offset) => ({
    what: say('placement.calibrationOfRadio'),
    offset,
    length: SECTOR,
  }));
  for (const area of await areasOf(context, target, regions)) {
    for (const part of common(area, regions)) {
      if (!(await isBlank(context, part))) held.push({ ...part, what: area.what });
    }
  }
  return held.sort((one, other) => one.offset - other.offset);
}

/** Where the chip may have data in these regions: its own slots for code are none of it. */
async function areasOf(
  context: JobContext,
  target: PlaceTarget,
  regions: readonly Region[],
): Promise<HeldData[]> {
  const areas: HeldData[] = [];
  const { chip } = target;
  const { dataAreas, tuya } = modelOrUntold(chip);
  const [index, ...gaps] = tuya.files ?? [];
  const between = gaps.map(regionOf);
  if (index !== undefined && between.some((gap) => common(gap, regions).length > 0)) {
    const files = await filesIn(context, between, index.offset);
    areas.push(...files.map((run) => ({ ...run, what: say('chip.userFiles') })));
  }
  const download = slotOf(target, 'download') ?? layoutOf(target).download;
  const start = download.offset + download.length;
  const rest = { offset: start, length: Math.max(0, target.flashSize - start) };
  const named = dataAreas.flatMap((area) =>
    common(area, [rest]).map((part) => ({ ...part, what: area.what })),
  );
  const unnamed = without(rest, named).map((part) => ({
    ...part,
    what: say('placement.dataOfFirmware'),
  }));
  return [...areas, ...named, ...unnamed];
}

function regionOf({ first, end, offset }: SectorExtent): Region {
  return { offset, length: (end - first) * SECTOR };
}

/**
 * The sectors between the slots that the index of the files names.
 * @param index where that lies, with a copy behind it
 */
async function filesIn(
  context: JobContext,
  gaps: readonly Region[],
  index: number,
): Promise<Region[]> {
  if (index + 2 * SECTOR > context.flash.size) return [];
  // Only the index is looked at: the rest of flash may read as anything.
  const flash = Buffer.alloc(index + 2 * SECTOR, 0xff);
  for (const at of [index, index + SECTOR]) (await readSector(context, at)).copy(flash, at);
  const files = readUserFiles(flash);
  if (files === null || files.offset !== index) return [];
  const sectors = userFileSectors(files);
  return runsOf(
    sectors.filter((at) => gaps.some(({ offset, length }) => at >= offset && at < offset + length)),
  );
}

function common(area: Region, regions: readonly Region[]): Region[] {
  return regions.flatMap(({ offset, length }) => {
    const start = Math.max(offset, area.offset);
    const end = Math.min(offset + length, area.offset + area.length);
    return end > start ? [{ offset: start, length: end - start }] : [];
  });
}

async function isBlank(context: JobContext, { offset, length }: Region): Promise<boolean> {
  const crc = await context.step({ phase: 'identify', address: offset }, () =>
    context.flash.crc(offset, length),
  );
  return crc === blankCrc(length);
}
