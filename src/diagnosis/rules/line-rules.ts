import type { Evidence } from '../evidence/evidence';
import {
  addressesOf,
  exchanges,
  failsOnlyFast,
  failureRate,
  isChange,
  isReboot,
  lateAnswers,
  listed,
  lostAnswers,
  plural,
  SHORT,
  sum,
  tooFast,
  unheardChanges,
} from '../evidence/facts';
import { type Finding, finding } from './finding';

/** Above it short commands fail as well, and the direction cannot be told from the long ones. */
const CLEAN = 0.05;
/** A line that is good one way fails that way a hundred times less: within this factor both are bad. */
const ALIKE = 10;

/** What speaks for either direction. */
function weigh(evidence: Evidence) {
  // A block that is wrong is told again by its sectors.
  const writes = evidence.mismatches.filter(({ direction }) => direction === 'write');
  const reads = evidence.mismatches.filter(({ direction }) => direction === 'read');
  const broken = evidence.tallies.filter(({ kind }) => kind === 'read');
  const changed = writes.filter(({ healed }) => healed);
  const unheard = unheardChanges(evidence);
  const lost = lostAnswers(evidence);
  // A basic chip that lost its place in a frame starts its firmware.
  const thrown =
    evidence.family === 'basic'
      ? evidence.drops.filter((drop) => drop.phase === 'write' && isReboot(drop))
      : [];
  // A chip that reboots breaks off what it was saying.
  const cut = evidence.drops.filter((drop) => drop.command === 'read' && isReboot(drop)).length;
  const came = sum(broken, (one) => one.short + one.garbled) + sum(reads, (one) => one.times);
  const readBad = Math.max(0, came - cut);
  const out = changed.length + unheard.length;
  const back = lost.length + readBad;
  const sent = exchanges(evidence, ['program']);
  const got = exchanges(evidence, ['read']);
  const outRate = out / Math.max(1, sent.good + sent.bad);
  const backRate = back / Math.max(1, got.good + got.bad + lost.length);
  // The same length goes over either line: where both fail, neither is the good one.
  const both =
    Math.min(out, back) >= 3 && Math.max(outRate, backRate) <= ALIKE * Math.min(outRate, backRate);
  return { changed, unheard, thrown, lost, readBad, reads, out, back, both };
}

/** Programs are the only commands that send 4 KiB to the chip: a bad line there spares the others. */
export function toChip(evidence: Evidence): Finding | null {
  const { changed, unheard, thrown, back, both } = weigh(evidence);
  const erasing = evidence.drops.filter((drop) => drop.phase === 'erase' && isReboot(drop));
  const onlyPrograms = thrown.length >= 2 && erasing.length === 0;
  const count = changed.length + unheard.length + (onlyPrograms ? thrown.length : 0);
  if (count === 0) return null;
  const short = exchanges(evidence, SHORT);
  const read = exchanges(evidence, ['read']);
  // Bytes that the chip itself counts otherwise were changed on their way to it.
  const clean = failureRate(short) < CLEAN && (changed.length > 0 || read.good > 0);
  let confidence = count >= 5 ? 0.85 : count >= 3 ? 0.75 : count === 2 ? 0.55 : 0.4;
  if (unheard.length + changed.length === 0) {
    // A chip that lost its place waits in its firmware; one that rebooted would have listened.
    const caught = thrown.filter((drop) => drop.found === 'rebooted').length;
    confidence = Math.min(confidence, caught === 0 ? 0.65 : 0.45);
  }
  if (!clean) confidence = Math.min(confidence, 0.4);
  if (back > 0) confidence = Math.min(confidence, both ? 0.35 : 0.6);
  // The same place each time is a matter of the flash.
  if (count >= 3 && addressesOf([...changed, ...unheard, ...thrown]).length === 1) {
    confidence = Math.min(confidence, 0.4);
  }
  // A second talker is a reason for a bad line, and the better one to name.
  if (evidence.heard.controllerFrames >= 3) confidence = Math.min(confidence, 0.5);
  if (tooFast(evidence) !== null) confidence = Math.min(confidence, 0.4);
  // Too few went over the line at a lower rate to tell that it is not the rate.
  else if (failsOnlyFast(evidence)) confidence = Math.min(confidence, 0.65);
  const parts = [
    unheard.length > 0
      ? `${plural(unheard.length, 'write')} got no answer from a chip that was there`
      : '',
    onlyPrograms
      ? `${plural(thrown.length, 'write')} and no erase threw the chip out of download mode`
      : '',
    changed.length > 0 ? `${plural(changed.length, 'range')} held other bytes than were sent` : '',
  ].filter((part) => part !== '');
  const where = listed(addressesOf([...changed, ...unheard, ...(onlyPrograms ? thrown : [])]));
  return finding(
    'toChip',
    confidence,
    `${capital(parts.join('; '))} (${where}), while ${read.good} of ${read.good + read.bad} reads and ${short.good} of ${short.good + short.bad} short commands went well.`,
  );
}

/** Reads are the only commands that bring 4 KiB from the chip; a lost answer to a change that was made tells the same. */
export function fromChip(evidence: Evidence): Finding | null {
  const { lost, readBad, reads, out, back: count, both } = weigh(evidence);
  if (count === 0) return null;
  const program = exchanges(evidence, ['program']);
  let confidence = count >= 5 ? 0.8 : count >= 3 ? 0.7 : count === 2 ? 0.5 : 0.4;
  if (out > 0) confidence = Math.min(confidence, both ? 0.35 : 0.6);
  // Without a write nothing tells that the other line is better.
  if (program.good === 0) confidence = Math.min(confidence, 0.7);
  if (evidence.drops.some((drop) => isChange(drop) && isReboot(drop))) {
    confidence = Math.min(confidence, 0.45);
  }
  if (tooFast(evidence) !== null) confidence = Math.min(confidence, 0.4);
  if (lateAnswers(evidence).count > 1) confidence = Math.min(confidence, 0.4);
  const parts = [
    lost.length > 0
      ? `${plural(lost.length, 'change')} of flash (${listed(addressesOf(lost))}) had been made though no answer came`
      : '',
    readBad > 0 ? `${plural(readBad, 'read')} came short or changed` : '',
    reads.length > 0 ? `at ${listed(addressesOf(reads))}` : '',
  ].filter((part) => part !== '');
  const programs = program.good > 0 ? `; ${program.good} writes went well` : '';
  return finding('fromChip', confidence, `${capital(parts.join(', '))}${programs}.`);
}

/** Trouble both ways, or in short commands too. */
export function line(evidence: Evidence): Finding | null {
  if (!evidence.linked) return unlinkedLine(evidence);
  const { out, back, both } = weigh(evidence);
  const short = exchanges(evidence, SHORT);
  const poor = failureRate(short) >= CLEAN && short.bad >= 3;
  if (!poor && !both) return null;
  if (tooFast(evidence) !== null) return null;
  const confidence = both && poor ? 0.7 : both ? 0.6 : 0.45;
  return finding(
    'line',
    confidence,
    `${plural(out, 'write')} did not reach the chip, ${plural(back, 'answer')} did not come whole, and ${short.bad} of ${short.good + short.bad} short commands failed.`,
  );
}

/** A chip that is called does not answer, and something comes in that is no talk either. */
function unlinkedLine({ heard, received }: Evidence): Finding | null {
  if (heard.bytes === 0 && received > 0) {
    return finding('line', 0.5, `${received} bytes arrived that answer nothing that was asked.`);
  }
  if (heard.noise === 0 || heard.noise < 0.5 * heard.bytes) return null;
  return finding('line', 0.5, `${heard.bytes} bytes arrived that are neither an answer nor text.`);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
