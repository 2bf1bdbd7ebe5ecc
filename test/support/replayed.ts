import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BackupMode,
  type BkError,
  createEnvironment,
  Device,
  type DeviceSettings,
  type EraseOptions,
  type FileOutput,
  isBkError,
  type JobResult,
  type Note,
  type ReadOptions,
  type WriteOptions,
} from '../../src';
import { readScript, type Script, type Step } from '../../src/replay/script';
import type { DoneLine, FailedLine, JobLine, PlanLine } from '../../src/trace/record-lines';
import { VirtualClock } from '../../src/virtual-clock';
import { imageFor } from './record-image';

/** How a job ended, according to a record: without the time, and the words. */
export type JobEnd = Omit<DoneLine, 't'> | Omit<FailedLine, 't'>;

/** A job that was done once more, against the record of it. */
export interface ReplayedJob {
  job: JobLine;
  /** How it ended then; null where the record ends before it did. */
  recorded: JobEnd | null;
  played: JobEnd;
  result: JobResult<unknown> | null;
  error: BkError | null;
}

export interface ReplayExtras {
  /** The image that was written, where `auto` is to find out what it is; else one is made up that has its checksums. */
  image?: Buffer;
}

/** Does all jobs of a record once more against it, in virtual time. @param file absolute path */
export async function replay(file: string, extras: ReplayExtras = {}): Promise<ReplayedJob[]> {
  const script = readScript(file);
  const clock = new VirtualClock(new Date(script.header.started));
  const settings = {
    ...(script.header.settings as Partial<DeviceSettings>),
    port: `replay://${file}`,
    record: 'all',
  } as const;
  const device = new Device(settings, createEnvironment(clock));
  const folder = mkdtempSync(join(tmpdir(), 'bk72xx-replay-'));
  const done: ReplayedJob[] = [];
  try {
    for (const part of jobsIn(script)) {
      await clock.advance(Math.max(0, part.job.t - clock.now()));
      done.push(await again(device, clock, script, part, folder, extras));
    }
  } finally {
    await device.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return done;
}

interface Part {
  job: JobLine;
  steps: Step[];
  plan: PlanLine | null;
  end: DoneLine | FailedLine | null;
}

/** Each job with what passed on the wire until it ended. */
function jobsIn({ events, steps }: Script): Part[] {
  const starts = events.flatMap((line, index) => (line.kind === 'job' ? [index] : []));
  return starts.map((start, count) => {
    const lines = events.slice(start, starts[count + 1]);
    const end = lines.find((line) => line.kind === 'done' || line.kind === 'failed');
    // The head is line 1.
    const from = start + 2;
    const to = end === undefined ? Number.POSITIVE_INFINITY : events.indexOf(end) + 2;
    return {
      job: events[start] as JobLine,
      steps: steps.filter(({ line }) => line >= from && line <= to),
      plan: (lines.find((line) => line.kind === 'plan') as PlanLine | undefined) ?? null,
      end: (end as DoneLine | FailedLine | undefined) ?? null,
    };
  });
}

async function again(
  device: Device,
  clock: VirtualClock,
  script: Script,
  part: Part,
  folder: string,
  extras: ReplayExtras,
): Promise<ReplayedJob> {
  const abort = new AbortController();
  if (part.end?.kind === 'failed' && part.end.error === 'BK_CANCELLED') {
    clock.setTimeout(() => abort.abort(), cancelledAt(part) - clock.now());
  }
  let result: JobResult<unknown> | null = null;
  let error: BkError | null = null;
  try {
    result = await perform(device, script, part, folder, extras, abort.signal);
  } catch (reason) {
    if (!isBkError(reason)) throw reason;
    error = reason;
  }
  const lines = device.record()?.lines() ?? [];
  const now = lines.findLast((line) => line.kind === 'done' || line.kind === 'failed');
  return {
    job: part.job,
    recorded: part.end === null ? null : endOf(part.end),
    played: endOf(now as DoneLine | FailedLine),
    result,
    error,
  };
}

/** Nobody knows when a person cancelled; it took effect behind the last thing that was done. */
function cancelledAt({ steps, end }: Part): number {
  const last = steps.findLast(({ kind }) => kind === 'out')?.t ?? 0;
  return (last + (end?.t ?? last)) / 2;
}

function perform(
  device: Device,
  script: Script,
  part: Part,
  folder: string,
  extras: ReplayExtras,
  signal: AbortSignal,
): Promise<JobResult<unknown>> {
  const { operation, options } = part.job;
  const given: Record<string, unknown> = { ...options };
  if (options.backup !== undefined) {
    given.backup = { mode: options.backup as BackupMode, folder: join(folder, 'backups') };
  }
  if (options.file === true) given.file = { folder, filename: 'read.bin' } satisfies FileOutput;
  if (operation === 'connect') return device.connect({ signal });
  if (operation === 'read') return device.read(given as ReadOptions, { signal });
  if (operation === 'erase') return device.erase(given as EraseOptions, { signal });
  if (operation === 'listen') return device.listen(given, { signal });
  if (operation === 'examine') return device.examine(given, { signal });
  given.image = extras.image ?? madeUpImage(script, part);
  return device.write(given as unknown as WriteOptions, { signal });
}

function madeUpImage(script: Script, { job, steps, plan }: Part): Buffer {
  const { image, offset, skip } = job.options;
  if (typeof image !== 'object' || image === null || typeof offset !== 'number') {
    throw new Error('The image of this job cannot be made up: give it along with the record.');
  }
  if (skip !== undefined) throw new Error('A part of an image cannot be made up.');
  return imageFor(script, steps, plan, image, offset);
}

function endOf(line: DoneLine | FailedLine): JobEnd {
  const { t: _, ...end } = line;
  // What a sentence is told, the port's name among it, is not the end's.
  const bare = ({ code }: Note): Note => ({ code, params: {} });
  return end.kind === 'done'
    ? { ...end, warnings: end.warnings.map(bare) }
    : { ...end, text: bare(end.text) };
}
