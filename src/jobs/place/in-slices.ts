import { setImmediate } from 'node:timers/promises';

/** Does work that comes in steps to its end; the flow goes on meanwhile. */
export async function inSlices<T>(steps: Iterator<unknown, T>): Promise<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await setImmediate();
  }
}
