import type { Drop, Evidence } from '../evidence/evidence';
import { addressesOf, exchanges, isChange, isReboot, listed, times } from '../evidence/facts';
import { type Finding, finding } from './finding';

/**
 * A supply that gives way under the current of erasing and programming: the chip reboots, and never at
 * the same place twice. Source: what maintainers answer every time, and the seeds' addresses.
 */
export function power(evidence: Evidence): Finding | null {
  const reboots = evidence.drops.filter((drop) => isChange(drop) && isReboot(drop));
  if (reboots.length === 0) return null;
  return finding('power', confidenceOf(evidence, reboots), story(evidence, reboots));
}

function confidenceOf(evidence: Evidence, reboots: readonly Drop[]): number {
  const places = addressesOf(reboots).length;
  if (reboots.length === 1) return 0.5;
  // Always the same place is no matter of chance.
  if (places === 1) return 0.35;
  let confidence = reboots.length === 2 ? 0.6 : reboots.length < 5 ? 0.75 : 0.85;
  const others = evidence.drops.filter((drop) => !isChange(drop) && isReboot(drop)).length;
  if (others >= reboots.length) return 0.4;
  if (others > 0) confidence -= 0.1;
  return evidence.family === 'basic'
    ? Math.min(confidence, ofBasic(evidence, reboots))
    : confidence;
}

/**
 * One model leaves download mode after a broken frame, so that a lossy line looks much the same there. But only
 * programs are long enough to be hit again and again, and a chip that left starts its firmware instead of
 * listening after a boot.
 */
function ofBasic(evidence: Evidence, reboots: readonly Drop[]): number {
  if (reboots.some((drop) => drop.phase === 'erase')) return 1;
  const programs = reboots.length / (reboots.length + exchanges(evidence, ['program']).good);
  const spared = (1 - programs) ** exchanges(evidence, ['erase']).good;
  const caught = reboots.some((drop) => drop.found === 'rebooted');
  if (!caught) return 0.35;
  return spared < 0.1 ? 0.5 : 0.6;
}

function story(evidence: Evidence, reboots: readonly Drop[]): string {
  const places = addressesOf(reboots);
  const erases = reboots.filter((drop) => drop.phase === 'erase').length;
  const lost = reboots.some((drop) => drop.found === 'lost');
  const { good } = exchanges(evidence, ['read', 'checksum']);
  const parts = [
    `The chip stopped ${times(reboots.length)} while it changed flash (${erases} erasing, ${reboots.length - erases} writing)`,
    places.length > 1
      ? `at ${places.length} different addresses (${listed(places)})`
      : `at ${listed(places)}`,
    lost ? 'and did not come back' : 'and came back rebooted',
  ];
  const reads = good > 0 ? ` ${good} reads and checksums went well.` : '';
  return `${parts.join(' ')}.${reads}`;
}

/** Reboots while nothing draws current: somebody's hand, or a contact. */
export function interrupted(evidence: Evidence): Finding | null {
  const reboots = evidence.drops.filter(isReboot);
  const idle = reboots.filter((drop) => !isChange(drop));
  if (idle.length === 0) return null;
  const share = idle.length / reboots.length;
  const confidence = share < 0.5 ? 0.2 : idle.length === 1 ? 0.5 : 0.6;
  const phases = [...new Set(idle.map((drop) => drop.phase))].join(', ');
  return finding(
    'interrupted',
    confidence,
    `The chip went away ${times(idle.length)} in the phase ${phases}, when it drew little current.`,
  );
}
