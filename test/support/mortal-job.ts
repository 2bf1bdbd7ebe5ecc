import fs from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Device, type DeviceSettings } from '../../src';
import { SECTOR } from '../../src/chip/geometry';
import type { Clock, Timer, TimerOptions } from '../../src/clock';
import { environmentOn, forgetSimulatedChips, prepareSimulatedChip } from './simulated-chips';
import { VirtualClock } from './virtual-clock';

/**
 * When the process dies: at its nth request, its nth for a sector's bytes, or its nth erase or program; before
 * the request is sent, or when it is carried out and the answer comes.
 */
export type Death = ({ request: number } | { read: number } | { change: number }) & {
  delivered: boolean;
};

export interface Change {
  op: 'erase' | 'program';
  address: number;
  length: number;
}

/** What one process did, dead or not. */
export interface Life {
  died: boolean;
  requests: number;
  /** Addresses of sectors that were read, in order. */
  reads: number[];
  /** The numbers of the requests that did so. */
  readAt: number[];
  changes: Change[];
  error: unknown;
}

/** A process's clock: with it end all timers, and so everything that the process would still do. */
class MortalClock implements Clock {
  readonly #inner = new VirtualClock();
  readonly #timers = new Set<Timer>();
  #dead = false;

  now(): number {
    return this.#inner.now();
  }

  date(): Date {
    return this.#inner.date();
  }

  setTimeout(callback: () => void, ms: number, options?: TimerOptions): Timer {
    if (this.#dead) return {};
    const timer = this.#inner.setTimeout(callback, ms, options);
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: Timer): void {
    this.#timers.delete(timer);
    this.#inner.clearTimeout(timer);
  }

  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) this.#inner.clearTimeout(timer);
  }
}

/** A chip that outlives the processes that work on it. */
export class LastingChip {
  readonly url: string;
  readonly flash: Buffer;
  readonly #settings: Partial<DeviceSettings>;

  constructor(sim: string, settings: Partial<DeviceSettings> = {}) {
    this.url = `sim://${sim}`;
    this.#settings = settings;
    forgetSimulatedChips();
    this.flash = Buffer.from(prepareSimulatedChip(this.url, new VirtualClock()).flash);
  }

  /** Runs a job in a process of its own, which may die on the way. `onRequest` sees each request before it is sent. */
  async live(
    job: (device: Device) => Promise<unknown>,
    death: Death | null = null,
    onRequest: (life: Life) => void = () => {},
  ): Promise<Life> {
    forgetSimulatedChips();
    const clock = new MortalClock();
    const chip = prepareSimulatedChip(this.url, clock);
    this.flash.copy(chip.flash);
    const life: Life = {
      died: false,
      requests: 0,
      reads: [],
      readAt: [],
      changes: [],
      error: null,
    };
    let last = false;
    const ended = new Promise<void>((resolve) => {
      const die = (): void => {
        life.died = true;
        forgetSimulatedChips();
        clock.die();
        resolve();
      };
      const attach = chip.attach.bind(chip);
      chip.attach = (host) =>
        attach({
          get baudRate() {
            return host.baudRate;
          },
          receive: (bytes) => (last ? die() : host.receive(bytes)),
        });
      const receive = chip.receive.bind(chip);
      chip.receive = (bytes, baud) => {
        if (life.died) return;
        life.requests++;
        onRequest(life);
        last ||= death !== null && isLast(life, death, bytes);
        if (last && !death?.delivered) {
          die();
          return;
        }
        record(life, bytes, chip.flash.length);
        receive(bytes, baud);
      };
    });
    const closeFiles = watchFiles();
    const device = new Device(
      { port: this.url, baud: 921_600, idle: 0, ...this.#settings },
      environmentOn(clock),
    );
    const done = job(device).catch((error: unknown) => {
      life.error = error;
    });
    await Promise.race([ended, done]);
    await closeFiles();
    chip.flash.copy(this.flash);
    return life;
  }
}

/** Sees which files are opened from now on; gives the way to close what a dead process left open. */
function watchFiles(): () => Promise<void> {
  const real = fs.promises.open;
  const files: FileHandle[] = [];
  fs.promises.open = async (...args) => {
    const file = await real(...args);
    files.push(file);
    return file;
  };
  return async () => {
    fs.promises.open = real;
    await Promise.all(files.filter(({ fd }) => fd >= 0).map((file) => file.close()));
  };
}

function isLast(life: Life, death: Death, bytes: Buffer): boolean {
  if ('request' in death) return life.requests === death.request;
  if (!isCommand(bytes)) return false;
  const code = bytes[7];
  if ('read' in death) return code === 0x09 && life.reads.length + 1 === death.read;
  return (code === 0x07 || code === 0x0f) && life.changes.length + 1 === death.change;
}

function isCommand(bytes: Buffer): boolean {
  return bytes.subarray(0, 5).toString('hex') === '01e0fcfff4';
}

function record(life: Life, bytes: Buffer, size: number): void {
  if (!isCommand(bytes)) return;
  const code = bytes[7];
  if (code === 0x09) {
    life.reads.push(bytes.readUInt32LE(8) % size);
    life.readAt.push(life.requests);
  }
  if (code === 0x07) {
    life.changes.push({ op: 'program', address: bytes.readUInt32LE(8), length: SECTOR });
  }
  if (code === 0x0f) {
    const length = bytes[8] === 0xd8 ? 16 * SECTOR : SECTOR;
    life.changes.push({ op: 'erase', address: bytes.readUInt32LE(9), length });
  }
}

/** How many sectors were read again by a later process, those left out that each one looks at. */
export function readAgain(
  lives: readonly Pick<Life, 'reads'>[],
  except: readonly number[],
): number {
  const seen = new Set<number>();
  let again = 0;
  for (const { reads } of lives) {
    const own = new Set<number>();
    const left = [...except];
    for (const address of reads) {
      const known = left.indexOf(address);
      if (known >= 0) left.splice(known, 1);
      else own.add(address);
    }
    for (const address of own) if (seen.has(address)) again++;
    for (const address of own) seen.add(address);
  }
  return again;
}

/**
 * Operations on flash that a later process did again, beyond the one that the death before may have cut off:
 * as `erase 0x20000`.
 */
export function changedAgain(lives: readonly Pick<Life, 'changes'>[]): string[] {
  const again: string[] = [];
  const done = { erase: new Map<number, number>(), program: new Map<number, number>() };
  lives.forEach(({ changes }, index) => {
    const cutOff = lives[index - 1]?.changes.at(-1);
    for (const { op, address, length } of changes) {
      const excused = cutOff !== undefined && overlaps({ address, length }, cutOff);
      for (let at = address; at < address + length; at += SECTOR) {
        if (done[op].has(at) && done[op].get(at) !== index && !excused) {
          again.push(`${op} 0x${at.toString(16)}`);
        }
      }
    }
    for (const { op, address, length } of changes) {
      for (let at = address; at < address + length; at += SECTOR) done[op].set(at, index);
    }
  });
  return again;
}

function overlaps(
  a: { address: number; length: number },
  b: { address: number; length: number },
): boolean {
  return a.address < b.address + b.length && b.address < a.address + a.length;
}
