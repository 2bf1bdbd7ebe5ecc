import { BOOTLOADER_END } from '../../chip/geometry';
import { CHIP_ID_REGISTERS } from '../../chip/known/chip-queries';
import type { Family } from '../../chip/known/chips';
import { isBkError } from '../../errors';
import {
  encodeRequest,
  flashRead4K,
  linkCheck,
  readRegister,
} from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import { throwIfAborted } from '../base/abort';
import type { Exchanger } from '../exchange/exchanger';
import type { Flash } from '../memory/flash';
import { type Heard, listenIn } from './listen-in';

/** How many short answers are timed, and how many sectors. */
const SHORT_ANSWERS = 100;
const SECTORS = 4;
/** Pieces from which a pace can be told, and over how long, ms. */
const LEAST_PIECES = 4;
const LEAST_SPAN_MS = 10;
/** Beyond this no UART would read the line, so that a pace so far off is none, part of the nominal one. */
const MOST_OFF = 0.05;
/** An answer that comes so much later than its last byte could be there was kept back, ms. */
const KEPT_BACK_MS = 1;

/** How long answers take. All of it in ms. */
export interface AnswerTimes {
  /** Of each short answer: beyond what its request and its bytes take on the line. */
  answers: number[];
  /** Short questions that got no answer in time. */
  lost: number;
  /** From a request to its answer's first byte, where nothing is kept back: chip, driver and adapter. */
  delayMs: number;
  /**
   * For how long the adapter keeps back what does not fill its packet, from its first byte on; 0 where it does not, null
   * where a network is too uneven to tell.
   */
  holdMs: number | null;
}

/**
 * Times short answers and long ones. An adapter that keeps back what does not fill a packet of its own keeps every
 * short answer, but of a long one the last part only: so the beginning of a long one tells what chip and way take,
 * and what short ones take beyond that is the adapter's. Reads only.
 * @throws BkError as an exchange does, where the chip stays silent
 */
export async function timeAnswers(
  exchanger: Exchanger,
  flash: Flash,
  family: Family,
  signal: AbortSignal | undefined,
): Promise<AnswerTimes> {
  const { transport, clock } = exchanger;
  const answerBytes = (family === 'full' ? readRegister : linkCheck).answerBytes;
  const onWire = lineTime(answerBytes + shortRequest(family).length, transport.baudRate);
  const answers: number[] = [];
  let lost = 0;
  for (let count = 0; count < SHORT_ANSWERS; count++) {
    throwIfAborted(signal, transport.port);
    const begun = clock.now();
    if (await answersShort(exchanger, family)) answers.push(clock.now() - begun - onWire);
    else lost++;
  }
  const beginnings: { delay: number; byteMs: number }[] = [];
  for (let count = 0; count < SECTORS; count++) {
    throwIfAborted(signal, transport.port);
    beginnings.push(await timeBeginning(exchanger, flash));
  }
  const { delay, byteMs } = beginnings.reduce((one, other) =>
    other.delay < one.delay ? other : one,
  );
  const usual = median(answers) + lineTime(answerBytes, transport.baudRate) - delay;
  const kept = usual > answerBytes * byteMs + KEPT_BACK_MS;
  const spread = Math.max(...answers) - Math.min(...answers);
  if (exchanger.line.isLate && spread > KEPT_BACK_MS)
    return { answers, lost, delayMs: Math.max(0, delay), holdMs: null };
  return { answers, lost, delayMs: Math.max(0, delay), holdMs: kept ? usual - byteMs : 0 };
}

async function answersShort(exchanger: Exchanger, family: Family): Promise<boolean> {
  try {
    if (family === 'full') await exchanger.sendOnce(readRegister, registerArgs());
    // Not the short time of a call: what comes later than that is to be seen here.
    else await exchanger.sendOnce(linkCheck, undefined);
    return true;
  } catch (error) {
    if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
    await exchanger.synchronise();
    return false;
  }
}

function shortRequest(family: Family): Buffer {
  return family === 'full'
    ? encodeRequest(readRegister, registerArgs())
    : encodeRequest(linkCheck, undefined);
}

function registerArgs(): { address: number } {
  return { address: CHIP_ID_REGISTERS[0] ?? 0 };
}

/** How long a sector's answer keeps from coming, and how long each of its bytes takes, ms. */
async function timeBeginning(
  exchanger: Exchanger,
  flash: Flash,
): Promise<{ delay: number; byteMs: number }> {
  const { clock, transport } = exchanger;
  const begun = clock.now();
  const heard = await listenIn(exchanger, async () => {
    await flash.readSector(BOOTLOADER_END);
  });
  const request = encodeRequest(flashRead4K, { address: BOOTLOADER_END }).length;
  const sent = begun + lineTime(request, transport.baudRate);
  const byteMs = paceOf(heard, lineTime(1, transport.baudRate));
  let bytes = 0;
  const delays = heard.pieces.map((piece) => {
    bytes += piece.bytes;
    return piece.at - sent - bytes * byteMs;
  });
  return { delay: Math.min(...delays), byteMs };
}

/** The chip's own pace: its divider makes some rates a little faster than they are called. */
function paceOf({ pieces }: Heard, nominal: number): number {
  // The last piece may have been kept back.
  const free = pieces.slice(0, -1);
  const [first, last] = [free[0], free.at(-1)];
  if (free.length < LEAST_PIECES || first === undefined || last === undefined) return nominal;
  const bytes = free.slice(1).reduce((sum, piece) => sum + piece.bytes, 0);
  const span = last.at - first.at;
  if (span < LEAST_SPAN_MS || Math.abs(span / bytes / nominal - 1) > MOST_OFF) return nominal;
  return span / bytes;
}

/** @param values one at least, or it is 0 */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
