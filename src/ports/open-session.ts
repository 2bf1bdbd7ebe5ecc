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
  const options = { baudRate: BOOT_BAUD, clock, chips, replays };
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
      latest = recorder.tap(await takeAgain(settings, follower, error, signal));
    }
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
    const passes = schemeOf(port).isServed && isBkError(error, 'BK_PORT_BUSY');
    if (!passes && !isBkError(error, 'BK_PORT_LOST')) throw error;
    if (!passes) {
      evidence.adapterLost();
      onPhase('open', say('session.portSilent', { port }), true);
    }
    const transport = await takeAgain({ linkTimeout }, follower, error, signal);
    if (passes) return recorder.tap(transport);
    evidence.adapterBack();
    onRecovery(beganAnew('open', error, clock.now() - start));
    return recorder.tap(transport);
  }
}

/**
 * A server that closes at once has somebody else, or is just going down: only the first stays so.
 * @throws BkError the first error, which says more of a port that is there all the while; BK_CANCELLED
 */
function takeAgain(
  { linkTimeout }: Pick<FilledSettings, 'linkTimeout'>,
  follower: AdapterFollower,
  error: BkError,
  signal: AbortSignal | undefined,
): Promise<Transport> {
  const ms = linkTimeout * 1000;
  const taken = isBkError(error, 'BK_PORT_BUSY') ? TAKEN_MS : ms;
  return follower.reopen(ms, signal, taken).catch((reason) => {
    throw isBkError(reason, 'BK_PORT_LOST') ? error : reason;
  });
}
