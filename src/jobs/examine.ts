import { type ErrorCode, hex, isBkError } from '../errors';
import { surveyRates } from '../session/baud/rate-survey';
import { TUYA_KEY, ZERO_KEY } from '../session/memory/efuse';
import { timeAnswers } from '../session/probe/answer-times';
import { tryRestarts } from '../session/probe/restarts';
import { takesCommandAhead } from '../session/probe/takes-ahead';
import { readIdRegisters, readStatusBytes } from '../session/probe/told-values';
import { type Note, say } from '../texts/note';
import { render } from '../texts/render';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import { chipCalibration } from './chip/chip-calibration';
import { blankStretch } from './examine/blank-stretch';
import { timeChecksums } from './examine/checksum-speed';
import type { Examination, ExamineOptions, ShownKey, Unmeasured } from './examine/examination';
import { timeFlash } from './examine/flash-times';
import { unusualIn } from './examine/judge';
import { readTwice } from './examine/reading';
import { roundMs, spreadOf } from './examine/spread';

/** After these there is no chip any more to measure on; what was measured before still counts. */
const LOST: readonly ErrorCode[] = ['BK_LINK_LOST', 'BK_NO_LINK', 'BK_PORT_LOST'];
/** After these there is nothing to go on with, or to tell. */
const FATAL: readonly ErrorCode[] = ['BK_CANCELLED', 'BK_WRONG_CHIP', 'BK_INTERNAL'];

/** A chip that is further away is behind a network, ms. */
const FAR_MS = 30;

/** Measures chip, adapter and line. What cannot be measured is told, and the rest goes on. */
export async function examine(
  context: JobContext,
  options: ExamineOptions,
): Promise<JobOutcome<Examination>> {
  const found = await begun(context);
  const probes = new Probes(context, found);
  await probes.answers();
  await probes.ahead();
  const blank = await probes.checksum(options.write === true);
  await probes.reading();
  if (options.write === true) await probes.flash(blank);
  await probes.rates();
  // What may cost the link comes last.
  await probes.restarts();
  found.unusual = unusualIn(found).map(({ what, advice }) => ({
    what: render(what),
    advice: render(advice),
    whatCode: what,
    adviceCode: advice,
  }));
  return { payload: found, offset: 0, length: 0, bytes: 0 };
}

/** What the chip tells of itself, and nothing measured yet. */
async function begun(context: JobContext): Promise<Examination> {
  const { session } = context;
  const { exchanger, identity, linked } = session;
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    context.step({ phase: 'identify', address: null }, work);
  const { mac } = await chipCalibration(context);
  const { name, version, crc, known } = identity.bootloader;
  const { id, part, size } = identity.flash;
  return {
    format: 'bk72xx-report',
    version: 1,
    made: session.clock.date().toISOString(),
    chip: {
      model: identity.chip,
      family: identity.family,
      chipId: identity.chipId,
      bootloader: { name, version, crc, known },
      flash: { id, name: part?.name ?? null, size },
      key: shownKey(identity.key),
      codeKey: identity.encryption,
      mac: mac === null ? null : `${mac.slice(0, 8)}:**:**:**`,
      registers: await ask(() => readIdRegisters(exchanger, identity)),
      status: await ask(() => readStatusBytes(exchanger, identity)),
    },
    link: { by: linked.by, ms: roundMs(linked.ms), wire: null, restart: null, window: null },
    line: {
      baud: exchanger.transport.baudRate,
      answerMs: null,
      answers: 0,
      lost: 0,
      delayMs: null,
      holdMs: null,
      commandAhead: null,
      fastestBaud: null,
      rates: [],
    },
    checksum: { blankBytesPerSecond: null, otherBytesPerSecond: null },
    reading: null,
    flash: null,
    unmeasured: [],
    unusual: [],
  };
}

function shownKey(key: string | null): ShownKey {
  if (key === null) return 'not readable';
  if (key === ZERO_KEY) return 'zeros';
  return key === TUYA_KEY ? 'tuya' : 'custom';
}

/** One measurement after the other, each of which puts what it finds into the examination. */
class Probes {
  readonly #context: JobContext;
  readonly #found: Examination;
  #isLost = false;
  /** The stretch of flash that was written to, and is blank again. */
  #written: { from: string; to: string } | null = null;

  constructor(context: JobContext, found: Examination) {
    this.#context = context;
    this.#found = found;
  }

  answers(): Promise<void> {
    const { session, flash, signal } = this.#context;
    const { exchanger, identity } = session;
    return this.#probe('answers', say('examine.timingAnswers'), async () => {
      const times = await this.#ask(() => timeAnswers(exchanger, flash, identity.family, signal));
      Object.assign(this.#found.line, {
        baud: exchanger.transport.baudRate,
        answerMs: times.answers.length === 0 ? null : spreadOf(times.answers),
        answers: times.answers.length,
        lost: times.lost,
        delayMs: roundMs(times.delayMs),
        holdMs: times.holdMs === null ? null : roundMs(times.holdMs),
      } satisfies Partial<Examination['line']>);
    });
  }

  ahead(): Promise<void> {
    const { session, flash } = this.#context;
    return this.#probe('ahead', say('examine.callingAhead'), async () => {
      this.#found.line.commandAhead = await this.#ask(() =>
        takesCommandAhead(session.exchanger, flash),
      );
    });
  }

  /** @returns the blocks that are blank by the chip's checksum */
  async checksum(all: boolean): Promise<number[]> {
    let blocks: number[] = [];
    await this.#probe('checksum', say('examine.timingChecksums'), async () => {
      const { speed, blank } = await timeChecksums(this.#context, all);
      this.#found.checksum = speed;
      blocks = blank;
    });
    return blocks;
  }

  reading(): Promise<void> {
    return this.#probe('reading', say('examine.readingTwice'), async () => {
      this.#found.reading = await readTwice(this.#context);
    });
  }

  flash(blank: readonly number[]): Promise<void> {
    return this.#probe('flash', say('examine.provingBlank'), async () => {
      const { delayMs, holdMs } = this.#found.line;
      const stretch = await blankStretch(this.#context, blank);
      if (stretch === null) return this.#note('flash', say('examine.noBlankStretch'));
      const end = stretch.offset + stretch.length - 1;
      this.#written = { from: hex(stretch.offset), to: hex(end) };
      const times = await timeFlash(this.#context, stretch, {
        delayMs: delayMs ?? 0,
        holdMs: holdMs ?? 0,
      });
      if (isBkError(times)) this.#note('flash', say('examine.blankAgain', { error: times.text }));
      else this.#found.flash = times;
    });
  }

  rates(): Promise<void> {
    const { session, signal } = this.#context;
    return this.#probe('rates', say('examine.tryingRates'), async () => {
      if (!session.exchanger.transport.canSetBaudRate)
        return this.#note('rates', say('examine.rateElsewhere'));
      const rates = await surveyRates(session.climber, signal);
      const proved = rates.filter(({ toHost, toChip }) => toHost && toChip);
      const failed = rates.some(({ toHost, toChip }) => toHost === false || toChip === false);
      const fastest = Math.max(0, ...proved.map(({ baud }) => baud));
      this.#found.line.rates = rates;
      this.#found.line.fastestBaud = failed && fastest > 0 ? fastest : null;
    });
  }

  restarts(): Promise<void> {
    const { session, signal } = this.#context;
    return this.#probe('restarts', say('examine.restarting'), async () => {
      // What an adapter keeps back comes late and is there in time.
      const isFar = (this.#found.line.delayMs ?? 0) >= FAR_MS;
      Object.assign(this.#found.link, await tryRestarts(session, isFar, signal));
      const { window, restart } = this.#found.link;
      if (restart === null)
        this.#note('restarts', isFar ? say('examine.lateRestarts') : say('examine.noRestart'));
      if (window === null) return;
      this.#found.link.window = {
        opensMs: roundMs(window.opensMs),
        closesMs: window.closesMs === null ? null : roundMs(window.closesMs),
        longestMs: roundMs(window.longestMs),
      };
    });
  }

  /** Asks the chip, winning it back where it falls silent. */
  #ask<T>(work: () => Promise<T>): Promise<T> {
    return this.#context.step({ phase: 'read', address: null }, work);
  }

  async #probe(probe: Unmeasured['probe'], doing: Note, work: () => Promise<void>): Promise<void> {
    if (this.#isLost) return this.#note(probe, say('examine.chipGone'));
    this.#context.progress.say('read', doing);
    try {
      await work();
    } catch (error) {
      // Whoever stops it has waited for that, and is told.
      if (isBkError(error, 'BK_CANCELLED') && this.#written !== null)
        throw error.advised(say('examine.isBlankAgain', this.#written));
      // What flash holds then is more than a measurement that is missing.
      if (!isBkError(error) || FATAL.includes(error.code) || error.cause.state !== null)
        throw error;
      this.#isLost = LOST.includes(error.code);
      this.#note(probe, error.text);
    }
  }

  #note(probe: Unmeasured['probe'], why: Note): void {
    this.#found.unmeasured.push({ probe, why: render(why), whyCode: why });
  }
}
