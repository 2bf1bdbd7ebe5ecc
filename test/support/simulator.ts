import type { SimulatedChip } from '../../src/simulator/simulator';
import {
  createSimulatedChip,
  type SimulatorExtras,
  type SimulatorOptions,
} from '../../src/simulator/simulator';
import { VirtualClock } from './virtual-clock';

/** A host on a simulated chip's line, without any engine: frames are written out by hand here. */
export class Bench {
  readonly clock: VirtualClock;
  readonly chip: SimulatedChip;
  baudRate: number | null = 115200;
  heard: Buffer = Buffer.alloc(0);
  pieces: { at: number; length: number }[] = [];

  constructor(options: SimulatorOptions & SimulatorExtras, clock = new VirtualClock()) {
    this.clock = clock;
    this.chip = createSimulatedChip(options, clock);
    this.plug();
  }

  plug(): void {
    const bench = this;
    this.chip.attach({
      get baudRate() {
        return bench.baudRate;
      },
      receive(bytes) {
        bench.heard = Buffer.concat([bench.heard, bytes]);
        bench.pieces.push({ at: bench.clock.now(), length: bytes.length });
      },
    });
  }

  /** Sends bytes and lets time pass; returns what came back meanwhile, in hex. */
  async send(bytes: Buffer | string, ms = 1000): Promise<string> {
    this.heard = Buffer.alloc(0);
    this.pieces = [];
    this.chip.receive(typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes, this.baudRate);
    await this.wait(ms);
    return this.heard.toString('hex');
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.setTimeout(resolve, ms);
    });
  }

  /** Resets the chip and links. */
  async link(): Promise<void> {
    this.chip.reset();
    await this.wait(10);
    const answer = await this.send(LINK_CHECK, 20);
    if (answer !== LINKED) throw new Error(`no link: ${answer}`);
  }
}

export async function linked(options: SimulatorOptions & SimulatorExtras): Promise<Bench> {
  const bench = new Bench({ speed: 'fast', ...options });
  await bench.link();
  return bench;
}

export const LINK_CHECK = '01e0fc0100';
export const LINKED = '040e0501e0fc0100';

export function le32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes.toString('hex');
}

/** A long command: code and payload in hex. */
export function long(code: string, payload: string): string {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(1 + payload.length / 2);
  return `01e0fcfff4${length.toString('hex')}${code}${payload}`;
}

/** A long answer: code, status and payload in hex. */
export function longAnswer(code: string, status: string, payload: string): string {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(2 + payload.length / 2);
  return `040eff01e0fcf4${length.toString('hex')}${code}${status}${payload}`;
}

export const crcCommand = (start: number, end: number) => `01e0fc0910${le32(start)}${le32(end)}`;
export const eraseSector = (address: number) => long('0f', `20${le32(address)}`);
export const write4K = (address: number, data: Buffer) =>
  long('07', le32(address) + data.toString('hex'));
export const read4K = (address: number) => long('09', le32(address));
export const writeStatus = (value: string) => long('0d', `01${value}`);
export const UNPROTECT = writeStatus('0006');
export const setBaud = (baud: number, delay = 20) =>
  `01e0fc060f${le32(baud)}${delay.toString(16).padStart(2, '0')}`;

/** Bytes that nobody mistakes for a blank. */
export function pattern(length = 4096, salt = 1): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 7 + salt) & 0xff;
  return bytes;
}
