import { type Note, say } from '../../texts/note';
import type { Drop, Evidence } from '../evidence/evidence';
import { addressesOf, exchanges, hasAnswered, isChange, isReboot } from '../evidence/facts';
import { type Finding, finding, type Rule } from './finding';
import { joined, listed, PHASE_WORDS, times } from './phrases';

/** A chip that boots, or is at work, has answered long before so many calls. */
const LONG_CALLED = 50;

/**
 * A supply that gives way under the current of erasing and programming: the chip reboots, and never at
 * the same place twice. Source: what maintainers answer every time, and the seeds' addresses.
 */
function power(evidence: Evidence): Finding | null {
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

function story(evidence: Evidence, reboots: readonly Drop[]): Note {
  const places = addressesOf(reboots);
  const erases = reboots.filter((drop) => drop.phase === 'erase').length;
  const lost = reboots.some((drop) => drop.found === 'lost');
  const { good } = exchanges(evidence, ['read', 'checksum']);
  const facts = {
    times: times(reboots.length),
    erasing: erases,
    writing: reboots.length - erases,
    where: listed(places),
  };
  const many = { ...facts, places: places.length };
  const back = () =>
    places.length > 1
      ? say('diagnosis.stoppedAtPlaces', many)
      : say('diagnosis.stoppedAtPlace', facts);
  const away = () =>
    places.length > 1
      ? say('diagnosis.stoppedAtPlacesForGood', many)
      : say('diagnosis.stoppedAtPlaceForGood', facts);
  const stopped = lost ? away() : back();
  if (good === 0) return stopped;
  return say('diagnosis.sentences', {
    sentences: [stopped, say('diagnosis.readsWentWell', { good })],
  });
}

/** Reboots while nothing draws current: somebody's hand, or a contact. */
function interrupted(evidence: Evidence): Finding | null {
  const reboots = evidence.drops.filter(isReboot);
  const idle = reboots.filter((drop) => !isChange(drop));
  if (idle.length === 0) return null;
  const share = idle.length / reboots.length;
  // One that never answered anything but calls need not have gone away.
  const isVague = share < 0.5 || !hasAnswered(evidence);
  const confidence = isVague ? 0.2 : idle.length === 1 ? 0.5 : 0.6;
  const phases = [...new Set(idle.map((drop) => drop.phase))].map((phase) => PHASE_WORDS[phase]);
  return finding(
    'interrupted',
    confidence,
    say('diagnosis.wentAwayIdle', {
      times: times(idle.length),
      phases: joined(phases, 'diagnosis.comma'),
    }),
  );
}

/** A chip that was linked and no longer answers. What made it stop is for other rules to tell, and comes first. */
function gone({ linked, calls }: Evidence): Finding | null {
  if (!linked || calls < LONG_CALLED) return null;
  return finding('gone', 0.35, say('diagnosis.unansweredCalls', { calls }));
}

/** The chip stops, or is away. */
export const POWER_RULES: readonly Rule[] = [power, interrupted, gone];
