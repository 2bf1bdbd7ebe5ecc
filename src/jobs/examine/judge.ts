import { BLOCK } from '../../chip/geometry';
import { type Note, say } from '../../texts/note';
import type { Examination } from './examination';

interface Judgement {
  what: Note;
  advice: Note;
}

/** Short answers that an adapter keeps for longer make every small question slow, ms. */
const LONG_HOLD_MS = 2;
/** A line that is no cable takes longer, ms. */
const LONG_WAY_MS = 10;
/** An answer that comes so much later than usual was held up, ms. */
const HELD_UP_MS = 20;
/** Practically all wiring carries it. */
const USUAL_BAUD = 921_600;
/** A person's hand does not hit a window shorter than this for sure, nor do some adapters, ms. */
const SHORT_WINDOW_MS = 100;
/** Half of what the public tools have seen, bytes per second. */
const SLOW_CHECKSUM = 200_000;
/** So much may the checksums of blank flash and of other differ, as a part of the slower. */
const SAME_SPEED = 0.1;
/** The datasheets' maxima, ms: an erase of 4 KiB and of 64 KiB, a program of 256 bytes. */
const LONGEST = { sector: 400, block: 2000, page: 3 } as const;

/** What is unusual about what was measured, and what to do about it; the most important first. */
export function unusualIn(found: Examination): Judgement[] {
  return [
    ...readingIn(found),
    ...answersIn(found),
    ...ratesIn(found),
    ...linkIn(found),
    ...chipIn(found),
    ...flashIn(found),
  ];
}

function readingIn({ reading }: Examination): Judgement[] {
  if (reading === null || reading.differed + reading.contradicted === 0) return [];
  const { sectors, differed, contradicted } = reading;
  return [
    {
      what: say('examine.readsDiffer', { sectors, differed, contradicted }),
      advice: say('examine.readsDifferAdvice'),
    },
  ];
}

function answersIn({ line }: Examination): Judgement[] {
  const { answers, lost, holdMs, delayMs, answerMs } = line;
  const found: Judgement[] = [];
  if (lost > 0) {
    found.push({
      what: say('examine.answersLost', { lost, asked: answers + lost }),
      advice: say('examine.checkLine'),
    });
  }
  if (holdMs !== null && holdMs >= LONG_HOLD_MS) {
    found.push({
      what: say('examine.keepsAnswers', { ms: shownMs(holdMs) }),
      advice: say('examine.shortenTimer'),
    });
  }
  if (delayMs !== null && delayMs >= LONG_WAY_MS) {
    found.push({
      what: say('examine.longWay', { ms: shownMs(delayMs) }),
      advice: say('examine.useCable'),
    });
  }
  // Over a network that is no computer's doing.
  else if (answerMs !== null && answerMs.worst > answerMs.median + HELD_UP_MS) {
    const { median, worst } = answerMs;
    found.push({
      what: say('examine.heldUp', { median: shownMs(median), worst: shownMs(worst) }),
      advice: say('examine.leaveComputerAlone'),
    });
  }
  return found;
}

function ratesIn({ line: { rates, fastestBaud } }: Examination): Judgement[] {
  const deaf = rates.find(({ toHost, toChip }) => toHost === true && toChip === false);
  const found: Judgement[] = [];
  if (fastestBaud !== null && fastestBaud < USUAL_BAUD) {
    found.push({
      what: say('examine.slowLine', { baud: fastestBaud }),
      advice: say('examine.slowLineAdvice', { baud: fastestBaud }),
    });
  }
  if (deaf !== undefined) {
    found.push({
      what: say('examine.requestsGarbled', { baud: deaf.baud }),
      advice: say('examine.requestsGarbledAdvice'),
    });
  }
  return found;
}

function linkIn({ link }: Examination): Judgement[] {
  const { restart, wire, window, by } = link;
  const found: Judgement[] = [];
  if (restart !== null && window === null) {
    found.push({ what: say('examine.noWindow'), advice: say('examine.noWindowAdvice') });
  }
  if (window !== null && window.closesMs !== null) {
    const ms = window.closesMs - window.opensMs;
    if (ms < SHORT_WINDOW_MS) {
      found.push({
        what: say('examine.shortWindow', { ms: shownMs(ms) }),
        advice: say('examine.shortWindowAdvice'),
      });
    }
  }
  if (wire === null && by === 'person') {
    found.push({ what: say('examine.noWire'), advice: say('examine.noWireAdvice') });
  }
  return found;
}

function chipIn({ chip, checksum, line }: Examination): Judgement[] {
  const found: Judgement[] = [];
  const status = Object.values(chip.status ?? {});
  if (status.length > 0 && status.every((value) => value === 'ff')) {
    found.push({ what: say('examine.statusOnes'), advice: say('examine.statusOnesAdvice') });
  }
  const { blankBytesPerSecond: blank, otherBytesPerSecond: other } = checksum;
  const slowest = Math.min(blank ?? Number.POSITIVE_INFINITY, other ?? Number.POSITIVE_INFINITY);
  if (slowest < SLOW_CHECKSUM) {
    found.push({
      what: say('examine.slowChecksum', { kilobytes: Math.round(slowest / 1000) }),
      advice: say('examine.postReport'),
    });
  }
  const isFar = (line.delayMs ?? 0) >= LONG_WAY_MS;
  const blur = isFar && line.answerMs !== null ? line.answerMs.worst - line.answerMs.least : 0;
  if (
    blank !== null &&
    other !== null &&
    Math.abs(blank - other) > SAME_SPEED * slowest &&
    Math.abs(BLOCK / blank - BLOCK / other) * 1000 > blur
  ) {
    found.push({
      what: say('examine.uneven', {
        blank: Math.round(blank / 1000),
        other: Math.round(other / 1000),
      }),
      advice: say('examine.postReport'),
    });
  }
  return found;
}

function flashIn({ flash, line }: Examination): Judgement[] {
  if (flash === null) return [];
  const { eraseMs, programMs } = flash;
  // What the line itself cannot tell apart is not the flash's doing.
  const { median, least, worst } = line.answerMs ?? { median: 0, least: 0, worst: 0 };
  const blur = line.holdMs === null ? worst - least : line.holdMs + median - least;
  const isSlow =
    eraseMs[4096].median > LONGEST.sector + blur ||
    eraseMs[65536].median > LONGEST.block + blur ||
    programMs[256].median > LONGEST.page + blur;
  return isSlow ? [{ what: say('examine.slowFlash'), advice: say('examine.slowFlashAdvice') }] : [];
}

/** As people say it. */
function shownMs(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
