import type { Clock } from '../../clock';
import { BkError, isBkError } from '../../errors';
import { isSaid, say } from '../../texts/note';
import { portsHere } from '../schemes/described-ports';
import type { OpenOptions } from '../schemes/port-scheme';
import { canonicalPort, openTransport, schemeOf } from '../schemes/schemes';
import type { PortInfo } from '../schemes/serial-ports';
import type { Transport } from '../transport';
import { AdapterIdentity, type SeenPort } from './same-adapter';

/** How often a port that went away is looked for, ms. */
const LOOK_MS = 500;

/** What finding an adapter again needs of the world; tests put their own in. */
export interface FollowSources {
  open(port: string, options: OpenOptions): Promise<Transport>;
  list(): Promise<PortInfo[]>;
  /** The device file behind a name, which may be a link. */
  device(name: string): Promise<string>;
}

const SYSTEM: FollowSources = {
  open: openTransport,
  list: async () => {
    const ports = await portsHere();
    return ports.map(({ socket, ...port }) => (socket ? { location: socket, ...port } : port));
  },
  device: canonicalPort,
};

/**
 * Remembers which adapter a port is, so that it is found again after it was unplugged: under the same
 * name, or under another one where that is surely the same adapter.
 */
export class AdapterFollower {
  readonly #port: string;
  readonly #options: OpenOptions;
  readonly #sources: FollowSources;
  #identity: Promise<AdapterIdentity | null> = Promise.resolve(null);
  /** Ports that looked like the lost adapter, and were let be. */
  #lookalikes: string[] = [];
  /** What a server said at the latest try that is there, and does not serve the port. */
  #refusal: BkError | null = null;
  /** Whether all that was wrong at the latest try was that somebody else has the port. */
  #isTaken = false;

  constructor(port: string, options: OpenOptions, sources: FollowSources = SYSTEM) {
    this.#port = port;
    this.#options = options;
    this.#sources = sources;
  }

  /** To be called while the adapter is there. Never fails: without it the port's own name is all there is. */
  async remember(): Promise<void> {
    if (!schemeOf(this.#port).isFollowed) return;
    this.#identity = this.#lookAround().catch(() => null);
    await this.#identity;
  }

  async #lookAround(): Promise<AdapterIdentity> {
    const [seen, device] = await Promise.all([this.#seen(), this.#sources.device(this.#port)]);
    return new AdapterIdentity(seen, device);
  }

  async #seen(): Promise<SeenPort[]> {
    const ports = await this.#sources.list().catch(() => []);
    const { device } = this.#sources;
    return Promise.all(ports.map(async (port) => ({ ...port, device: await device(port.path) })));
  }

  /**
   * Waits for the adapter and opens it.
   * @throws BkError BK_PORT_LOST when it does not come back in time, BK_CANCELLED, BK_BAD_SETTING from a server that
   *   was there to the end and would not serve the port as it is needed
   * @param takenMs how long it may be in somebody else's hands all the while, where that is to end the waiting sooner
   */
  async reopen(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    takenMs = timeoutMs,
  ): Promise<Transport> {
    const { clock } = this.#options;
    const begun = clock.now();
    let isTaken = true;
    for (;;) {
      this.#refusal = null;
      this.#isTaken = true;
      for (const name of await this.#names()) {
        const transport = await this.#tryOpen(name, signal);
        if (transport !== null && (await this.#stays(transport, signal))) return transport;
      }
      isTaken &&= this.#isTaken;
      if (clock.now() + LOOK_MS > begun + (isTaken ? takenMs : timeoutMs)) {
        throw this.#refusal ?? goneForGood(this.#port, timeoutMs, this.#lookalikes);
      }
      await pause(clock, LOOK_MS, signal, this.#port);
    }
  }

  /**
   * A server that still holds the lost connection takes the new one and closes it at once: that passes,
   * and must not end a job. A serial port stays, and a chip behind it may listen only for a moment.
   */
  async #stays(transport: Transport, signal: AbortSignal | undefined): Promise<boolean> {
    const { turnsAwayMs } = schemeOf(this.#port);
    if (turnsAwayMs === 0) return true;
    const lost = new AbortController();
    transport.onLost = () => lost.abort();
    const over = AbortSignal.any(signal === undefined ? [lost.signal] : [lost.signal, signal]);
    try {
      await pause(this.#options.clock, turnsAwayMs, over, this.#port);
      transport.onLost = null;
      return true;
    } catch (error) {
      await transport.close();
      if (signal?.aborted) throw error;
      return false;
    }
  }

  async #names(): Promise<string[]> {
    const identity = await this.#identity;
    if (identity === null) return [this.#port];
    const [device, now] = await Promise.all([this.#sources.device(this.#port), this.#seen()]);
    this.#lookalikes = identity.lookalikes(device, now);
    const { isOfKind = false } = schemeOf(this.#port);
    return identity.names(this.#port, device, now, isOfKind);
  }

  async #tryOpen(name: string, signal: AbortSignal | undefined): Promise<Transport | null> {
    try {
      return await this.#sources.open(name, { ...this.#options, signal });
    } catch (error) {
      if (!isBkError(error, 'BK_PORT_BUSY')) this.#isTaken = false;
      // While a system makes the port anew it may be missing, or not be ours to open yet.
      const passing = [
        'BK_PORT_NOT_FOUND',
        'BK_PORT_DENIED',
        'BK_PORT_BUSY',
        'BK_PORT_LOST',
      ] as const;
      if (isBkError(error, ...passing)) return null;
      // A server that is just starting may not say yet what it does.
      if (isBkError(error, 'BK_BAD_SETTING') && schemeOf(name).isServed) {
        this.#refusal = error;
        return null;
      }
      // One that is called the same was plugged in meanwhile.
      if (isBkError(error) && isSaid(error.text, 'transport.adaptersAlike')) return null;
      throw error;
    }
  }
}

function pause(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  port: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clock.clearTimeout(timer);
      reject(new BkError('BK_CANCELLED', say('transport.cancelledWhileGone', { port })));
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', cancel);
      resolve();
    }, ms);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
  });
}

function goneForGood(port: string, timeoutMs: number, lookalikes: readonly string[]): BkError {
  const { isServed } = schemeOf(port);
  const ports = lookalikes.join(', ');
  return new BkError(
    'BK_PORT_LOST',
    say('transport.didNotComeBack', { port, seconds: Math.round(timeoutMs / 1000) }),
    {
      phase: 'recover',
      likely: [
        {
          cause: say(isServed ? 'transport.serverWentAway' : 'transport.adapterUnplugged'),
          confidence: 0.9,
          evidence: say('transport.disappearedInUse', { port }),
        },
      ],
      advice: [
        say(isServed ? 'transport.checkServerAndClients' : 'transport.plugInAndPower'),
        ...(ports === '' ? [] : [say('transport.lookalikes', { ports, port })]),
      ],
    },
  );
}
