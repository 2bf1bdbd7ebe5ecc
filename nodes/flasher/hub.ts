import { createHash } from 'node:crypto';
import type { NodeAPI } from 'node-red';
import { type Clock, type Device, mustHideNothing } from '../../src';
import type { DeviceNode } from '../shared/device-node';
import { DeviceEntry, type EntryFacts, type EntryWorld } from './devices/device-entry';
import type { DeviceState } from './messages';
import { QueueEntry, type QueueHost } from './queues/queue-entry';

/** What a hub needs of the world. */
export interface HubWorld extends Pick<EntryWorld, 'publish'> {
  readonly clock: Clock;
  /** Told apart from those of another run of Node-RED by their beginning. */
  readonly run: string;
}

/** What a device node tells the hub of its devices. */
export interface Announced {
  /** A device of the node, on its own port or on one that a message has named. */
  follow(device: Device): void;
  /** One that is not used any more. */
  forget(device: Device): void;
  /** The node has gone, with all its devices. @param removed for good, and not only to begin anew */
  close(removed: boolean): void;
}

/** Of more devices that a deploy has ended, the oldest are forgotten. */
const MOST_ENDED = 32;

/** All devices and queues of one Node-RED, for its sidebar. */
export class FlasherHub {
  readonly #world: HubWorld;
  readonly #entries = new Map<string, DeviceEntry>();
  /** Devices that a deploy has ended, by id: what is known of them stays for when they begin anew. */
  readonly #ended = new Map<string, DeviceEntry>();
  readonly #queues = new Map<string, QueueEntry>();
  #jobs = 0;

  constructor(world: HubWorld) {
    this.#world = world;
  }

  get states(): DeviceState[] {
    return [...this.#entries.values()].map(({ state }) => state);
  }

  /** One of a node, whichever; undefined where there is none. */
  get any(): DeviceEntry | undefined {
    return [...this.#entries.values()].find(({ host }) => host !== null);
  }

  entry(id: string): DeviceEntry | undefined {
    return this.#entries.get(id);
  }

  /** A device node begins: from here on it is shown, also before it has a job. */
  announce(node: DeviceNode, given: { name?: unknown; port?: unknown }): Announced {
    const port = withoutSecret(textOf(given.port));
    const own = this.add(node.id, {
      name: textOf(given.name) || port || node.id,
      port,
      host: { node, use: () => node.use() },
    });
    const others = new Map<string, DeviceEntry>();
    return {
      follow: (device) => {
        const at = device.settings.port;
        const known = at === port ? own : others.get(at);
        const host = { node, use: () => node.use(at) };
        const entry =
          known ?? this.add(`${node.id}-${shortHash(at)}`, { name: at, port: at, host });
        if (entry !== own) others.set(at, entry);
        entry.follow(device);
      },
      forget: ({ settings }) => {
        const entry = others.get(settings.port);
        if (entry !== undefined) this.remove(entry);
        others.delete(settings.port);
      },
      close: (removed) => {
        for (const entry of [own, ...others.values()]) this.remove(entry);
        if (!removed) this.#keep(own);
      },
    };
  }

  get queues(): QueueEntry[] {
    return [...this.#queues.values()];
  }

  queue(id: string): QueueEntry | undefined {
    return this.#queues.get(id);
  }

  /** A queue node begins. @returns what is to be called when it ends */
  announceQueue(id: string, host: QueueHost): () => void {
    const entry = new QueueEntry(id, host, this.#world);
    this.#queues.set(id, entry);
    return () => {
      if (this.#queues.get(id) !== entry) return;
      this.#queues.delete(id);
      entry.close();
    };
  }

  /** One more is shown; one of the same id is replaced. */
  add(id: string, shown: EntryFacts): DeviceEntry {
    const { clock, publish, run } = this.#world;
    const newJobId = () => `${run}-${++this.#jobs}`;
    const before = this.#ended.get(id);
    this.#ended.delete(id);
    const entry =
      before?.port === shown.port
        ? before
        : new DeviceEntry(id, shown, { clock, publish, newJobId });
    this.#entries.set(id, entry);
    entry.announce(shown);
    return entry;
  }

  /** Unless another has taken its place. */
  remove(entry: DeviceEntry): void {
    if (this.#entries.get(entry.id) !== entry) return;
    this.#entries.delete(entry.id);
    entry.close();
  }

  #keep(entry: DeviceEntry): void {
    if (this.#entries.has(entry.id)) return;
    this.#ended.set(entry.id, entry);
    for (const id of this.#ended.keys()) {
      if (this.#ended.size <= MOST_ENDED) break;
      this.#ended.delete(id);
    }
  }
}

/** In what all sets of nodes of one Node-RED share: its app for administration. */
const PLACE = 'bk72xxHub';

/** The hub of this Node-RED; undefined where the plugin is not loaded, or its administration is switched off. */
export function hubOf(RED: NodeAPI): FlasherHub | undefined {
  return localsOf(RED)?.[PLACE] as FlasherHub | undefined;
}

export function setHub(RED: NodeAPI, hub: FlasherHub): void {
  const locals = localsOf(RED);
  if (locals !== undefined) locals[PLACE] = hub;
}

/** Without administration Node-RED has a stand-in for the app. */
function localsOf({ httpAdmin }: NodeAPI): Record<string, unknown> | undefined {
  return (httpAdmin as Partial<NodeAPI['httpAdmin']>).locals;
}

/** Ids of nodes are hex, and so is what stands for a port: an id is no path. */
function shortHash(port: string): string {
  return createHash('sha256').update(port).digest('hex').slice(0, 8);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A port with a password in it is refused by every job, and shown to nobody. */
function withoutSecret(port: string): string {
  try {
    mustHideNothing(port);
    return port;
  } catch {
    return '';
  }
}
