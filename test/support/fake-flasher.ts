import type { Page, Route, WebSocketRoute } from 'playwright-core';
import type {
  DeviceState,
  EndedJob,
  FlashMap,
  JobRequest,
  LogEntry,
  QueueState,
  ShownChip,
} from '../../nodes/flasher/messages';

/** A chip, as the server tells of it. */
export const SHOWN_CHIP: ShownChip = {
  chip: 'BK7231N',
  aliases: ['T2', 'BL2028N'],
  family: 'full',
  chipId: '7231c',
  bootloader: { name: 'BK7231N 1.0.1', version: '1.0.1', crc: '1c5d83d9', known: true },
  flash: { id: '1c7015', name: 'EN25QH16', size: 0x200000 },
  encryptionKey: 'tuya',
  mac: 'c8:47:8c:00:11:22',
  baud: 1_500_000,
};

type Answer = (route: Route) => unknown;

/**
 * The server's routes and topics as the tab meets them, made up: what a real job shows for a moment only can be
 * looked at as long as is wanted.
 */
export class FakeFlasher {
  /** By method and path behind `bk72xx/`, as `GET devices`; functions are called. */
  readonly answers: Record<string, unknown> = {};
  /** Bodies of the jobs that were asked for. */
  readonly jobs: JobRequest[] = [];
  /** Says how a job ends; by default it goes on for ever. */
  end: (job: JobRequest) => Partial<EndedJob> | null = () => null;
  readonly #devices = new Map<string, DeviceState>();
  readonly #queues = new Map<string, QueueState>();
  #line: WebSocketRoute | null = null;
  #count = 0;

  /** Takes the place of the server for a page that has not gone anywhere yet. */
  async install(page: Page): Promise<void> {
    await page.routeWebSocket(/\/comms$/, (line) => {
      this.#line = line;
      line.connectToServer();
    });
    await page.route(/\/bk72xx\//, (route) => this.#answer(route));
  }

  /** A device that is there from now on, or is otherwise from now on. */
  tell(state: Partial<DeviceState> & { id: string }): void {
    const old = this.#devices.get(state.id) ?? {
      name: state.id,
      port: `/dev/tty${state.id}`,
      chip: null,
      job: null,
      queued: 0,
      last: null,
      news: [],
    };
    const now: DeviceState = { ...old, news: [], ...state };
    this.#devices.set(state.id, now);
    this.publish(`bk72xx/device/${state.id}`, now);
  }

  /** A queue that is there from now on, or is otherwise from now on. */
  tellQueue(state: QueueState): void {
    this.#queues.set(state.id, state);
    this.publish(`bk72xx/queue/${state.id}`, state);
  }

  forgetQueue(id: string): void {
    this.#queues.delete(id);
    this.publish(`bk72xx/queue/${id}`, null);
  }

  setMap(device: string, map: FlashMap): void {
    this.answers[`GET devices/${device}/map`] = map;
  }

  setLog(device: string, log: LogEntry[]): void {
    this.answers[`GET devices/${device}/log`] = log;
  }

  publish(topic: string, data: unknown): void {
    this.#line?.send(JSON.stringify([{ topic, data }]));
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const path = decodeURIComponent(/\/bk72xx\/([^?]*)/.exec(request.url())?.[1] ?? '');
    const key = `${request.method()} ${path}`;
    const known = this.answers[key];
    if (known !== undefined) {
      const json = typeof known === 'function' ? await (known as Answer)(route) : known;
      await route.fulfill({ json });
      return;
    }
    if (key === 'GET devices') return route.fulfill({ json: [...this.#devices.values()] });
    if (key === 'GET queues') return route.fulfill({ json: [...this.#queues.values()] });
    if (/^GET texts/.test(key)) return route.fulfill({ json: {} });
    if (/map$/.test(key)) return route.fulfill({ contentType: 'application/json', body: 'null' });
    if (/^GET/.test(key)) return route.fulfill({ json: [] });
    const device = /^POST devices\/(.+)\/jobs$/.exec(key)?.[1];
    if (device !== undefined) return this.#start(route, device);
    return route.fulfill({ status: 404, body: '' });
  }

  async #start(route: Route, device: string): Promise<void> {
    const job = route.request().postDataJSON() as JobRequest;
    this.jobs.push(job);
    this.#count += 1;
    const id = `job-${this.#count}`;
    await route.fulfill({ json: { device, job: id } });
    const ended = this.end(job);
    if (ended === null) return;
    const last = {
      id,
      operation: job.operation,
      by: 'sidebar' as const,
      at: '2026-01-02T20:15:00.000Z',
      seconds: 3,
      error: null,
      result: null,
      warnings: [],
    };
    this.tell({ id: device, last: { ...last, ...ended }, job: null });
  }
}
