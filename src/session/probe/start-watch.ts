import { FirmwareLog, type LoggedFirmware } from '../../diagnosis/firmware-log';
import { SLOW_BAUD } from '../../diagnosis/line-verdict';
import { isBkError } from '../../errors';
import { reboot } from '../../protocol/commands/command-table';
import { throwIfAborted } from '../base/abort';
import { BOOT_BAUD } from '../base/link-state';
import { changeBaud } from '../baud/baud';
import type { Exchanger } from '../exchange/exchanger';

/** What was heard of firmware after a restart. */
export interface HeardStart {
  /** `portLost`: the port went away while it was listened to. */
  result: 'started' | 'restarts' | 'silent' | 'portLost';
  firmware: LoggedFirmware | null;
  /** How often a start was heard; 0 where its words are no one's. */
  starts: number;
  /** It was known by what it says to a second controller, and not by a log. */
  callsController: boolean;
  /** Text was heard, of whomever. */
  hasWords: boolean;
}

/** So often is again and again: one restart may be the firmware's own, as after an update. */
const MANY_STARTS = 3;
/** Firmware that runs for so long after its latest start stays, ms. Most of what crashes does so with its Wi-Fi. */
const STEADY_MS = 6000;
/** Where nothing comes it is listened for so long, ms; and never longer than the last. */
const QUIET_MS = 8000;
const LONGEST_MS = 25_000;
/** When it is listened for a second controller's rate if nothing was heard by then, and for how long, ms. */
const SLOW_AT_MS = 4000;
const SLOW_MS = 1500;
const SLICE_MS = 50;

/**
 * Restarts the chip and listens to what its firmware says. The chip is not linked any more afterwards.
 * @throws BkError BK_CANCELLED
 */
export async function watchStart(
  exchanger: Exchanger,
  signal: AbortSignal | undefined,
): Promise<HeardStart> {
  const { transport, clock } = exchanger;
  const log = new FirmwareLog();
  const begun = clock.now();
  let starts = 0;
  let steadyFrom = begun;
  const isOver = (): boolean => {
    const now = clock.now();
    if (log.starts > starts || (log.speaks && steadyFrom === begun)) {
      starts = log.starts;
      steadyFrom = now;
    }
    if (starts >= MANY_STARTS || now - begun >= LONGEST_MS) return true;
    return log.speaks || starts > 0 ? now - steadyFrom >= STEADY_MS : now - begun >= QUIET_MS;
  };
  const until = async (isEnough: () => boolean): Promise<void> => {
    while (!isEnough()) {
      throwIfAborted(signal, transport.port);
      if (exchanger.lost !== null) throw exchanger.lost;
      await exchanger.pause(SLICE_MS);
    }
  };
  const listener = transport.onData;
  try {
    // The first words of what starts would be gone before a host that is far away has changed its rate.
    if (exchanger.line.isLate) await changeBaud(exchanger, BOOT_BAUD);
    const isThere = transport.baudRate === BOOT_BAUD;
    if (isThere) transport.onData = (bytes) => log.push(bytes);
    await exchanger.sendUnanswered(reboot, undefined);
    if (transport.canSetBaudRate && !isThere) await transport.setBaudRate(BOOT_BAUD);
    transport.onData = (bytes) => log.push(bytes);
    await until(() => isOver() || (!log.speaks && clock.now() - begun >= SLOW_AT_MS));
    if (!log.speaks && starts === 0 && transport.canSetBaudRate)
      await atSlowRate(exchanger, log, until);
    await until(isOver);
  } catch (error) {
    if (!isBkError(error, 'BK_PORT_LOST')) throw error;
    if (!log.speaks) return { ...heard(log), result: 'portLost' };
  } finally {
    transport.onData = listener;
  }
  return heard(log);
}

/** Firmware that has nothing to log may call a second controller, at that one's rate. */
async function atSlowRate(
  { transport, clock }: Exchanger,
  log: FirmwareLog,
  until: (isEnough: () => boolean) => Promise<void>,
): Promise<void> {
  try {
    await transport.setBaudRate(SLOW_BAUD);
  } catch (error) {
    // Not every adapter has it.
    if (isBkError(error, 'BK_BAD_SETTING')) return;
    throw error;
  }
  const end = clock.now() + SLOW_MS;
  await until(() => log.controllerIsCalled || clock.now() >= end);
  await transport.setBaudRate(BOOT_BAUD);
}

function heard(log: FirmwareLog): HeardStart {
  const { starts, firmware, speaks, controllerIsCalled, hasWords } = log;
  const callsController = controllerIsCalled && firmware === null;
  const result = starts >= MANY_STARTS ? 'restarts' : speaks ? 'started' : 'silent';
  return { result, firmware, starts, callsController, hasWords };
}
