import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../../chip/geometry';
import { calibrationOrder, modelOrUntold } from '../../chip/known/chip-places';
import { sectorsOf } from '../../chip/regions';
import type { JobContext } from '../base/job-context';
import { blankCrc, chipCrc } from '../chip/chip-checksum';

/** The data that a chip still holds beside its code: the checksum of each sector that is not blank, by its address. */
export type Remains = ReadonlyMap<number, number>;

/**
 * Asks the chip what it still holds behind its code. What other firmware makes by itself is left out: calibrations,
 * which tools make up, and OpenBeken's configuration.
 */
export async function remainsOf(context: JobContext): Promise<Remains> {
  const { chip } = context.session.identity;
  const { layout, openBeken } = modelOrUntold(chip);
  const made = new Set(calibrationOrder(chip));
  if (openBeken.places !== null) made.add(openBeken.places.config);
  const remains = new Map<number, number>();
  const { size } = context.flash;
  for (let at = layout.download.offset + layout.download.length; at < size; at += BLOCK) {
    const block = { offset: at, length: Math.min(BLOCK, size - at) };
    if ((await chipCrc(context, block, 'identify')) === blankCrc(block.length)) continue;
    for (const offset of sectorsOf(block)) {
      if (made.has(offset)) continue;
      const crc = await chipCrc(context, { offset, length: SECTOR }, 'identify');
      if (crc !== blankCrc(SECTOR)) remains.set(offset, crc);
    }
  }
  return remains;
}

/** Encrypted and cut as firmware does it, a page without data is one of few pieces, again and again. */
const PIECE = 16;
const FEW_PIECES = 8;

/** What a backup has of the remains: so much is kept of each, and not its bytes. Addresses of sectors. */
export interface Traces {
  /** As they are on the chip. */
  same: ReadonlySet<number>;
  /** Of those the ones that other devices are likely to have as well. */
  plain: ReadonlySet<number>;
}

export function tracesOf(bytes: Buffer, remains: Remains): Traces {
  const same = new Set<number>();
  const plain = new Set<number>();
  for (const [address, crc] of remains) {
    const sector = bytes.subarray(address, address + SECTOR);
    if (crc32(sector) !== crc) continue;
    same.add(address);
    if (hasFewPieces(sector)) plain.add(address);
  }
  return { same, plain };
}

/**
 * What of the remains can tell devices apart. Pages of storages that nothing was written to are alike on all devices of
 * a batch: of five real devices of one model any two share eight sectors or more. So the same in a backup is no sign of anything.
 */
export function tellingOf(remains: Remains, candidates: readonly Traces[]): Remains {
  const isPlain = (address: number) => candidates.some(({ plain }) => plain.has(address));
  return new Map([...remains].filter(([address]) => !isPlain(address)));
}

function hasFewPieces(sector: Buffer): boolean {
  const pieces = new Set<string>();
  for (let at = 0; at < sector.length && pieces.size <= FEW_PIECES; at += PIECE)
    pieces.add(sector.toString('latin1', at, at + PIECE));
  return pieces.size <= FEW_PIECES;
}

/** What the remains say of several devices' backups. */
export type Choice<Candidate> =
  | { kind: 'contents'; chosen: Candidate; same: number }
  | { kind: 'only' }
  | { kind: 'several' }
  | { kind: 'other' };

/**
 * Which device's backup is that of a chip that has lost its MAC.
 * - `contents`: at least half of what remains is in it, and something of that in no other one; no other
 *   one has such a thing, which would be the data of two devices
 * - `only`: nothing that tells remains, and no other one fits
 * - `several`: no telling which
 * - `other`: there is but one, and what remains speaks against it
 * @param candidates of one device each, one at least
 * @param remains that can tell devices apart
 */
export function chooseBackup<Candidate extends Traces>(
  candidates: readonly Candidate[],
  remains: Remains,
): Choice<Candidate> {
  const had = candidates.map(({ same }) => [...same].filter((address) => remains.has(address)));
  const owners = new Map<number, number>();
  for (const address of had.flat()) owners.set(address, (owners.get(address) ?? 0) + 1);
  // What no other one has.
  const unlike = candidates.flatMap((chosen, index) => {
    const own = had[index] ?? [];
    const isUnlike = own.some((address) => owners.get(address) === 1);
    return isUnlike ? [{ chosen, same: own.length }] : [];
  });
  const [first, ...more] = unlike;
  const isTold = first !== undefined && more.length === 0 && 2 * first.same >= remains.size;
  if (isTold) return { kind: 'contents', ...first };
  if (candidates.length > 1) return { kind: 'several' };
  return remains.size === 0 ? { kind: 'only' } : { kind: 'other' };
}
