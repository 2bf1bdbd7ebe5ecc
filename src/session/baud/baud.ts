import { isBkError } from '../../errors';

import { encodeRequest, reboot, setBaudRate } from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import { BOOT_BAUD } from '../base/link-state';
import { STANDSTILL_MS } from '../exchange/calls-under-way';
import type { Exchanger } from '../exchange/exchanger';
import { answersWithin } from '../link/link';

/** The chip waits so long before it changes its rate, ms; the host changes in the middle of it. */
const DELAY_MS = 20;
/** How long a chip is called that did not echo the change, ms. */
const ASK_MS = 60;
/** The same for one that may have rebooted, or is at the rate of before. */
const CALL_MS = 30;
/** The same for a chip that was told to reboot. */
const BOOT_MS = 150;
/** How often a chip that cannot be heard at a rate is told to go back. */
const WAY_BACK_TRIES = 10;

/** `kept`: at the rate of before; `rebooted`: at the boot rate; `lost`: heard at none, the host at the rate of before. */
export type WayBack = 'kept' | 'rebooted' | 'lost';

/** Changes the rate of chip and host; where the chip cannot be heard then, back to the rate of before. */
export async function changeBaud(
  exchanger: Exchanger,
  baudRate: number,
): Promise<'changed' | WayBack> {
  const { transport } = exchanger;
  const before = transport.baudRate;
  if (before === baudRate || !transport.canSetBaudRate) return 'changed';
  if (!(await hostCan(exchanger, baudRate))) return 'kept';

  const request = encodeRequest(setBaudRate, { baudRate, delayMs: DELAY_MS });
  await transport.write(request);
  await transport.drain();
  await exchanger.pause(lineTime(request.length, before) / 2 + DELAY_MS / 2);
  await callingBehind(exchanger, baudRate);
  exchanger.forgetInput();
  // The echo proves no more than a link check does, and a link check can be repeated.
  await exchanger.pause(DELAY_MS / 2);
  // A network may stand still just then, and the way back costs more than waiting for it.
  const standstill = exchanger.line.isLate ? STANDSTILL_MS : 0;
  if (await heard(exchanger, ASK_MS + standstill)) return 'changed';
  return wayBack(exchanger, before);
}

/** An adapter that refuses a rate must do so before the chip has been sent there. */
async function hostCan(exchanger: Exchanger, baudRate: number): Promise<boolean> {
  const { transport } = exchanger;
  const before = transport.baudRate;
  if (exchanger.line.isLate) exchanger.call();
  try {
    await exchanger.setBaudRate(baudRate);
  } catch (error) {
    if (isBkError(error, 'BK_BAD_SETTING')) return false;
    throw error;
  }
  await callingBehind(exchanger, before);
  return true;
}

/**
 * Sets the rate of the host to what the chip has. Where it takes long until that is known to be done, the chip is called
 * meanwhile: some leave download mode after three seconds of silence.
 */
async function callingBehind(exchanger: Exchanger, baudRate: number): Promise<void> {
  const set = exchanger.setBaudRate(baudRate);
  if (exchanger.line.isLate) exchanger.call();
  await set;
}

/**
 * Brings a chip that may be at either rate back to `before`; the host is at the rate that failed.
 * A rate that is garbled on the way leads the chip to one that nobody knows. So a line that garbles short
 * frames (`unheard`) carries Reboot only, which has no such argument and ends at the boot rate; any
 * other gets both in turn, as a reboot needs a boot window to be caught in.
 */
export async function wayBack(
  exchanger: Exchanger,
  before: number,
  how: 'unheard' | 'gone' | 'poor' = 'poor',
): Promise<WayBack> {
  const byReboot = how === 'unheard';
  const { transport } = exchanger;
  const failed = transport.baudRate;
  const goBack = encodeRequest(setBaudRate, { baudRate: before, delayMs: DELAY_MS });
  const restart = encodeRequest(reboot, undefined);
  // One that has rebooted listens at the boot rate, and for a short time only.
  if (how === 'gone' && (await heardAt(exchanger, BOOT_BAUD, CALL_MS))) {
    return before === BOOT_BAUD ? 'kept' : 'rebooted';
  }
  if (!byReboot && (await heardAt(exchanger, before, ASK_MS))) return 'kept';
  for (let attempt = 0; attempt < WAY_BACK_TRIES; attempt++) {
    const rebooting = byReboot || attempt % 2 === 1;
    await exchanger.setBaudRate(failed);
    // The chip may hear what the host cannot.
    await transport.write(rebooting ? restart : goBack);
    await transport.drain();
    if (rebooting) {
      exchanger.evidence.rebootAsked();
      if (await heardAt(exchanger, BOOT_BAUD, BOOT_MS)) return 'rebooted';
    } else {
      await exchanger.pause(2 * DELAY_MS);
    }
    if (before === BOOT_BAUD && rebooting) continue;
    if (await heardAt(exchanger, before, ASK_MS)) return 'kept';
  }
  await exchanger.setBaudRate(before);
  return 'lost';
}

async function heardAt(exchanger: Exchanger, baudRate: number, forMs: number): Promise<boolean> {
  await exchanger.setBaudRate(baudRate);
  exchanger.forgetInput();
  return heard(exchanger, forMs);
}

async function heard(exchanger: Exchanger, forMs: number): Promise<boolean> {
  if (!(await answersWithin(exchanger, forMs))) return false;
  await exchanger.waitForQuiet(DELAY_MS / 2, ASK_MS);
  return true;
}
