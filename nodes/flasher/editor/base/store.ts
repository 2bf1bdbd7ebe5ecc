import type { DeviceState, EndedJob, LogEntry, MapChange, StartedJob } from '../../messages';
import { api } from './api';
import { type Dirty, LiveMap } from './live-map';
import { editor } from './node-red';

/** What has changed: which devices there are, one device's state, its map or its log. */
export type StoreEvent =
  | { kind: 'devices' }
  | { kind: 'device'; device: string }
  | { kind: 'map'; device: string; dirty: Dirty }
  | { kind: 'log'; device: string };

type Listener = (event: StoreEvent) => void;

/** As many lines as the browser keeps of a device. */
const LOG_LINES = 2000;

const DEVICE_TOPIC = 'bk72xx/device/';
const MAP_TOPIC = 'bk72xx/map/';

/** What the server says of all devices, kept up to date. One for the whole page. */
export class DeviceStore {
  readonly #devices = new Map<string, DeviceState>();
  readonly #maps = new Map<string, LiveMap>();
  readonly #logs = new Map<string, LogEntry[]>();
  readonly #listeners = new Set<Listener>();
  /** Maps that were asked for and have not come yet, each with the latest revision that was told of meanwhile. */
  readonly #askedMaps = new Map<string, number>();
  #isStarted = false;

  /** Begins to listen to the server; more calls do nothing. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const { comms } = editor();
    comms.subscribe(`${DEVICE_TOPIC}#`, (topic, data) =>
      this.#hearDevice(topic.slice(DEVICE_TOPIC.length), data as DeviceState | null),
    );
    comms.subscribe(`${MAP_TOPIC}#`, (topic, data) =>
      this.#hearMap(topic.slice(MAP_TOPIC.length), data as MapChange),
    );
    // What was said while there was no line is lost.
    comms.on('connect', () => this.refresh());
    this.refresh();
  }

  /** Asks for everything anew. */
  refresh(): void {
    api.devices().then(
      (devices) => {
        this.#devices.clear();
        for (const device of devices) this.#devices.set(device.id, device);
        this.#tell({ kind: 'devices' });
        for (const id of this.#maps.keys()) this.#fetchMap(id);
        for (const id of this.#logs.keys()) this.#fetchLog(id);
      },
      // Nobody is logged in, or the server restarts: the next connect asks again.
      () => {},
    );
  }

  /** By name. */
  get devices(): DeviceState[] {
    return [...this.#devices.values()].sort((one, other) => one.name.localeCompare(other.name));
  }

  device(id: string): DeviceState | null {
    return this.#devices.get(id) ?? null;
  }

  /** Of a device that is looked at; it is fetched when it is first asked for. */
  map(id: string): LiveMap {
    const known = this.#maps.get(id);
    if (known !== undefined) return known;
    const map = new LiveMap();
    this.#maps.set(id, map);
    this.#fetchMap(id);
    return map;
  }

  /** Oldest first; fetched when it is first asked for. */
  log(id: string): readonly LogEntry[] {
    const known = this.#logs.get(id);
    if (known !== undefined) return known;
    this.#logs.set(id, []);
    this.#fetchLog(id);
    return [];
  }

  /** @returns what ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with how a job ended; with null if its device has gone first. */
  ended({ device, job }: StartedJob): Promise<EndedJob | null> {
    return new Promise((resolve) => {
      let wasKnown = false;
      const look = () => {
        const state = this.device(device);
        wasKnown ||= state !== null;
        if (state?.last?.id === job) return finish(state.last);
        if (state === null && wasKnown) finish(null);
      };
      const finish = (last: EndedJob | null) => {
        stop();
        resolve(last);
      };
      const stop = this.listen(look);
      look();
    });
  }

  #tell(event: StoreEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  #hearDevice(id: string, state: DeviceState | null): void {
    if (state === null) {
      for (const known of [this.#devices, this.#maps, this.#logs]) known.delete(id);
      this.#tell({ kind: 'devices' });
      return;
    }
    const isNew = !this.#devices.has(id);
    this.#devices.set(id, state);
    this.#tell(isNew ? { kind: 'devices' } : { kind: 'device', device: id });
    this.#addToLog(id, state.news);
  }

  #hearMap(id: string, change: MapChange): void {
    const map = this.#maps.get(id);
    if (map === undefined) return;
    if (this.#askedMaps.has(id)) this.#askedMaps.set(id, change.revision);
    const dirty = map.apply(change);
    if (dirty === null) this.#fetchMap(id);
    else this.#tell({ kind: 'map', device: id, dirty });
  }

  #fetchMap(id: string): void {
    if (this.#askedMaps.has(id)) return;
    this.#askedMaps.set(id, Number.NEGATIVE_INFINITY);
    const over = () => {
      const told = this.#askedMaps.get(id) ?? Number.NEGATIVE_INFINITY;
      this.#askedMaps.delete(id);
      return told;
    };
    api.map(id).then((map) => {
      const told = over();
      // The device may have gone meanwhile.
      const known = this.#maps.get(id);
      if (known === undefined) return;
      if (map !== null) known.replace(map);
      this.#tell({ kind: 'map', device: id, dirty: 'all' });
      // The answer was on its way already when something changed.
      if (map !== null && told > map.revision) this.#fetchMap(id);
    }, over);
  }

  #fetchLog(id: string): void {
    api.log(id).then(
      (entries) => {
        this.#logs.set(id, entries.slice(-LOG_LINES));
        this.#tell({ kind: 'log', device: id });
      },
      () => {},
    );
  }

  #addToLog(id: string, news: readonly LogEntry[]): void {
    const log = this.#logs.get(id);
    if (log === undefined) return;
    const last = log.at(-1)?.number ?? Number.NEGATIVE_INFINITY;
    const more = news.filter(({ number }) => number > last);
    if (more.length === 0) return;
    log.push(...more);
    if (log.length > LOG_LINES) log.splice(0, log.length - LOG_LINES);
    this.#tell({ kind: 'log', device: id });
  }
}

/** The one of this page. */
export const store = new DeviceStore();
