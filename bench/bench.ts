/**
 * npm run bench: times jobs on a simulated chip in real-time mode against the limit that line and flash set.
 * A job's time runs from its first command after identification to its last answer. `--json` prints the
 * figures as JSON too, `--quick` takes an eighth of the bytes.
 */
import { randomBytes } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Device, type Progress } from '../src';
import { readLimit, writeLimit } from './limits';

const MIB = 1024 * 1024;
const quick = process.argv.includes('--quick');
const scale = quick ? 1 / 8 : 1;

interface Case {
  name: string;
  baud: number;
  bytes: number;
  limitMs: number;
  /** The least share of the limit's speed that counts as good, per cent. */
  target: number;
  run(device: Device, bytes: number, onProgress: (progress: Progress) => void): Promise<unknown>;
}

interface Row {
  name: string;
  baud: number;
  bytes: number;
  limitSeconds: number;
  seconds: number;
  percentOfLimit: number;
  target: number;
  linkSeconds: number;
  loopDelayP99Ms: number;
  extraMemoryMiB: number;
}

const read = (device: Device, length: number, onProgress: (progress: Progress) => void) =>
  device.read({ offset: 0, length }, { onProgress });

/** New data that differs from everything in flash, at the start of the application. */
const write = (device: Device, length: number, onProgress: (progress: Progress) => void) =>
  device.write({ image: randomBytes(length), offset: 0x20000 }, { onProgress });

const CASES: Case[] = [
  ...[921_600, 2_000_000].map((baud) => ({
    name: 'full read, verified',
    baud,
    bytes: 2 * MIB * scale,
    limitMs: readLimit(2 * MIB * scale, baud),
    target: 95,
    run: read,
  })),
  {
    name: 'write of new data, verified',
    baud: 921_600,
    bytes: MIB * scale,
    limitMs: writeLimit(MIB * scale, 921_600),
    target: 85,
    run: write,
  },
];

async function measure(test: Case): Promise<Row> {
  const device = new Device({
    port: `sim://bk7231n?seed=7&speed=real&app=friendly`,
    baud: test.baud,
    idle: 30,
  });
  const { payload } = await device.connect();
  // A first job warms up what is compiled on the way; it is not counted.
  await device.read({ offset: 0, length: 0x10000 });
  const memory = process.memoryUsage().rss;
  let peak = memory;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  await test.run(device, test.bytes, () => {
    peak = Math.max(peak, process.memoryUsage().rss);
  });
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  await device.close();
  return {
    name: test.name,
    baud: test.baud,
    bytes: test.bytes,
    limitSeconds: test.limitMs / 1000,
    seconds,
    percentOfLimit: (100 * test.limitMs) / 1000 / seconds,
    target: test.target,
    linkSeconds: payload.linkMs / 1000,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    extraMemoryMiB: (peak - memory) / MIB,
  };
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const test of CASES) {
    const row = await measure(test);
    rows.push(row);
    console.log(
      [
        row.name.padEnd(28),
        `${row.baud} baud`.padStart(12),
        `${(row.bytes / MIB).toFixed(2)} MiB`.padStart(9),
        `limit ${row.limitSeconds.toFixed(2)} s`.padStart(14),
        `took ${row.seconds.toFixed(2)} s`.padStart(13),
        `${row.percentOfLimit.toFixed(1)} % of the limit's speed (at least ${row.target} %)`,
        `loop delay p99 ${row.loopDelayP99Ms.toFixed(1)} ms`,
        `memory +${row.extraMemoryMiB.toFixed(1)} MiB`,
      ].join('  '),
    );
  }
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows, null, 2));
  const short = rows.filter((row) => row.percentOfLimit < row.target || row.loopDelayP99Ms >= 20);
  if (short.length > 0) {
    console.log(`${short.length} of ${rows.length} cases miss their target`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
