/**
 * A process of `npm run survive`: serves one simulated chip on a TCP port, outlives those that work on it, and
 * writes down what each of them asked for.
 */
import { SECTOR } from '../../../src/chip/geometry';
import { createSimulatedChip, PreciseClock } from '../../../src/simulator/simulator';
import { SimulatedChipServer } from '../../../src/simulator/tcp-server';
import { isSaid } from '../../../src/texts/note';
import type { Change } from '../../../test/support/mortal-job';

/** What one connection asked for. */
export interface Visit {
  /** Addresses of sectors, in order. */
  reads: number[];
  changes: Change[];
}

export interface ChipReport {
  visits: Visit[];
  flash: Buffer;
}

/** Times in ms: short of real ones, long enough for instants to fall between and into them. */
const READ_MS = 4;
const TIMINGS = { sectorErase: 15, blockErase: 60, pageProgram: 0.4, crcBytesPerMs: 8000 };
const HEAD = Buffer.from([0x01, 0xe0, 0xfc]);

/** Cuts what comes in at the ends of requests. */
class Requests {
  #bytes = Buffer.alloc(0);

  take(bytes: Buffer): Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const requests: Buffer[] = [];
    for (;;) {
      const length = this.#length();
      if (length === null || this.#bytes.length < length) return requests;
      requests.push(this.#bytes.subarray(0, length));
      this.#bytes = this.#bytes.subarray(length);
    }
  }

  /** Of the first request; what does not look like one is passed on whole. */
  #length(): number | null {
    const bytes = this.#bytes;
    if (bytes.length < 5) return null;
    if (!bytes.subarray(0, 3).equals(HEAD)) return bytes.length;
    if (bytes[3] !== 0xff || bytes[4] !== 0xf4) return 4 + (bytes[3] as number);
    return bytes.length < 7 ? null : 7 + bytes.readUInt16LE(5);
  }
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] as string);
  const chip = createSimulatedChip(
    { ...options, speed: 'fast', timings: TIMINGS },
    new PreciseClock(),
  );
  const visits: Visit[] = [];
  let requests = new Requests();
  let queue = Promise.resolve();
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    const visit = visits.at(-1) as Visit;
    for (const request of requests.take(bytes)) {
      queue = queue.then(async () => {
        if (isRead(request)) await new Promise((resolve) => setTimeout(resolve, READ_MS));
        // A request whose sender is gone by then was still on the way.
        if (visit !== visits.at(-1) || !chip.attached) return;
        note(visit, request, chip.flash.length);
        receive(request, baud);
      });
    }
  };
  const server = new SimulatedChipServer(chip, {
    port: 0,
    log: (line) => {
      if (!isSaid(line, 'simulator.clientConnected')) return;
      visits.push({ reads: [], changes: [] });
      requests = new Requests();
    },
  });
  const port = await server.listen();
  process.on('message', () => process.send?.({ visits, flash: chip.flash } satisfies ChipReport));
  process.on('disconnect', () => process.exit());
  process.send?.({ port, flash: chip.flash });
}

function isRead(request: Buffer): boolean {
  return request[3] === 0xff && request[7] === 0x09;
}

function note(visit: Visit, request: Buffer, size: number): void {
  if (request[3] !== 0xff || request[4] !== 0xf4) return;
  const code = request[7];
  if (code === 0x09) visit.reads.push(request.readUInt32LE(8) % size);
  if (code === 0x07) {
    visit.changes.push({ op: 'program', address: request.readUInt32LE(8), length: SECTOR });
  }
  if (code === 0x0f) {
    const length = request[8] === 0xd8 ? 16 * SECTOR : SECTOR;
    visit.changes.push({ op: 'erase', address: request.readUInt32LE(9), length });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
