import type { Clock } from '../clock';
import { type BkError, isBkError } from '../errors';
import type { Replays } from '../replay/replays';
import { BOOT_BAUD } from '../session/base/link-state';
import type { SessionReport } from '../session/base/report';
import type { FilledSettings } from '../session/base/settings';
import { BaudMemories } from '../session/baud/baud-memory';
import { beganAnew } from '../session/recovery/port-reconnect';
import { type Reopen, Session } from '../session/session';
import { say } from '../texts/note';
import type { Recorder } from '../trace/recorder';
import { AdapterFollower } from '../transport/adapter/follow';
import type { OpenOptions } from '../transport/schemes/port-scheme';
import { openTransport, schemeOf } from '../transport/schemes/schemes';
import type { SimulatedChips } from '../transport/schemes/simulated-chips';
import type { Transport } from '../transport/transport';

/** A served port that somebody else seems to have gets so long to show that it is free, ms. */
const TAKEN_MS = 3_000;
/** So often it is taken again that was free, and was closed at once all the same. */
const TAKES = 2;

/** What all ports of an environment have in common. */
export interface PortWorld {
  readonly clock: Clock;
  readonly chips: SimulatedChips;
  readonly replays: Replays;
  /** What is known of the rates of chips. */
  readonly bauds: BaudMemories;
}

/**
 * Opens a port and links to the chip on it; should the adapter go away, it is followed.
 * @param recorder takes down all that passes
 * @throws BkError as openTransport and Session.open; the port is closed then
 */
export async function openSession(
  world: PortWorld,
  settings: FilledSettings,
  report: SessionReport,
  signal: AbortSignal | undefined,
  recorder: Recorder,
): Promise<Session> {
  const { clock, chips, replays } = world;
  recorder.beginLink();
  report.onPhase('open', say('session.openingPort', { port: settings.port }), false);
  const { password } = settings;
  const options = { baudRate: BOOT_BAUD, clock, chips, replays, password };
  const follower = new AdapterFollower(settings.port, options);
  // Not awaited: nobody should wait for it unless the adapter goes away.
  void follower.remember();
  let latest = await openPort(settings, follower, { ...options, signal }, report, recorder);
  const reopen: Reopen = async (timeoutMs, abort) => {
    latest = recorder.tap(await follower.reopen(timeoutMs, abort));
    return latest;
  };
  const known = replays.ratesOf(settings.port, clock);
  const bauds = known === null ? world.bauds : new BaudMemories(clock, known);
  const open = () =>
    Session.open({ transport: latest, settings, clock, report, bauds, signal, reopen });
  const { isServed } = schemeOf(settings.port);
  for (let left = isServed ? TAKES : 0; ; left--) {
    try {
      return await open();
    } catch (error) {
      await latest.close();
      if (left === 0 || !isBkError(error, 'BK_PORT_BUSY')) throw error;
      latest = recorder.tap(await takeAgain(settings, follower, error, signal, report, clock));
    }
  }
}

/** An adapter that goes away while it is opened, as when the module is switched on just then, is waited for. */
async function openPort(
  settings: FilledSettings,
  follower: AdapterFollower,
  options: OpenOptions,
  report: SessionReport,
  recorder: Recorder,
): Promise<Transport> {
  const { clock, signal } = options;
  try {
    return recorder.tap(await openTransport(settings.port, options));
  } catch (error) {
    if (isBkError(error)) recorder.refused(BOOT_BAUD, error.code);
    const { isServed } = schemeOf(settings.port);
    const isTaken = isServed && isBkError(error, 'BK_PORT_BUSY');
    if (!isTaken && !isBkError(error, 'BK_PORT_LOST')) throw error;
    report.evidence.adapterLost();
    const text = say('session.portSilent', { port: settings.port });
    if (!isTaken) report.onPhase('open', text, true);
    return recorder.tap(await takeAgain(settings, follower, error, signal, report, clock));
  }
}

/**
 * A server that closes at once has somebody else, or is just going down: only the first stays so.
 * @throws BkError the first error, which says more of a port that is there all the while; BK_CANCELLED
 */
async function takeAgain(
  { linkTimeout }: FilledSettings,
  follower: AdapterFollower,
  error: BkError,
  signal: AbortSignal | undefined,
  { evidence, onRecovery }: SessionReport,
  clock: Clock,
): Promise<Transport> {
  const start = clock.now();
  const ms = linkTimeout * 1000;
  const takenMs = isBkError(error, 'BK_PORT_BUSY') ? Math.min(ms, TAKEN_MS) : ms;
  const transport = await follower.reopen(ms, signal, takenMs).catch((reason) => {
    const isAsBefore = clock.now() - start <= takenMs;
    throw isBkError(reason, 'BK_PORT_LOST') && isAsBefore ? error : reason;
  });
  evidence.adapterBack();
  onRecovery(beganAnew('open', error, clock.now() - start));
  return transport;
}
