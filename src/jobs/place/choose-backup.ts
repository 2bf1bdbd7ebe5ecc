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

/** What the remains say of several devices' backups. */
export type Choice<Candidate> =
  | { kind: 'contents'; chosen: Candidate; same: number }
  | { kind: 'only' }
  | { kind: 'several' }
  | { kind: 'other' };

/**
 * Which device's backup is that of a chip that has lost its MAC.
 * - `contents`: at least half of what remains is in it, and something of that in no other one
 * - `only`: nothing remains, and no other one fits
 * - `several`: no telling which
 * - `other`: there is but one, and what remains speaks against it
 * @param candidates of one device each, one at least
 */
export function chooseBackup<Candidate extends { bytes: Buffer }>(
  candidates: readonly Candidate[],
  remains: Remains,
): Choice<Candidate> {
  const same = candidates.map(({ bytes }) => sameIn(bytes, remains));
  const told = candidates.flatMap((chosen, index) => {
    const own = same[index] as ReadonlySet<number>;
    const others = same.filter((_, other) => other !== index);
    const isUnlike = [...own].some((address) => !others.some((other) => other.has(address)));
    return isUnlike && 2 * own.size >= remains.size ? [{ chosen, same: own.size }] : [];
  });
  const [first, ...more] = told;
  if (first !== undefined && more.length === 0) return { kind: 'contents', ...first };
  if (candidates.length > 1) return { kind: 'several' };
  return remains.size === 0 ? { kind: 'only' } : { kind: 'other' };
}

/** The sectors that a backup has as they are on the chip. */
function sameIn(bytes: Buffer, remains: Remains): ReadonlySet<number> {
  const same = [...remains].flatMap(([address, crc]) =>
    crc32(bytes.subarray(address, address + SECTOR)) === crc ? [address] : [],
  );
  return new Set(same);
}
