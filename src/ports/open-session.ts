import type { Clock } from '../clock';
import { isBkError } from '../errors';
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
import { openTransport } from '../transport/schemes/schemes';
import type { SimulatedChips } from '../transport/schemes/simulated-chips';
import type { Transport } from '../transport/transport';

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
  const transport = await openPort(settings, follower, { ...options, signal }, report, recorder);
  let latest = transport;
  const reopen: Reopen = async (timeoutMs, abort) => {
    latest = recorder.tap(await follower.reopen(timeoutMs, abort));
    return latest;
  };
  const known = replays.ratesOf(settings.port, clock);
  const bauds = known === null ? world.bauds : new BaudMemories(clock, known);
  try {
    return await Session.open({ transport, settings, clock, report, bauds, signal, reopen });
  } catch (error) {
    await latest.close();
    throw error;
  }
}

/** An adapter that goes away while it is opened, as when the module is switched on just then, is waited for. */
async function openPort(
  { port, linkTimeout }: FilledSettings,
  follower: AdapterFollower,
  options: OpenOptions,
  { evidence, onPhase, onRecovery }: SessionReport,
  recorder: Recorder,
): Promise<Transport> {
  const { clock, signal } = options;
  const start = clock.now();
  try {
    return recorder.tap(await openTransport(port, options));
  } catch (error) {
    if (isBkError(error)) recorder.refused(BOOT_BAUD, error.code);
    if (!isBkError(error, 'BK_PORT_LOST')) throw error;
    evidence.adapterLost();
    onPhase('open', say('session.portSilent', { port }), true);
    const transport = await follower.reopen(linkTimeout * 1000, signal).catch((reason) => {
      // The first error says more of a port that is there all the while.
      throw isBkError(reason, 'BK_PORT_LOST') ? error : reason;
    });
    evidence.adapterBack();
    onRecovery(beganAnew('open', error, clock.now() - start));
    return recorder.tap(transport);
  }
}
