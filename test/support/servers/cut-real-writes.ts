import { BkError, Device, type DeviceSettings, systemClock } from '../../../src';
import { SECTOR } from '../../../src/chip/geometry';
import { noise } from '../bench-device';
import { randomFrom } from '../random';
import { environmentOn } from '../simulated-chips';
import { type Break, BreakingLine } from './breaking-line';
import { RAW_SER2NET, type RealServer, type Running } from './real-servers';
import { ServedChip } from './served-chip';

const OFFSET = 0x100000;
const LENGTH = 4 * SECTOR;
/** How long a server is away or believes in a lost connection at most, ms. */
const LONGEST_MS = 2_000;
const FATES = ['reset', 'end', 'forgotten', 'restart'] as const satisfies (Break | 'restart')[];

/** How one write went whose connection was cut. */
export interface CutRealWrite {
  what: string;
  /** Why it is not right; null where it is. */
  fault: string | null;
  recoveries: number;
  ms: number;
}

/** Writes to a chip behind a real server, each with its connection cut at an instant by chance. In real time. */
export async function* cutRealWrites(
  server: RealServer,
  count: number,
  seed: number,
): AsyncGenerator<CutRealWrite> {
  const isRaw = server === RAW_SER2NET;
  const served = await ServedChip.make(isRaw ? { app: 'friendly' } : {});
  const running = await server.start(served);
  const line = new BreakingLine(running.port);
  const address = `127.0.0.1:${await line.listen()}`;
  // Over raw bytes the firmware is asked to restart.
  const settings: DeviceSettings = isRaw
    ? { port: `tcp://${address}` }
    : { port: `rfc2217://${address}`, baud: 921_600, reset: 'rts' };
  const bench = new Bench(server, served, running, line, settings);
  const random = randomFrom(seed);
  try {
    // The first shows how long one takes, where nothing was remembered from another; the second where it is.
    await bench.write(null, seed);
    const { ms } = await bench.write(null, seed + 1);
    for (let index = 0; index < count; index++) {
      const fate = FATES[index % FATES.length] as (typeof FATES)[number];
      const plan = { fate, at: random() * ms, awayMs: random() * LONGEST_MS };
      yield await bench.write(plan, seed + 2 + index);
    }
  } finally {
    await bench.close();
  }
}

interface Plan {
  fate: (typeof FATES)[number];
  at: number;
  awayMs: number;
}

class Bench {
  readonly #server: RealServer;
  readonly #served: ServedChip;
  readonly #line: BreakingLine;
  readonly #device: Device;
  #running: Promise<Running>;

  constructor(
    server: RealServer,
    served: ServedChip,
    running: Running,
    line: BreakingLine,
    settings: DeviceSettings,
  ) {
    this.#server = server;
    this.#served = served;
    this.#running = Promise.resolve(running);
    this.#line = line;
    this.#device = new Device({ ...settings, idle: 0 }, environmentOn(systemClock));
  }

  async write(plan: Plan | null, seed: number): Promise<CutRealWrite> {
    const { flash } = this.#served.chip;
    flash.set(noise(LENGTH, 3), OFFSET);
    const image = noise(LENGTH, seed);
    const begun = performance.now();
    let after: Promise<void> = Promise.resolve();
    const timer = setTimeout(() => {
      if (plan !== null) after = this.#cut(plan);
    }, plan?.at);
    let fault: string | null = null;
    let recoveries = 0;
    try {
      const { payload, facts } = await this.#device.write({ image, offset: OFFSET });
      recoveries = facts.recoveries.length;
      if (!payload.verified) fault = 'not verified';
    } catch (error) {
      if (!(error instanceof BkError)) throw error;
      fault = `${error.code}: ${error.message}`;
    }
    const ms = performance.now() - begun;
    clearTimeout(timer);
    await after;
    if (fault === null && !flash.subarray(OFFSET, OFFSET + LENGTH).equals(image))
      fault = 'flash is not as it should be';
    const what =
      plan === null
        ? 'nothing'
        : `${plan.fate} at ${Math.round(plan.at)} ms, for ${Math.round(plan.awayMs)} ms`;
    return { what, fault, recoveries, ms };
  }

  async close(): Promise<void> {
    await this.#device.close();
    await this.#line.close();
    await (await this.#running).stop();
    await this.#served.close();
  }

  async #cut({ fate, awayMs }: Plan): Promise<void> {
    const away = new Promise<void>((resolve) => setTimeout(resolve, awayMs));
    if (fate !== 'restart') this.#line.break(fate);
    else this.#running = this.#restart(await this.#running, away);
    await away;
    this.#line.notice();
    await this.#running;
  }

  async #restart({ port, stop }: Running, away: Promise<void>): Promise<Running> {
    await stop();
    await away;
    return this.#server.start(this.#served, port);
  }
}
