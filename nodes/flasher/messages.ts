/**
 * What goes between the editor's sidebar and forms and the server, as JSON. Paths are below the admin root; whoever
 * changes a device needs the permission `bk72xx.write`, whoever looks `bk72xx.read`, whoever names the server that
 * releases come from `flows.write`, too. Sentences are codes and values:
 * the browser says them in its person's language. No key, password or Wi-Fi name is ever in it.
 *
 * | request | answer |
 * |---|---|
 * | GET `bk72xx/ports` | ports of the server's machine (DescribedPort of the engine) |
 * | GET `bk72xx/texts/<language>` | rooms, keys and texts of the engine in it; `{}` for English and where there are none |
 * | GET `bk72xx/devices` | DeviceState[] |
 * | GET `bk72xx/devices/<id>/map` | FlashMap, or null before its first job |
 * | GET `bk72xx/devices/<id>/log` | LogEntry[], oldest first |
 * | GET `bk72xx/devices/<id>/backups` | BackupEntry[], newest first |
 * | POST `bk72xx/devices/<id>/jobs` | JobRequest in; StartedJob, or ShownError with status 400 |
 * | DELETE `bk72xx/devices/<id>/jobs/<job>` | cancels; 204 |
 * | POST `bk72xx/images?name=<file name>` | bytes as application/octet-stream in; HeldImage out |
 * | GET `bk72xx/queues` | QueueState[]; for a minute from then on their topics tell what changes |
 * | POST `bk72xx/queues/<id>/jobs/<job>/retry` | a failed job waits again; 204 |
 * | DELETE `bk72xx/queues/<id>/jobs/<job>` | takes a job back; one under way ends at its next safe point; 204 |
 * | POST `bk72xx/try` | TryRequest in, StartedJob out: the device that it names is told of as any other until its job has ended |
 *
 * What is refused is answered with a ShownError: 400 as the engine says, 403 a page of another site, 404 no such device,
 * 413 a file that is too long, 415 another content type, 429 too many at a time.
 *
 * Id of a device is that of its node; a port that a message has named is one of its own, `<node>-<8 hex digits>`, and
 * settings that are tried out are `try-<number>`.
 */

/** A sentence by its code, as in `src/texts/note.ts`. */
export interface SaidNote {
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Bytes that one cell of the map stands for: a sector. */
export const SECTOR = 4096;

/** What one cell of the map shows: one letter each. */
export const SECTOR_STATES = {
  unknown: '.',
  read: 'r',
  same: '=',
  erased: 'e',
  written: 'w',
  verified: 'v',
  failed: 'x',
  protected: 'p',
  kept: 'k',
} as const;
export type SectorState = keyof typeof SECTOR_STATES;

export interface FlashMap {
  /** Bytes. */
  size: number;
  /** A letter of SECTOR_STATES for each sector. */
  sectors: string;
  regions: MapRegion[];
  /** Counts up with each change; a browser that misses one asks for the whole map. */
  revision: number;
}

/** A named stretch of flash, in bytes; `name` is a key of the sidebar's texts (`region.bootloader`, `region.app`, …). */
export interface MapRegion {
  name: string;
  offset: number;
  length: number;
}

/** Topic `bk72xx/map/<device>`, at most 5 a second: what has changed since revision - 1. */
export interface MapChange {
  revision: number;
  /** First sector, how many, and the letter of what they are now. */
  runs: [first: number, count: number, letter: string][];
  /** A new job, or another chip: all is as in here, before the runs. */
  fresh?: { size: number; regions: MapRegion[] };
}

/** Topic `bk72xx/device/<device>`, at most 5 a second, and the end of a job always. Null: the device has gone. */
export interface DeviceState {
  id: string;
  /** Name of the config node, or its port. */
  name: string;
  port: string;
  chip: ShownChip | null;
  /** The job that has the port's turn. */
  job: RunningJob | null;
  /** Jobs that wait for their turn. */
  queued: number;
  /** The job that ended last. */
  last: EndedJob | null;
  /** What has been added to the log since the last message on this topic. */
  news: LogEntry[];
}

export interface ShownChip {
  chip: string | null;
  aliases: readonly string[];
  family: 'full' | 'basic';
  chipId: string | null;
  bootloader: { name: string; version: string | null; crc: string; known: boolean };
  flash: { id: string | null; name: string | null; size: number };
  encryptionKey: 'tuya' | 'none' | 'custom' | null;
  mac: string | null;
  /** Null where there is no line. */
  baud: number | null;
}

export const SIDEBAR_OPERATIONS = ['connect', 'read', 'write', 'erase', 'listen'] as const;
export type SidebarOperation = (typeof SIDEBAR_OPERATIONS)[number];

export interface RunningJob {
  id: string;
  operation: string;
  /** Who started it. */
  by: 'flow' | 'sidebar';
  phase: string;
  /** 0 to 100, of the whole job; never falls. */
  percent: number;
  bytesPerSecond: number | null;
  /** Of the whole job. */
  secondsLeft: number | null;
  message: SaidNote;
  waitsForPerson: boolean;
  /** Breaks that were mended so far. */
  recoveries: number;
  /** What the line carries, while there is no link: a code of the engine's findings, as `echo`. */
  line: string | null;
}

export interface EndedJob {
  id: string;
  operation: string;
  by: 'flow' | 'sidebar';
  /** ISO 8601. */
  at: string;
  seconds: number;
  error: ShownError | null;
  /** The payload as a flow would get it, without bytes of flash: of a dry run the plan. Null after a failure. */
  result: unknown;
  warnings: SaidNote[];
}

export interface ShownError {
  code: string;
  message: SaidNote;
  likely: { cause: SaidNote; confidence: number; evidence: SaidNote[] }[];
  advice: SaidNote[];
  /** What flash holds now, where it was changed: lists of byte ranges. */
  state: Record<string, { offset: number; length: number }[]> | null;
}

export interface LogEntry {
  /** Counts up, of this device. */
  number: number;
  /** ISO 8601. */
  at: string;
  level: 'info' | 'good' | 'warning' | 'error';
  text: SaidNote;
}

export interface BackupEntry {
  /** Its name in the folder of backups. */
  filename: string;
  at: string;
  size: number;
  chip: string | null;
  mac: string | null;
}

/** Firmware that can be had by its name: values of bk-write's setting `release`. */
export const SIDEBAR_RELEASES = ['openbeken', 'kickstart'] as const;
export type SidebarRelease = (typeof SIDEBAR_RELEASES)[number];

export interface JobRequest {
  operation: SidebarOperation;
  /**
   * Of the engine's job, by the names of the nodes' settings. For write, `openbeken` is the object with OpenBeken's own
   * settings, and without an image `source` is `release` or `backup`, or `filename` a BackupEntry's.
   */
  options?: Record<string, unknown>;
  /** Id of a HeldImage, for a write of one. */
  image?: string;
}

export interface StartedJob {
  device: string;
  job: string;
}

export interface HeldImage {
  id: string;
  name: string;
  size: number;
  /** What bk-inspect says of it, secrets hidden. */
  inspection: unknown;
}

/** Identify and test wiring with settings that are not deployed yet. */
export interface TryRequest {
  operation: 'connect' | 'listen';
  /** Of bk-device, as its form has them. */
  settings: Record<string, string>;
}

/** Topic `bk72xx/queue/<queue>`, at most once a second while somebody looks on. Null: the queue has gone. */
export interface QueueState {
  /** Of its config node. */
  id: string;
  /** For people. */
  name: string;
  /** How it stands with the server of the queue. */
  server: QueueServerState;
  /** What is amiss with that; null where nothing is. */
  trouble: SaidNote | null;
  /** What was seen of it last; null before anything was. */
  look: QueueLook | null;
}

export type QueueServerState = 'connecting' | 'ready' | 'away' | 'denied' | 'full';

export interface QueueLook {
  counts: Record<QueueJobState, number>;
  /** Nothing new is begun with. */
  isPaused: boolean;
  /** By name. */
  benches: QueueBench[];
  /** Those under way first, then those that wait in the order of their turns, then those that are over, newest first. */
  jobs: QueueJob[];
}

/** In the order in which they are shown. */
export const QUEUE_JOB_STATES = ['waiting', 'active', 'delayed', 'failed', 'done'] as const;
export type QueueJobState = (typeof QUEUE_JOB_STATES)[number];

/** A worker at its device, on whatever computer. */
export interface QueueBench {
  id: string;
  name: string;
  computer: string;
  /** `resting`: it leaves jobs to others for a while, since it has failed at some. */
  state: 'idle' | 'busy' | 'resting';
  chip: string | null;
  mac: string | null;
  /** Id of the job that it does. */
  job: string | null;
}

export interface QueueJob {
  id: string;
  operation: string;
  /** `any`, a model, or a MAC. */
  target: string;
  state: QueueJobState;
  /** How often it was begun, and how often it may be. */
  tries: number;
  mostTries: number;
  /** When it was put in or, of one that is over, when that was: ISO 8601. */
  at: string;
  /** Name of the bench that has it, or had it. */
  bench: string | null;
  /** 0 to 100, of one under way. */
  percent: number | null;
  /** What is going on, of one under way. */
  message: SaidNote | null;
  /** Of one that failed. */
  error: ShownError | null;
}
