import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChipName } from '../../../src';
import type { ChipReport } from './chip';
import { atEnd } from './clean-up';

/** A simulated chip in a process of its own, which outlives those that work on it. */
export class ChipProcess {
  static async start(chip: ChipName, seed: number): Promise<ChipProcess> {
    const options = JSON.stringify({ chip, seed });
    const child = fork(join(__dirname, 'chip.js'), [options], { serialization: 'advanced' });
    const end = atEnd(() => child.kill('SIGKILL'));
    const { port, flash } = await answer<{ port: number; flash: Uint8Array }>(child);
    return new ChipProcess(child, `tcp://127.0.0.1:${port}`, Buffer.from(flash), end);
  }

  private constructor(
    readonly child: ChildProcess,
    readonly port: string,
    /** Flash as it was at first. */
    readonly before: Buffer,
    readonly end: () => void,
  ) {}

  /** What has been asked of it, and flash as it is now. */
  async report(): Promise<ChipReport> {
    this.child.send('report');
    const { visits, flash } = await answer<ChipReport>(this.child);
    return { visits, flash: Buffer.from(flash) };
  }
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the chip’s process ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}
