import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { isBkError } from '../errors';

import { encodeRequest, setBaudRate } from '../protocol/commands';
import { lineTime } from '../protocol/timing';
import type { Exchanger } from './exchange';
import type { Flash } from './flash';
import { BOOT_BAUD, knock } from './link';

/**
 * Rates by which a chip's 26 MHz divider and usual adapters come out close enough, fastest first.
 * 1.5 Mbit/s is 2 % off and 3 Mbit/s 8 %: left out.
 */
export const BAUD_LADDER: readonly number[] = [
  2_000_000, 1_000_000, 921_600, 500_000, 460_800, 230_400, 115_200,
];

/**
 * The fastest rate to try where nobody but a person can reset the chip: a rate that the wiring does not
 * carry may lose the link, and practically every adapter does this one.
 */
export const CAREFUL_BAUD = 921_600;

/** The chip waits so long before it changes its rate, ms; the host changes in the middle of it. */
const DELAY_MS = 20;
/** How long a chip is called that did not echo the change, ms. */
const ASK_MS = 60;
/** How often a chip that cannot be heard at a rate is told to go back. */
const WAY_BACK_TRIES = 10;

/**
 * Changes the rate of chip and host. `kept`: the chip did not follow, and both are at the rate of before;
 * `lost`: it cannot be heard at either rate, and the host is back at the rate of before.
 */
export async function changeBaud(
  exchanger: Exchanger,
  baudRate: number,
): Promise<'changed' | 'kept' | 'lost'> {
  const { transport } = exchanger;
  const before = transport.baudRate;
  if (before === baudRate || !transport.canSetBaudRate) return 'changed';
  if (!(await hostCan(exchanger, baudRate))) return 'kept';

  const args = { baudRate, delayMs: DELAY_MS };
  const request = encodeRequest(setBaudRate, args);
  await transport.write(request);
  await transport.drain();
  await exchanger.pause(lineTime(request.length, before) / 2 + DELAY_MS / 2);
  await transport.setBaudRate(baudRate);
  exchanger.reset();
  // The echo proves no more than a link check does, and a link check can be repeated.
  await exchanger.pause(DELAY_MS / 2);
  if (await knock(exchanger, ASK_MS)) {
    await exchanger.quiet(DELAY_MS / 2, ASK_MS);
    return 'changed';
  }
  return (await wayBack(exchanger, before)) ? 'kept' : 'lost';
}

/** Reads a sector and has the chip check the same bytes: what came over the line is what lies there. */
export async function proveBaud(exchanger: Exchanger, flash: Flash): Promise<boolean> {
  try {
    const read = crc32(await flash.readSector(BOOTLOADER_END));
    return (await flash.crc(BOOTLOADER_END, SECTOR)) === read;
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) {
      exchanger.reset();
      return false;
    }
    throw error;
  }
}

/** An adapter that refuses a rate must do so before the chip has been sent there. */
async function hostCan(exchanger: Exchanger, baudRate: number): Promise<boolean> {
  const { transport } = exchanger;
  const before = transport.baudRate;
  try {
    await transport.setBaudRate(baudRate);
  } catch (error) {
    if (isBkError(error, 'BK_BAD_SETTING')) return false;
    throw error;
  }
  await transport.setBaudRate(before);
  return true;
}

/** Brings a chip that may be at either rate back to `before`. */
async function wayBack(exchanger: Exchanger, before: number): Promise<boolean> {
  const { transport } = exchanger;
  const failed = transport.baudRate;
  for (let attempt = 0; attempt < WAY_BACK_TRIES; attempt++) {
    await transport.setBaudRate(before);
    exchanger.reset();
    if (await knock(exchanger, ASK_MS)) {
      await exchanger.quiet(DELAY_MS / 2, ASK_MS);
      return true;
    }
    // The chip may hear what the host cannot.
    await transport.setBaudRate(failed);
    await transport.write(encodeRequest(setBaudRate, { baudRate: before, delayMs: DELAY_MS }));
    await transport.drain();
    await exchanger.pause(2 * DELAY_MS);
  }
  await transport.setBaudRate(before);
  return false;
}

/** What to try next, given which rates have proved themselves on this wiring and which have not. */
export function nextBaud(
  setting: number | 'auto',
  careful: boolean,
  proved: ReadonlySet<number>,
  failed: ReadonlySet<number>,
): number | null {
  const best = Math.max(BOOT_BAUD, ...proved);
  const open = (rate: number): boolean => rate > best && !failed.has(rate);
  if (setting !== 'auto') {
    if (proved.has(setting)) return null;
    if (!failed.has(setting) && setting !== BOOT_BAUD) return setting;
    return BAUD_LADDER.find((rate) => rate < setting && open(rate)) ?? null;
  }
  // The middle of the ladder first: a rate that fails can cost the link, so each step up is taken from
  // a rate that is proved.
  if (!proved.has(CAREFUL_BAUD)) {
    if (!failed.has(CAREFUL_BAUD)) return CAREFUL_BAUD;
    return BAUD_LADDER.find((rate) => rate < CAREFUL_BAUD && open(rate)) ?? null;
  }
  return careful ? null : (BAUD_LADDER.find(open) ?? null);
}
