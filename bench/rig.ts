import { randomBytes } from 'node:crypto';
import { Device, type DeviceSettings } from '../src';
import type { SimulatedChip } from '../src/simulator/simulator';
import { simulatedChip } from '../test/support/simulated-chips';
import { type Measured, measure } from './measure';

export const SECTOR = 4096;
export const BAUD = 921_600;
export const FAST = 2_000_000;
/** Where images go: the beginning of the application's slot, on a block. */
export const OFFSET = 0x20000;

export interface Outcome extends Measured {
  limitMs: number;
  baud: number;
  bytes: number;
  /** Linking, identification and the choice of the rate; null where that is no part of the case. */
  connectSeconds: number | null;
}

export interface Case {
  /** For `--only`. */
  id: string;
  name: string;
  /** What the limit is made of. */
  limit: string;
  /** The job may take this many times its limit. */
  most: number;
  /** The chip hears the first call: linking and the rate take less than a second. */
  listens: boolean;
  /** @param share of the whole amount of bytes: 1, or less for a quick look */
  run(share: number): Promise<Outcome>;
}

let chips = 0;

/** An address of a chip that no case has used yet. */
export function newChip(options = '', model = 'bk7231n'): string {
  return `sim://${model}?speed=real&seed=${7000 + chips++}${options}`;
}

/** What the flash of a simulated chip holds from here on. */
export function put(port: string, bytes: Uint8Array, offset: number): void {
  simulatedChip(port)?.flash.set(bytes, offset);
}

/** Leaves no sector blank: those would not be carried. */
export function useAll(chip: SimulatedChip | undefined): void {
  const flash = chip?.flash ?? Buffer.alloc(0);
  const blank = Buffer.alloc(SECTOR, 0xff);
  for (let at = 0; at < flash.length; at += SECTOR) {
    if (flash.subarray(at, at + SECTOR).equals(blank)) flash.set(randomBytes(SECTOR), at);
  }
}

export interface Linked {
  device: Device;
  baud: number;
  connectSeconds: number;
}

export async function link(port: string, settings: Partial<DeviceSettings> = {}): Promise<Linked> {
  const device = new Device({ port, baud: BAUD, idle: 30, ...settings });
  const { payload, facts } = await device.connect();
  // A first read warms up what is compiled on the way; it is not counted.
  await device.read({ offset: 0, length: 0x10000 });
  return { device, baud: payload.baud ?? 0, connectSeconds: facts.durationMs / 1000 };
}

export async function timed(
  { device, baud, connectSeconds }: Linked,
  bytes: number,
  limitMs: number,
  work: (device: Device) => Promise<unknown>,
): Promise<Outcome> {
  try {
    return { ...(await measure(() => work(device))), limitMs, baud, bytes, connectSeconds };
  } finally {
    await device.close();
  }
}

/** Every twentieth sector and a bit: 5 % of a range, scattered, always the same ones. */
export function scattered(bytes: number): number[] {
  const sectors = bytes / SECTOR;
  const count = Math.ceil(sectors / 20);
  return Array.from({ length: count }, (_, index) => {
    const jitter = (index * 7) % 17;
    return Math.min(sectors - 1, Math.floor((index * sectors) / count) + jitter);
  });
}
