import {
  type Clock,
  type FoundDevice,
  isBkError,
  type Note,
  processEnvironment,
  type ScanOptions,
  scanNetwork,
  systemClock,
} from '../../src';
import type { FoundPort, PortListener, PortSource } from './port-sources';

/** A device counts as gone when so many scans in a row have not found it: Wi-Fi loses packets, and a busy device does not answer. */
const SCANS_WITHOUT = 3;

/** What looking through a network needs of the world; tests put their own in. */
export interface NetworkWorld {
  clock: Clock;
  scan(options: ScanOptions): Promise<FoundDevice[]>;
}

const SYSTEM: NetworkWorld = {
  clock: systemClock,
  scan: (options) => scanNetwork(options, processEnvironment),
};

interface Seen {
  found: FoundPort;
  missed: number;
}

/**
 * OpenBeken devices in the network. One scan at a time; who asks for the list while one is under way gets what it finds.
 * @param hosts as of scanNetwork; empty for the networks of this computer
 * @param intervalMs from the end of a scan to the next one; 0 for scans only when somebody asks
 * @throws BkError BK_BAD_SETTING for what names no hosts, with the first scan
 */
export function networkSource(
  hosts: string,
  intervalMs: number,
  world: NetworkWorld = SYSTEM,
): PortSource {
  return new NetworkSource(hosts, intervalMs, world);
}

class NetworkSource implements PortSource {
  readonly #hosts: string;
  readonly #intervalMs: number;
  readonly #world: NetworkWorld;
  readonly #seen = new Map<string, Seen>();
  #listener: PortListener | null = null;
  #abort = new AbortController();
  #scan: Promise<FoundPort[]> | null = null;
  #isFirst = true;
  #isWarned = false;
  #timer: unknown = null;

  constructor(hosts: string, intervalMs: number, world: NetworkWorld) {
    this.#hosts = hosts;
    this.#intervalMs = intervalMs;
    this.#world = world;
  }

  watch(listener: PortListener): () => void {
    this.#listener = listener;
    if (this.#intervalMs > 0) this.#look();
    return () => {
      this.#listener = null;
      this.#abort.abort();
      this.#stopTimer();
    };
  }

  list(): Promise<FoundPort[]> {
    this.#scan ??= this.#begin();
    return this.#scan;
  }

  #look(): void {
    this.#stopTimer();
    this.list().catch((error: unknown) => {
      // What is set wrong does not get better by itself.
      if (isBkError(error, 'BK_BAD_SETTING')) this.#stopTimer();
      this.#listener?.failed(error);
    });
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#world.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #begin(): Promise<FoundPort[]> {
    try {
      const { signal } = this.#abort;
      const onWarning = (note: Note) => this.#warn(note);
      const devices = await this.#world.scan({ hosts: this.#hosts, signal, onWarning });
      const now = devices.map(foundDevice);
      this.#take(now);
      return now;
    } finally {
      this.#scan = null;
      this.#wait();
    }
  }

  #warn(note: Note): void {
    if (!this.#isWarned) this.#listener?.warned(note);
    this.#isWarned = true;
  }

  #wait(): void {
    this.#stopTimer();
    if (this.#listener === null || this.#intervalMs === 0) return;
    this.#timer = this.#world.clock.setTimeout(() => this.#look(), this.#intervalMs, {
      background: true,
    });
  }

  #take(now: readonly FoundPort[]): void {
    const wasThere = this.#isFirst;
    this.#isFirst = false;
    const keys = new Set(now.map(({ key }) => key));
    const macs = new Set(now.flatMap(({ payload }) => payload.mac ?? []));
    for (const [key, seen] of this.#seen) {
      if (keys.has(key)) continue;
      seen.missed++;
      // One that has another address now is at the old one no more.
      const hasMoved = seen.found.payload.mac !== null && macs.has(seen.found.payload.mac ?? '');
      if (seen.missed < SCANS_WITHOUT && !hasMoved) continue;
      this.#seen.delete(key);
      this.#listener?.gone(seen.found);
    }
    for (const found of now) {
      const isNew = !this.#seen.has(found.key);
      this.#seen.set(found.key, { found, missed: 0 });
      if (isNew) this.#listener?.appeared(found, wasThere);
    }
  }
}

function foundDevice(device: FoundDevice): FoundPort {
  const { address, name, chip, chipset, version, build, mac, locked } = device;
  return {
    key: `${address} ${mac ?? ''}`,
    name: name ?? address.replace(/^http:\/\//, ''),
    port: address,
    payload: {
      source: 'network',
      port: address,
      name,
      chip,
      chipset,
      version,
      build,
      mac,
      locked,
      label: name === null ? address : `${name} (${address})`,
    },
  };
}
