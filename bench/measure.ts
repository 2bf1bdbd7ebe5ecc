import { monitorEventLoopDelay } from 'node:perf_hooks';

export const MIB = 1024 * 1024;

/** How often memory is looked at, ms. */
const LOOK_MS = 20;

export interface Measured {
  seconds: number;
  loopDelayP99Ms: number;
  /** Resident memory at its highest, over what it was before. */
  extraMemoryMiB: number;
}

/** Times some work, and watches the event loop and the memory meanwhile. */
export async function measure(work: () => Promise<unknown>): Promise<Measured> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const look = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, LOOK_MS);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  try {
    await work();
  } finally {
    clearInterval(look);
    delay.disable();
  }
  return {
    seconds: (performance.now() - start) / 1000,
    loopDelayP99Ms: delay.percentile(99) / 1e6,
    extraMemoryMiB: (peak - before) / MIB,
  };
}
