import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import * as pty from '@lydell/node-pty';

/** The far end of a serial line: what a chip would hold. */
export interface Pty {
  /** What serialport opens. */
  path: string;
  write(bytes: Uint8Array): void;
  /** Called with all that arrives from now on; one listener. */
  onData(callback: (bytes: Buffer) => void): void;
  /** Pulls the plug. May be called again. */
  close(): Promise<void>;
}

/** What the library gives for a terminal without a program in it; its types leave it out. */
interface OpenTerminal {
  readonly ptsName: string;
  readonly master: ReadStream;
  readonly slave: ReadStream;
}

const openTerminal = (pty as unknown as { open(options: { encoding: null }): OpenTerminal }).open;

/**
 * Makes a terminal whose one end serialport can open by its path. Its near end is also kept open
 * here, but never read, so that the line outlives every opening and closing. Linux and macOS.
 */
export async function openPty(): Promise<Pty> {
  const terminal = openTerminal({ encoding: null });
  const { master, slave } = terminal;
  const near = openSync(terminal.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  slave.setRawMode(true);
  slave.on('error', () => {});
  // It would take what is meant for the port.
  slave.destroy();
  let listener: ((bytes: Buffer) => void) | null = null;
  master.on('data', (bytes: Buffer) => listener?.(bytes));
  return {
    path: terminal.ptsName,
    write: (bytes) => {
      master.write(bytes);
    },
    onData: (callback) => {
      listener = callback;
    },
    close: async () => {
      if (master.closed) return;
      const closed = once(master, 'close');
      closeSync(near);
      master.destroy();
      await closed;
    },
  };
}
