import type {
  BackupEntry,
  DeviceState,
  FlashMap,
  HeldImage,
  JobRequest,
  LogEntry,
  QueueState,
  ShownError,
  StartedJob,
  TryRequest,
} from '../../messages';
import { query } from './node-red';

/** Rooms, keys and texts of the engine in one language. */
export type EngineTexts = Record<string, Record<string, string>>;

/** A request that the server did not carry out. */
export class RequestFailed extends Error {
  /** HTTP status; 0 where the server could not be reached. */
  readonly status: number;
  /** What the engine says of it, where it was asked. */
  readonly shown: ShownError | null;

  constructor(status: number, shown: ShownError | null) {
    super(shown === null ? `status ${status}` : shown.code);
    this.status = status;
    this.shown = shown;
  }
}

/** What the server tells of a serial port of its machine; `path` is what the setting is to hold. */
export interface ListedPort {
  path: string;
  /** For people; ends in the short name, as `usb-CH340 (ttyUSB0)`, or is that alone. */
  label: string;
  manufacturer?: string;
  serialNumber?: string;
  /** Other names of the same port: by what its adapter is, and by the USB socket. */
  usb?: string;
  location?: string;
}

/** The server's routes, as `messages.ts` lists them. Each rejects with RequestFailed. */
export const api = {
  texts: (language: string) => get<EngineTexts>(`texts/${encodeURIComponent(language)}`),
  ports: () => get<ListedPort[]>('ports'),
  devices: () => get<DeviceState[]>('devices'),
  map: (device: string) => get<FlashMap | null>(`${pathOf(device)}/map`),
  log: (device: string) => get<LogEntry[]>(`${pathOf(device)}/log`),
  backups: (device: string) => get<BackupEntry[]>(`${pathOf(device)}/backups`),
  start: (device: string, job: JobRequest) => post<StartedJob>(`${pathOf(device)}/jobs`, job),
  cancel: (device: string, job: string) =>
    request<undefined>('DELETE', `${pathOf(device)}/jobs/${encodeURIComponent(job)}`),
  hold: (file: File) =>
    request<HeldImage>('POST', `images?name=${encodeURIComponent(file.name)}`, file),
  queues: () => get<QueueState[]>('queues'),
  cancelQueued: (queue: string, job: string) =>
    request<undefined>('DELETE', pathOfQueued(queue, job)),
  retryQueued: (queue: string, job: string) =>
    post<undefined>(`${pathOfQueued(queue, job)}/retry`, {}),
  tryOut: (settings: TryRequest) => post<StartedJob>('try', settings),
};

function pathOf(device: string): string {
  return `devices/${encodeURIComponent(device)}`;
}

function pathOfQueued(queue: string, job: string): string {
  return `queues/${encodeURIComponent(queue)}/jobs/${encodeURIComponent(job)}`;
}

function get<Answer>(path: string): Promise<Answer> {
  return request('GET', path);
}

function post<Answer>(path: string, body: object): Promise<Answer> {
  return request('POST', path, JSON.stringify(body));
}

function request<Answer>(method: string, path: string, body?: string | Blob): Promise<Answer> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
  return new Promise((resolve, reject) => {
    // Relative, so that it holds wherever the editor is served from.
    const sent = query().ajax({
      url: `bk72xx/${path}`,
      method,
      ...(body === undefined ? {} : { data: body, contentType: type, processData: false }),
      cache: method !== 'GET',
    });
    sent.done((answer) => resolve(answer as Answer));
    sent.fail(({ status, responseText }) =>
      reject(new RequestFailed(status, shownIn(responseText))),
    );
  });
}

/** The error that an answer carries; null where it is none of ours. */
function shownIn(text: string | undefined): ShownError | null {
  try {
    const answer: Partial<ShownError> = JSON.parse(text ?? '');
    const isOurs = typeof answer.code === 'string' && typeof answer.message === 'object';
    return isOurs ? (answer as ShownError) : null;
  } catch {
    return null;
  }
}
