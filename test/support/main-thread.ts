import type { Page } from 'playwright-core';

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds: of the clock on the wall, and of the processor. */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** How long the page's main thread was at one task, milliseconds. */
export interface MainTask {
  wall: number;
  /** Of the processor alone: on a machine that is shared a task of the wall's 100 ms may have worked for 2. */
  cpu: number;
}

/** Every task of the main thread of a page while something goes on. */
export async function mainThreadTasks(
  page: Page,
  during: () => Promise<void>,
): Promise<MainTask[]> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('the page has no browser');
  const categories = ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'];
  await browser.startTracing(page, { categories });
  let trace: Buffer;
  try {
    await during();
  } finally {
    trace = await browser.stopTracing();
  }
  return tasksIn(JSON.parse(String(trace)).traceEvents);
}

function tasksIn(events: readonly TraceEvent[]): MainTask[] {
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}/${tid}`),
  );
  return events
    .filter(({ name, pid, tid }) => /RunTask$/.test(name) && mains.has(`${pid}/${tid}`))
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1000, cpu: tdur / 1000 }));
}
