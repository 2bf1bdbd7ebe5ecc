/**
 * npm run bench:trace: what recording costs. Reads a simulated chip at 2000000 baud over TCP, the chip in a process of its
 * own; then does with the recorder alone what that read did with it, many times over. Its share of the read's CPU time
 * has to stay below 2 %. Ends with 1 when it does not.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { Device, RECORDINGS, type Recording } from '../src';
import { systemClock } from '../src/clock';
import { Recorder } from '../src/trace/recorder';
import { MIB } from './measure';

const BAUD = 2_000_000;
const BYTES = MIB / 2;
/** The whole read is repeated so often, and of the shares the median counts. */
const READS = 3;
/** So often what one read makes the recorder do is done over for one figure. */
const TIMES = 100;
const MOST = 0.02;
/** A serial server takes a moment until it lets the next one in, ms. */
const REST_MS = 500;

/** What a read makes the recorder do. */
type Step = { what: 'sent' | 'arrived'; bytes: Buffer };

function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Takes down what the recorder is told while some work goes on. */
async function overhear(work: () => Promise<unknown>): Promise<Step[]> {
  const steps: Step[] = [];
  const { sent, arrived } = Recorder.prototype;
  Recorder.prototype.sent = function (bytes) {
    steps.push({ what: 'sent', bytes: Buffer.from(bytes) });
    return sent.call(this, bytes);
  };
  Recorder.prototype.arrived = function (bytes) {
    steps.push({ what: 'arrived', bytes: Buffer.from(bytes) });
    return arrived.call(this, bytes);
  };
  try {
    await work();
  } finally {
    Object.assign(Recorder.prototype, { sent, arrived });
  }
  return steps;
}

/** CPU time of the recorder alone for what one read makes it do, ms. */
function alone(steps: readonly Step[], recording: Recording): number {
  const recorder = new Recorder(systemClock);
  recorder.beginJob({
    operation: 'read',
    options: {},
    port: '',
    settings: { chip: 'auto', baud: BAUD, reset: 'auto', linkTimeout: 60, idle: 0, after: 'leave' },
    recording,
    onLine: undefined,
  });
  const all = (): void => {
    for (const { what, bytes } of steps) recorder[what](bytes);
  };
  // The first ones warm up what is compiled on the way, as the read before the one that is measured does.
  for (let time = 0; time < TIMES; time++) all();
  const before = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) all();
  return cpuMs(before) / TIMES;
}

async function readOnce(port: string): Promise<{ jobMs: number; steps: Step[] }> {
  const device = new Device({ port, idle: 60, after: 'leave' });
  await device.connect();
  await device.read({ length: 0x10000 });
  const before = process.cpuUsage();
  await device.read({ length: BYTES });
  const jobMs = cpuMs(before);
  const steps = await overhear(() => device.read({ length: BYTES }));
  await device.close();
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  return { jobMs, steps };
}

async function main(): Promise<void> {
  const child = fork(join(__dirname, 'served-chips.js'), ['1', String(BAUD)]);
  const [number] = await new Promise<number[]>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number[]));
    child.once('exit', () => reject(new Error('the simulated chip did not come up')));
  });
  const shares: Record<Recording, number[]> = { failures: [], all: [] };
  for (let read = 0; read < READS; read++) {
    const { jobMs, steps } = await readOnce(`tcp://127.0.0.1:${number}`);
    const line = RECORDINGS.map((recording) => {
      const ms = alone(steps, recording);
      const share = ms / (jobMs - ms);
      shares[recording].push(share);
      return `${recording} ${ms.toFixed(2)} ms (${(100 * share).toFixed(2)} %)`;
    });
    console.log(
      `read ${BYTES / MIB} MiB in ${steps.length} pieces: ${jobMs.toFixed(0)} ms of CPU; recording ${line.join(', ')}`,
    );
  }
  child.disconnect();
  for (const recording of RECORDINGS) {
    const share = shares[recording].sort((a, b) => a - b)[READS >> 1] as number;
    const verdict = share < MOST ? 'good' : 'TOO MUCH';
    console.log(
      `record: '${recording}' costs ${(100 * share).toFixed(2)} % more CPU time than the read without it (less than ${100 * MOST} %): ${verdict}`,
    );
    if (share >= MOST) process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
