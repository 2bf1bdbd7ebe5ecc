import { isBkError } from '../../errors';
import { encodeRequest, linkCheck } from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import { throwIfAborted } from '../base/abort';
import { BOOT_BAUD } from '../base/link-state';
import type { Exchanger } from '../exchange/exchanger';
import { answersWithin } from '../link/link';

/** When a chip takes a link check, ms after a reset: the time at which the check is there in full. */
export interface LinkWindow {
  /** From here on. */
  opensMs: number;
  /** Until here; null where it was still taken at `longestMs`, beyond which nobody looked. */
  closesMs: number | null;
  /** The latest at which one was taken. */
  longestMs: number;
}

/** Resets the chip and resolves as it starts, with the host at the boot rate. */
export type Restart = () => Promise<void>;

/** Beyond this nobody looks, ms: no chip is known that listens for longer, and each look takes as long. */
const LONGEST_MS = 2000;
/** The first look for the opening, ms, and by how much each one is later than the one before. */
const FIRST_MS = 1;
const EARLY_STEP = 1.4;
/** How exactly the opening is looked for: a part of it, or ms. */
const OPENING_PART = 0.02;
const OPENING_MS = 0.25;
/** The same of the closing. */
const CLOSING_STEP = 1.06;
const CLOSING_MS = 1;
/** How long an answer may take besides its way, ms. */
const ANSWER_MS = 40;
/** A chip that was called too early takes the next call, ms. */
const CATCH_MS = 600;
const QUIET_MS = 20;
const QUIET_LIMIT_MS = 400;

/**
 * Looks when a chip takes a link check after a reset: each look is a reset and a single check at its time. The times
 * rise, so that the chip gets to start its application once or twice only: firmware is known that takes some starts
 * in a row for a wish to be set up anew.
 * @param again whether a look that failed may be repeated: with a wire for the reset nothing is lost by it
 * @returns null where no check was taken at all
 */
export async function lookForWindow(
  exchanger: Exchanger,
  restart: Restart,
  again: boolean,
  signal: AbortSignal | undefined,
): Promise<LinkWindow | null> {
  const look = async (ms: number): Promise<Look> => {
    throwIfAborted(signal, exchanger.transport.port);
    await restart();
    return callOnce(exchanger, ms);
  };
  const opening = await lookForOpening(exchanger, look);
  if (opening === null) return null;
  let longest = opening;
  for (;;) {
    const next = Math.max(longest * CLOSING_STEP, longest + CLOSING_MS);
    if (next > LONGEST_MS) return { opensMs: opening, closesMs: null, longestMs: longest };
    let seen = await look(next);
    if (!seen.taken && again) seen = await look(next);
    if (seen.taken) longest = Math.max(longest, seen.at);
    else return { opensMs: opening, closesMs: (longest + seen.at) / 2, longestMs: longest };
  }
}

interface Look {
  /** When the check was there, ms after the reset. */
  at: number;
  taken: boolean;
}

/** @returns the earliest time at which a check was taken; null where none was */
async function lookForOpening(
  exchanger: Exchanger,
  look: (ms: number) => Promise<Look>,
): Promise<number | null> {
  let early = 0;
  let seen = await look(FIRST_MS);
  while (!seen.taken) {
    if (seen.at > LONGEST_MS) return null;
    early = seen.at;
    await catchUp(exchanger);
    seen = await look(Math.max(early * EARLY_STEP, early + CLOSING_MS));
  }
  let taken = seen.at;
  while (taken - early > Math.max(OPENING_MS, taken * OPENING_PART)) {
    const between = await look((early + taken) / 2);
    if (between.taken) {
      // What cannot be any earlier: the check takes as long on the line.
      if (between.at >= taken) break;
      taken = between.at;
    } else {
      if (between.at <= early) break;
      early = between.at;
      await catchUp(exchanger);
    }
  }
  return taken;
}

/** A single link check that is there in full at its time; the clock counts from now. */
async function callOnce(exchanger: Exchanger, ms: number): Promise<Look> {
  const { clock, transport, latency } = exchanger;
  const start = clock.now();
  const request = lineTime(encodeRequest(linkCheck, undefined).length, transport.baudRate);
  if (ms > request) await exchanger.pause(ms - request);
  const at = clock.now() - start + request;
  const limit = request + lineTime(linkCheck.answerBytes, transport.baudRate) + ANSWER_MS;
  try {
    await exchanger.sendOnce(linkCheck, undefined, limit + 2 * latency);
    return { at, taken: true };
  } catch (error) {
    if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
    return { at, taken: false };
  }
}

/** Calls a chip that was called too early, so that it can be told to restart again. */
async function catchUp(exchanger: Exchanger): Promise<void> {
  await answersWithin(exchanger, CATCH_MS);
  await exchanger.waitForQuiet(QUIET_MS + exchanger.latency, QUIET_LIMIT_MS);
}

/** The host at the boot rate, and nothing heard. */
export async function atBootRate(exchanger: Exchanger): Promise<void> {
  await exchanger.setBaudRate(BOOT_BAUD);
  exchanger.forgetInput();
}
