import { hex } from '../../errors';
import type { Evidence } from '../evidence/evidence';
import { listed, plural, sum, times, ZEROS } from '../evidence/facts';
import { type Finding, finding } from './finding';

/** More sectors than this failing together are no worn sectors. */
const FEW = 8;

/** One place, always, while all others hold. */
export function badSector(evidence: Evidence): Finding | null {
  const stubborn = evidence.mismatches.filter(
    (one) => one.direction === 'write' && !one.healed && one.times >= 2,
  );
  const addresses = [
    ...new Set([...evidence.failedSectors, ...stubborn.map(({ address }) => address)]),
  ].sort((a, b) => a - b);
  if (addresses.length === 0 || addresses.length > FEW) return null;
  const given = evidence.failedSectors.length > 0;
  const tries = Math.max(2, ...stubborn.map((one) => one.times));
  const proof = evidence.checksumsRight >= 3;
  const others = evidence.mismatches.filter((one) => one.direction === 'write' && one.healed);
  const healthy = evidence.drops.length === 0 && addresses.length === 1;
  let confidence = !proof ? 0.4 : given ? (healthy ? 0.85 : 0.7) : tries >= 3 ? 0.6 : 0.4;
  // Sectors that failed and then held are a matter of the line, and this one may be too.
  const elsewhere = others.filter(({ address }) => !addresses.includes(address)).length;
  if (elsewhere > 0) confidence = Math.min(confidence, elsewhere >= 3 ? 0.35 : 0.5);
  return finding(
    'badSector',
    confidence,
    `Only ${listed(addresses)} failed, every time (${tries} checks or more), while ${plural(evidence.checksumsRight, 'checksum')} elsewhere agreed.`,
  );
}

/** Everything is answered with success, and nothing changes. */
export function locked(evidence: Evidence): Finding | null {
  const last = evidence.status.at(-1);
  const freed = evidence.status.findLastIndex(({ after, mask }) => (after & mask) === 0);
  const writes = evidence.status.slice(freed + 1).filter(({ written }) => written !== null);
  const attempts = sum(writes, ({ tries }) => tries ?? 1);
  if (last !== undefined && attempts > 0 && (last.after & last.mask) !== 0) {
    // One answer may have been lost; a status of all ones is a part that does not answer.
    const unsure = attempts < 3 || last.after === 0xffff || last.after === 0xff;
    return finding(
      'locked',
      unsure ? 0.4 : 0.85,
      `The status register was written ${times(attempts)} and its protect bits stayed (it reads ${hex(last.after)}, of which ${hex(last.mask)} protect).`,
    );
  }
  const { notTaken } = evidence;
  if (notTaken.length === 0) return null;
  const ever = evidence.mismatches.some(({ direction, healed }) => direction === 'write' && healed);
  return finding(
    'locked',
    ever ? 0.2 : notTaken.length >= 2 ? 0.8 : 0.5,
    `Erases and writes were answered with success, and flash kept its old bytes at ${listed(notTaken)}.`,
  );
}

/** The chip lives, and its flash reads as nothing. */
export function deadFlash({ bootloader, flashId }: Evidence): Finding | null {
  const zeros = bootloader !== null && ZEROS.includes(bootloader.crc);
  const noId = flashId === '000000';
  if (!zeros && !noId) return null;
  const parts = [
    zeros ? `The checksum of the first bytes (${hex(bootloader.crc)}) is that of zeros` : '',
    noId ? 'the flash tells its id as 00 00 00' : '',
  ].filter((part) => part !== '');
  return finding('deadFlash', zeros && noId ? 0.9 : zeros ? 0.85 : 0.6, `${parts.join(', and ')}.`);
}
