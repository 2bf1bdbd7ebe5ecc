import { BkError, Device, type DeviceSettings, type JobResult, type Progress } from '../../src';
import { SECTOR } from '../../src/chip/geometry';
import type { SimulatedChip } from '../../src/simulator/simulator';
import {
  environmentOn,
  forgetSimulatedChips,
  prepareSimulatedChip,
} from '../../test/support/simulated-chips';
import { VirtualClock } from '../../test/support/virtual-clock';

/** A simulated chip with a device, on a clock that does not wait; somebody watches and may lend a hand. */
export interface Trial {
  chip: SimulatedChip;
  clock: VirtualClock;
  device: Device;
  /** Flash as it was at the start. */
  before: Buffer;
  watch: BrownoutWatch;
  /** How often a job asked for a person. */
  asked(): number;
}

/** What a person does who is asked to reset the chip; returns after how many ms, or null for nothing. */
export type Person = (time: number) => number | null;

/** Gets up the first time only. */
export const once: Person = (time) => (time === 1 ? 1500 : null);

export function trial(sim: string, settings: Partial<DeviceSettings>, person: Person): Trial {
  forgetSimulatedChips();
  const url = `sim://${sim}`;
  const clock = new VirtualClock();
  const chip = prepareSimulatedChip(url, clock);
  const before = Buffer.from(chip.flash);
  const watch = new BrownoutWatch(chip, clock);
  const device = new Device(
    { port: url, idle: 0, after: 'leave', record: 'all', ...settings },
    environmentOn(clock),
  );
  let asked = 0;
  let waiting = false;
  const onProgress = (progress: Progress): void => {
    if (progress.waitsForPerson && !waiting) {
      const ms = person(++asked);
      if (ms !== null) clock.setTimeout(() => chip.powerCycle(), ms);
    }
    waiting = progress.waitsForPerson;
  };
  listeners.set(device, onProgress);
  return { chip, clock, device, before, watch, asked: () => asked };
}

const listeners = new WeakMap<Device, (progress: Progress) => void>();

/** How a job ended; a failure that is no BkError is a fault of the program and is thrown on. */
export async function outcomeOf<Payload>(
  own: Trial,
  job: (
    device: Device,
    control: { onProgress: (progress: Progress) => void },
  ) => Promise<JobResult<Payload>>,
): Promise<{ result: JobResult<Payload> | null; error: BkError | null; ms: number }> {
  const start = own.clock.now();
  const control = { onProgress: listeners.get(own.device) as (progress: Progress) => void };
  try {
    const result = await job(own.device, control);
    return { result, error: null, ms: own.clock.now() - start };
  } catch (error) {
    if (!(error instanceof BkError)) throw error;
    return { result: null, error, ms: own.clock.now() - start };
  }
}

/**
 * Takes down where the supply gave way. A brown-out counts for every sector of the command that it cut
 * off: 16 of them where that was a block erase.
 */
export class BrownoutWatch {
  /** Brown-outs by sector number. */
  readonly bySector: Uint32Array;
  /** When the latest was, in the clock's ms. */
  latestAt = Number.NEGATIVE_INFINITY;
  #touched: { at: number; sectors: number[] } = { at: -1, sectors: [] };

  constructor(chip: SimulatedChip, clock: VirtualClock) {
    const { counters } = chip;
    this.bySector = new Uint32Array(counters.erases.length);
    counters.erases = this.#spyOn(counters.erases, clock);
    counters.programs = this.#spyOn(counters.programs, clock);
    let count = counters.brownouts;
    Object.defineProperty(counters, 'brownouts', {
      get: () => count,
      set: (value: number) => {
        count = value;
        this.latestAt = clock.now();
        for (const sector of this.#touched.sectors) {
          this.bySector[sector] = (this.bySector[sector] as number) + 1;
        }
      },
    });
  }

  /** The command that a brown-out cuts off is counted in the same moment. */
  #spyOn(counts: Uint32Array, clock: VirtualClock): Uint32Array {
    return new Proxy(counts, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
      set: (target, key, value) => {
        const at = clock.now();
        if (this.#touched.at !== at) this.#touched = { at, sectors: [] };
        this.#touched.sectors.push(Number(key));
        return Reflect.set(target, key, value, target);
      },
    });
  }
}

/** A job of 1 MiB checks its first sector, and now and then one in its middle. */
const CHECKS = 4;

/**
 * Sectors erased more often than planned once and once more for each brown-out in them; a block erase is one
 * erase of each of its sectors. A basic chip's checksum locks its flash, and the write after it needs an
 * erase: there the sectors behind the checks of a job (`CHECKS` at most) may be erased once more each.
 */
export function wornSectors({ chip, watch }: Trial): string[] {
  const worn: string[] = [];
  let spare = chip.options.facts.family === 'basic' ? CHECKS : 0;
  for (let sector = 0; sector < watch.bySector.length; sector++) {
    const erases = chip.counters.erases[sector] as number;
    const drops = watch.bySector[sector] as number;
    if (erases === 2 + drops && spare > 0) spare--;
    else if (erases > 1 + drops) {
      worn.push(`0x${(sector * SECTOR).toString(16)} erased ${erases} times with ${drops} drops`);
    }
  }
  return worn;
}

/** The first difference between flash and what it should hold, as a sentence; null where there is none. */
export function flashFault({ chip, before }: Trial, image: Buffer, offset: number): string | null {
  const wanted = Buffer.from(before);
  image.copy(wanted, offset);
  if (chip.flash.equals(wanted)) return null;
  const at = wanted.findIndex((byte, index) => chip.flash[index] !== byte);
  const inside = at >= offset && at < offset + image.length;
  return `flash is wrong at 0x${at.toString(16)} (${inside ? 'inside' : 'outside'} the image)`;
}

export function told(error: BkError): string {
  return `${error.code}: ${error.message}`;
}
