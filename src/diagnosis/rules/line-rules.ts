import { say } from '../../texts/note';
import type { Evidence } from '../evidence/evidence';
import {
  addressesOf,
  exchanges,
  failsOnlyFast,
  failureRate,
  isChange,
  isReboot,
  lateAnswers,
  lostAnswers,
  SHORT,
  sum,
  tooFast,
  unheardChanges,
} from '../evidence/facts';
import { type Finding, finding, type Rule } from './finding';
import { joined, listed } from './phrases';

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
function toChip(evidence: Evidence): Finding | null {
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
  const losses = [
    ...(unheard.length > 0 ? [say('diagnosis.unheardWrites', { count: unheard.length })] : []),
    ...(onlyPrograms ? [say('diagnosis.thrownOut', { count: thrown.length })] : []),
    ...(changed.length > 0 ? [say('diagnosis.changedRanges', { count: changed.length })] : []),
  ];
  const where = listed(addressesOf([...changed, ...unheard, ...(onlyPrograms ? thrown : [])]));
  return finding(
    'toChip',
    confidence,
    say('diagnosis.lossesToChip', {
      losses: joined(losses, 'diagnosis.semicolon'),
      where,
      goodReads: read.good,
      reads: read.good + read.bad,
      goodShort: short.good,
      short: short.good + short.bad,
    }),
  );
}

/** Reads are the only commands that bring 4 KiB from the chip; a lost answer to a change that was made tells the same. */
function fromChip(evidence: Evidence): Finding | null {
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
  const clauses = [
    ...(lost.length > 0
      ? [say('diagnosis.lostAnswers', { count: lost.length, where: listed(addressesOf(lost)) })]
      : []),
    ...(readBad > 0 ? [say('diagnosis.brokenReads', { count: readBad })] : []),
    ...(reads.length > 0
      ? [say('diagnosis.atAddresses', { where: listed(addressesOf(reads)) })]
      : []),
  ];
  const losses = joined(clauses, 'diagnosis.comma');
  return finding(
    'fromChip',
    confidence,
    program.good > 0
      ? say('diagnosis.lossesFromChipOnly', { losses, writes: program.good })
      : say('diagnosis.lossesFromChip', { losses }),
  );
}

/** Trouble both ways, or in short commands too. */
function line(evidence: Evidence): Finding | null {
  if (!evidence.linked) return unlinkedLine(evidence);
  const { out, back, both } = weigh(evidence);
  const short = exchanges(evidence, SHORT);
  const poor = failureRate(short) >= CLEAN && short.bad >= 3;
  if (!poor && !both) return null;
  if (tooFast(evidence) !== null) return null;
  const confidence = both && poor ? 0.7 : both ? 0.6 : 0.45;
  const commands = { bad: short.bad, all: short.good + short.bad };
  if (out + back === 0) return finding('line', confidence, say('diagnosis.shortFailed', commands));
  return finding(
    'line',
    confidence,
    say('diagnosis.lossesBothWays', {
      writes: say('diagnosis.writesAstray', { count: out }),
      answers: say('diagnosis.answersBroken', { count: back }),
      ...commands,
    }),
  );
}

/** A chip that is called does not answer, and something comes in that is no talk either. */
function unlinkedLine({ heard, received }: Evidence): Finding | null {
  if (heard.bytes === 0 && received > 0) {
    return finding('line', 0.5, say('diagnosis.strayBytes', { bytes: received }));
  }
  if (heard.noise === 0 || heard.noise < 0.5 * heard.bytes) return null;
  return finding('line', 0.5, say('diagnosis.noiseBytes', { bytes: heard.bytes }));
}

/** Bytes that are lost or changed on the way. */
export const LINE_RULES: readonly Rule[] = [toChip, fromChip, line];
