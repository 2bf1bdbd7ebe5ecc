import { BkError, isBkError } from '../../errors';
import { say } from '../../texts/note';
import type { DeviceInfo } from './device-info';
import type { OpenBekenClient } from './openbeken-client';
import type { WebContext } from './web-context';

/** A device restarts three seconds after it was told to, ms. Source: OpenBeken's source text. */
const UNTIL_RESTART_MS = 4_000;
/** How often it is asked whether it is back, and how long it may take for an answer, ms. */
const ASK_EVERY_MS = 1_000;
const ANSWER_MS = 3_000;
/** A device that still answers after that was not told, ms. */
const NOT_TOLD_MS = 20_000;
const MOST_TELLS = 4;
/** So much a device that has a lot to do may count too little, s. */
const MISCOUNTED = 3;
/** It unpacks an update, starts, and finds its way into the Wi-Fi, ms. */
const LONGEST_MS = 180_000;

/**
 * Restarts a device and waits until it is back.
 * @param client one whose questions nobody cancels: what was begun has to be looked at
 * @param why it is `written`, what was sent lies in flash and has to take effect; it `dropped` that, and is to take it again
 * @returns what it says of itself then
 * @throws BkError BK_PORT_LOST where it does not come back, BK_WRONG_CHIP where another device answers there
 */
export async function restart(
  context: WebContext,
  client: OpenBekenClient,
  why: 'written' | 'dropped' = 'written',
): Promise<DeviceInfo> {
  const { clock, progress, port } = context;
  const before = await client.sameInfo('reboot');
  progress.say('reboot', say('openbeken.restarting', { port }));
  await tell(client);
  const start = clock.now();
  let told = 1;
  let isGone = false;
  let other: BkError | null = null;
  await client.pause(UNTIL_RESTART_MS);
  while (clock.now() - start < LONGEST_MS) {
    const now = await client.infoNow(ANSWER_MS).catch((error: unknown) => {
      if (!isBkError(error)) throw error;
      // Somebody else, for now, to whom the password says nothing.
      if (error.code === 'BK_PORT_DENIED') other = error;
      return null;
    });
    if (now === null) isGone = true;
    else if (now.mac !== before.mac) other = anotherDevice(port);
    else if (hasRestarted(now, before, clock.now() - start) ?? isGone) return now;
    else if (told < MOST_TELLS && clock.now() - start > told * NOT_TOLD_MS) {
      told++;
      await tell(client);
    }
    await client.pause(ASK_EVERY_MS);
  }
  throw other ?? notBack(port, why);
}

/** That the connection breaks is what a restart does. */
async function tell(client: OpenBekenClient): Promise<void> {
  try {
    await client.reboot();
  } catch (error) {
    if (!isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) throw error;
  }
}

/**
 * Whether it was restarted; null where it does not tell. That it did not answer meanwhile says nothing: one question may
 * get lost on the way.
 * @param ms that have passed since
 */
function hasRestarted(now: DeviceInfo, before: DeviceInfo, ms: number): boolean | null {
  if (now.build !== before.build) return true;
  const [uptime, was] = [now.uptimeSeconds, before.uptimeSeconds];
  if (uptime === null || was === null) return null;
  // A device that was not restarted has counted on.
  return uptime + MISCOUNTED < was + ms / 1000;
}

function notBack(port: string, why: 'written' | 'dropped'): BkError {
  const seconds = LONGEST_MS / 1000;
  const text =
    why === 'written'
      ? say('openbeken.notBack', { port, seconds })
      : say('openbeken.notBackUnwritten', { port, seconds });
  return new BkError('BK_PORT_LOST', text, {
    phase: 'reboot',
    advice: [say('openbeken.powerCycle'), say('openbeken.lookAtRouter')],
  });
}

function anotherDevice(port: string): BkError {
  return new BkError('BK_WRONG_CHIP', say('openbeken.anotherDevice', { port }), {
    phase: 'reboot',
    advice: [say('openbeken.lookAtRouter')],
  });
}
