import { readImageFile } from '../../backup/image-file';
import { SECTOR } from '../../chip/geometry';
import { calibrationOrder } from '../../chip/known/chip-places';
import { CHIPS } from '../../chip/known/chips';
import type { Layout, Region } from '../../chip/layouts';
import { BkError } from '../../errors';
import { findCalibration, readCalibration } from '../../image/calibration';
import { usualCalibrations } from '../../placement/base/place-target';
import type { JobContext } from '../base/job-context';
import { blankCrc } from './compare';
import { readSector } from './read-sector';

/** The calibration sector of the connected chip. */
export interface ChipCalibration {
  /** Flash address of the sector; null where no valid one was found. */
  offset: number | null;
  mac: string | null;
}

/** Found once for a link; a job that changes such a sector forgets it. */
const found = new WeakMap<object, ChipCalibration>();

/**
 * Looks for the calibration sector where this chip usually has it, and where that has none, at the places of
 * other layouts.
 */
export async function chipCalibration(context: JobContext): Promise<ChipCalibration> {
  const key = context.session.identity;
  const known = found.get(key);
  if (known !== undefined) return known;
  let best: ChipCalibration = { offset: null, mac: null };
  const usual = calibrationAddresses(context);
  for (const address of everyAddress(context)) {
    if (best.mac !== null) break;
    if (!usual.includes(address) && (await isKnownBlank(context, address))) continue;
    const calibration = await readAt(context, address);
    if (calibration === null) continue;
    if (best.offset === null || calibration.mac !== null)
      best = { offset: address, mac: calibration.mac };
  }
  found.set(key, best);
  return best;
}

export function forgetCalibration(context: JobContext): void {
  found.delete(context.session.identity);
}

/**
 * A dump has its calibration where nobody looks for it: the chip may have it there, too.
 * @param offset flash address in the dump
 */
export async function lookForCalibration(context: JobContext, offset: number): Promise<void> {
  const known = await chipCalibration(context);
  if (known.mac !== null || everyAddress(context).includes(offset)) return;
  const mac = (await readAt(context, offset))?.mac ?? null;
  if (mac !== null) found.set(context.session.identity, { offset, mac });
}

/**
 * Looks for the calibration in a backup that this job has just made, where the chip was not asked for it.
 * @param path of a backup of the whole chip
 * @returns whether that tells more than was known before
 */
export async function learnCalibration(context: JobContext, path: string | null): Promise<boolean> {
  if (path === null || (await chipCalibration(context)).mac !== null) return false;
  const { chip } = context.session.identity;
  const calibration = findCalibration(await readImageFile(path), calibrationOrder(chip));
  if (calibration === null || calibration.mac === null) return false;
  found.set(context.session.identity, calibration);
  return true;
}

/** Every calibration sector of the chip that begins in one of the regions. */
export async function calibrationsIn(
  context: JobContext,
  regions: readonly Region[],
): Promise<number[]> {
  const own = await chipCalibration(context);
  const all = new Set([...(own.offset === null ? [] : [own.offset]), ...everyAddress(context)]);
  const inside: number[] = [];
  for (const address of all) {
    if (!regions.some(({ offset, length }) => address >= offset && address < offset + length))
      continue;
    if (address === own.offset || (await readAt(context, address)) !== null) inside.push(address);
  }
  return inside.sort((one, other) => one - other);
}

/** Where the calibration sector of this chip usually lies, inside its flash. */
export function calibrationAddresses(context: JobContext): number[] {
  const { chip } = context.session.identity;
  return usualCalibrations({ chip, flashSize: context.flash.size });
}

/** The same and the places of other layouts, likeliest first. */
function everyAddress(context: JobContext): number[] {
  return calibrationOrder(context.session.identity.chip).filter(
    (address) => address + SECTOR <= context.flash.size,
  );
}

async function readAt(context: JobContext, address: number) {
  return readCalibration(await readSector(context, address));
}

/** A checksum is quicker than to read the sector, and on full chips it has no side effect. */
async function isKnownBlank(context: JobContext, address: number): Promise<boolean> {
  if (context.session.identity.family !== 'full') return false;
  const crc = await context.step({ phase: 'identify', address }, () =>
    context.flash.crc(address, SECTOR),
  );
  return crc === blankCrc(SECTOR);
}

/** @throws BkError BK_UNKNOWN_CHIP where the model is not known */
export function layoutOf(context: JobContext): Layout {
  const { chip } = context.session.identity;
  if (chip !== null) return CHIPS[chip].layout;
  throw new BkError(
    'BK_UNKNOWN_CHIP',
    `The chip on ${context.session.port} does not tell its model, so that where its application lies is not known; nothing was changed`,
    { advice: ['Set the chip in the device, or give an offset and a length.'] },
  );
}
