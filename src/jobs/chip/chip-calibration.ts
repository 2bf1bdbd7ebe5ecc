import { readImageFile } from '../../backup/image-file';
import type { ChipId } from '../../backup/names';
import { SECTOR } from '../../chip/geometry';
import { calibrationOrder } from '../../chip/known/chip-places';
import type { Region } from '../../chip/layouts';
import { findCalibration, readCalibration } from '../../image/calibration';
import { usualCalibrations } from '../../placement/base/place-target';
import type { Identity } from '../../session/base/identity';
import type { JobContext } from '../base/job-context';
import { blankCrc } from './chip-checksum';
import { tellChip } from './chip-report';
import { readSector } from './read-sector';

/** The calibration sector of the connected chip: its flash address, and the MAC in it. */
type ChipCalibration = NonNullable<Identity['calibration']>;

/**
 * Looks for the calibration sector where this chip usually has it, and where that has none, at the places of
 * other layouts. Once for a link: what was found stays with what is known of the chip.
 */
export async function chipCalibration(context: JobContext): Promise<ChipCalibration> {
  const { identity } = context.session;
  if (identity.calibration !== undefined) return identity.calibration;
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
  return learn(context, best);
}

/** It tells the chip from others, too. */
async function learn(context: JobContext, found: ChipCalibration): Promise<ChipCalibration> {
  const { session } = context;
  const { offset } = found;
  if (offset !== null) {
    await context.step({ phase: 'identify', address: offset }, async () =>
      session.fingerprint?.include(offset),
    );
  }
  session.identity.calibration = found;
  tellChip(context);
  return found;
}

/** By what backups tell the connected chip from others. */
export async function chipIdOf(context: JobContext): Promise<ChipId> {
  const { mac } = await chipCalibration(context);
  return { chip: context.session.identity.chip, mac };
}

/** To be called by a job that may have changed what the chip's layout is told by. */
export function forgetLayout({ session }: JobContext): void {
  session.identity.calibration = undefined;
  session.identity.partitions = undefined;
}

/**
 * A dump has its calibration where nobody looks for it: the chip may have it there, too.
 * @param offset flash address in the dump
 */
export async function lookForCalibration(context: JobContext, offset: number): Promise<void> {
  const known = await chipCalibration(context);
  if (known.mac !== null || everyAddress(context).includes(offset)) return;
  const mac = (await readAt(context, offset))?.mac ?? null;
  if (mac !== null) await learn(context, { offset, mac });
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
  await learn(context, calibration);
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

/** Where the calibration sector of this chip usually lies, inside its flash, as far as its layout was read. */
export function calibrationAddresses(context: JobContext): number[] {
  const { chip, partitions } = context.session.identity;
  return usualCalibrations({ chip, flashSize: context.flash.size, partitions });
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
