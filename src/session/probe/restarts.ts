import { reboot } from '../../protocol/commands/command-table';
import type { ModemLines } from '../../transport/transport';
import type { FilledSettings, ResetMethod } from '../base/settings';
import type { Exchanger } from '../exchange/exchanger';
import { answersWithin, callUntil } from '../link/link';
import { resetStrategies, restingLines } from '../link/reset';
import { atBootRate, type LinkWindow, lookForWindow, type Restart } from './link-window';

/** What is wired to the chip's reset. */
export type Wire = Exclude<ResetMethod, 'auto' | 'none'>;

/** What was found out by restarting the chip. */
export interface Restarts {
  /** Null where no modem line resets the chip, or none may be tried. */
  wire: Wire | null;
  /** By what the chip was restarted: without a wire its own command does it, unless the chip is to stay linked. */
  restart: 'wire' | 'command' | null;
  window: LinkWindow | null;
}

/** What restarting needs of a session. */
export interface Restartable {
  readonly exchanger: Exchanger;
  readonly settings: Pick<FilledSettings, 'reset' | 'after' | 'baud'>;
  forgetLocks(): void;
  relink(signal: AbortSignal | undefined): Promise<void>;
  raiseBaud(setting: number | 'auto', signal?: AbortSignal): Promise<void>;
}

/** For so long the wire is held, ms. */
const PULSE_MS = 100;
/** A chip that is held in reset answers nothing for so long; one that is not does at once, ms. */
const HELD_MS = 60;
const SETTLE_MS = 20;
/** Boot and the time for which a bootloader listens, ms. */
const AFTER_RESET_MS = 600;
const BACK_TRIES = 3;

/**
 * Restarts the chip again and again, and looks when it takes a link check. Nothing is changed by it but that the
 * firmware starts once or twice. With a wire the chip is linked again at the end; without one it may run its firmware,
 * as it does after every job, so that this comes last.
 * @param isFar the chip is behind a network: when a call is there is not known then, and the window is not looked at
 */
export async function tryRestarts(
  session: Restartable,
  isFar: boolean,
  signal: AbortSignal | undefined,
): Promise<Restarts> {
  const { exchanger, settings } = session;
  const wire = await findWire(exchanger, settings.reset);
  session.forgetLocks();
  if (wire === null && settings.after === 'leave') {
    await comeBack(session, null, signal);
    return { wire, restart: null, window: null };
  }
  const restart = wire === null ? () => restartByCommand(exchanger) : byWire(exchanger, wire);
  if (isFar) {
    await comeBack(session, wire === null ? null : restart, signal);
    return { wire, restart: null, window: null };
  }
  const window = await lookForWindow(exchanger, restart, wire !== null, signal);
  await comeBack(session, wire === null ? null : restart, signal);
  return { wire, restart: wire === null ? 'command' : 'wire', window };
}

/** The line that keeps the chip silent while it is held, and on which it answers when it is let go. */
async function findWire(exchanger: Exchanger, method: ResetMethod): Promise<Wire | null> {
  if (method === 'none') return null;
  const { baudRate } = exchanger.transport;
  const candidates: readonly Wire[] =
    method === 'auto' ? ['rts', 'dtr', 'rts-inverted', 'dtr-inverted'] : [method];
  for (const wire of candidates) {
    const { held, free } = linesOf(wire);
    if (!(await exchanger.transport.setLines(held))) return null;
    // What was under way has arrived by then.
    await exchanger.pause(SETTLE_MS + exchanger.lateness);
    exchanger.forgetInput();
    if (await answersWithin(exchanger, HELD_MS)) continue;
    await atBootRate(exchanger);
    await callUntil(exchanger, exchanger.transport.setLines(free));
    if (await answersWithin(exchanger, AFTER_RESET_MS)) return wire;
    // Silent for another reason, and never reset: then it has its rate still.
    await exchanger.setBaudRate(baudRate);
    exchanger.forgetInput();
  }
  await exchanger.transport.setLines(restingLines(method));
  return null;
}

function linesOf(wire: Wire): { held: ModemLines; free: ModemLines } {
  const [held, free] = (resetStrategies(wire)[0]?.steps ?? []).map(({ lines }) => lines);
  const rest = restingLines(wire);
  return { held: held ?? rest, free: free ?? rest };
}

function byWire(exchanger: Exchanger, wire: Wire): Restart {
  const { held, free } = linesOf(wire);
  return async () => {
    await exchanger.transport.setLines(held);
    await exchanger.pause(PULSE_MS);
    await atBootRate(exchanger);
    await callUntil(exchanger, exchanger.transport.setLines(free));
  };
}

async function restartByCommand(exchanger: Exchanger): Promise<void> {
  await exchanger.sendUnanswered(reboot, undefined);
  await atBootRate(exchanger);
}

/**
 * Has the chip back on the line, if it can be had without anybody's hand.
 * @param restart null where there is no wire: then the firmware may be what answers a call by starting anew
 */
async function comeBack(
  session: Restartable,
  restart: Restart | null,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exchanger } = session;
  session.forgetLocks();
  for (let tries = 0; tries < BACK_TRIES; tries++) {
    await restart?.();
    if (!(await answersWithin(exchanger, AFTER_RESET_MS, signal))) continue;
    await exchanger.waitForQuiet(SETTLE_MS + exchanger.latency, AFTER_RESET_MS);
    await session.raiseBaud(session.settings.baud, signal);
    return;
  }
  if (restart !== null || session.settings.after === 'leave') await session.relink(signal);
}
