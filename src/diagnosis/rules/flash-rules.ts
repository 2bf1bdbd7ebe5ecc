import { hex } from '../../errors';
import { type Note, say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import { sum } from '../evidence/facts';
import { type Finding, finding, type Rule } from './finding';
import { listed, times } from './phrases';

/** CRC-32 of 257 bytes of 00 (full chips count the end byte) and of 256 (basic chips). */
const ZEROS: readonly number[] = [0xb7bfa0ce, 0x0d968558];
/** The same of FF, with how many bytes they are. */
const BLANK: Readonly<Record<number, number>> = { 3013064950: 257, 4272465953: 256 };

/** More sectors than this failing together are no worn sectors. */
const FEW = 8;

/** One place, always, while all others hold. */
function badSector(evidence: Evidence): Finding | null {
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
    say('diagnosis.onlySectors', {
      where: listed(addresses),
      tries,
      count: evidence.checksumsRight,
    }),
  );
}

/** Everything is answered with success, and nothing changes. */
function locked(evidence: Evidence): Finding | null {
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
      say('diagnosis.protectBitsStayed', {
        times: times(attempts),
        status: hex(last.after),
        mask: hex(last.mask),
      }),
    );
  }
  const { notTaken } = evidence;
  if (notTaken.length === 0) return null;
  const ever = evidence.mismatches.some(({ direction, healed }) => direction === 'write' && healed);
  return finding(
    'locked',
    ever ? 0.2 : notTaken.length >= 2 ? 0.8 : 0.5,
    say('diagnosis.oldBytesKept', { where: listed(notTaken) }),
  );
}

/** The chip lives, and its flash reads as nothing. */
function deadFlash({ bootloader, flashId }: Evidence): Finding | null {
  const zeros = bootloader !== null && ZEROS.includes(bootloader.crc);
  const noId = flashId === '000000';
  const dead = (confidence: number, evidence: Note) =>
    finding('deadFlash', confidence, evidence, { plain: true });
  if (!zeros) return noId ? dead(0.6, say('diagnosis.zeroId')) : null;
  const checksum = hex(bootloader.crc);
  if (noId) return dead(0.9, say('diagnosis.zerosAndZeroId', { checksum }));
  return dead(0.85, say('diagnosis.zerosRead', { checksum }));
}

/** Known to users as "Unknown bootloader CRC 0xB397B8F6". */
function blankBootloader({ bootloader, drops, family }: Evidence): Finding | null {
  const bytes = bootloader === null ? undefined : BLANK[bootloader.crc];
  if (bootloader === null || bytes === undefined) return null;
  const basic = family === 'basic' || bytes === 256;
  return finding(
    'blankBootloader',
    drops.length > 0 ? 0.35 : 0.85,
    say('diagnosis.blankSector', { checksum: hex(bootloader.crc), bytes }),
    { action: basic ? say('diagnosis.leavePowered') : undefined },
  );
}

function unknownBootloader({ bootloader }: Evidence): Finding | null {
  if (bootloader === null || bootloader.known) return null;
  if (bootloader.crc in BLANK || ZEROS.includes(bootloader.crc)) return null;
  const checksum = hex(bootloader.crc);
  return finding('unknownBootloader', 0.25, say('diagnosis.checksumInNoTable', { checksum }));
}

/** The flash and its first sector. */
export const FLASH_RULES: readonly Rule[] = [
  locked,
  badSector,
  deadFlash,
  blankBootloader,
  unknownBootloader,
];
