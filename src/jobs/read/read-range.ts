import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { blocksOf, outward, sectorsOf } from '../../chip/regions';
import { hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { checkSeconds, readSeconds } from '../base/step-costs';
import { chipCrc, confirms } from '../chip/chip-checksum';
import { ComparePredictor } from '../chip/compare';
import { mustBeConfirmed } from '../chip/read-sector';

export interface ReadBytes {
  bytes: Buffer;
  /** Over the wire. */
  bytesRead: number;
  /** Taken from the base, proved by the chip's checksums. */
  bytesReused: number;
}

/** Where the sectors of a read go as they come, and what its base knows. */
interface SectorStore {
  /** Whether the base has this sector. One that it has not is read without asking. */
  has(address: number): boolean;
  /** A sector came over the wire; the next one is asked for afterwards. Told again when it is read anew. */
  keep(address: number, sector: Buffer): Promise<void>;
}

/** Without a store the base counts as whole, and nothing is kept. */
const NO_STORE: SectorStore = { has: () => true, keep: () => Promise.resolve() };

/**
 * Reads a range and has the chip confirm every 64 KiB of it by checksum; what does not match is read
 * again, sector by sector.
 * @param base what the range held once: what the chip confirms of it is not read
 */
export async function readRange(
  context: JobContext,
  range: Region,
  phase: 'read' | 'backup',
  base: Buffer | null = null,
  store: SectorStore = NO_STORE,
): Promise<ReadBytes> {
  const whole = outward(range);
  const bytes = Buffer.allocUnsafeSlow(whole.length);
  const usable = base !== null && base.length === whole.length ? base : null;
  const held = sectorsOf(whole).filter((address) => usable !== null && store.has(address));
  const reader = new BlockReader(context, phase, store, new Set(held));
  let bytesRead = 0;
  const seconds = sectorsOf(whole).reduce((sum, address) => sum + reader.secondsOf(address), 0);
  const message = say('job.readingBytes', { size: hex(whole.length) });
  context.progress.begin(phase, whole.length, seconds, message);
  for (const block of blocksOf(whole)) {
    const start = block.offset - whole.offset;
    const into = bytes.subarray(start, start + block.length);
    const known = usable?.subarray(start, start + block.length);
    bytesRead +=
      known && sectorsOf(block).some((address) => store.has(address))
        ? await reader.readChanged(block, into, known)
        : await reader.read(block, into);
  }
  const start = range.offset - whole.offset;
  return {
    bytes: bytes.subarray(start, start + range.length),
    bytesRead,
    bytesReused: whole.length - bytesRead,
  };
}

/** Reads the blocks of a range one after the other. */
class BlockReader {
  readonly #context: JobContext;
  readonly #phase: 'read' | 'backup';
  readonly #store: SectorStore;
  /** Sectors that the base had when the read began, without those that turned out to differ. */
  readonly #held: Set<number>;
  readonly #secondsToRead: number;
  readonly #predictor = new ComparePredictor();

  constructor(
    context: JobContext,
    phase: 'read' | 'backup',
    store: SectorStore,
    held: Set<number>,
  ) {
    this.#context = context;
    this.#phase = phase;
    this.#store = store;
    this.#held = held;
    this.#secondsToRead = readSeconds(SECTOR, context.session.workingBaud);
  }

  /** What a sector is planned to take: of one that the base has a checksum is expected to do. */
  secondsOf(address: number): number {
    return this.#held.has(address) ? checkSeconds(SECTOR) : this.#secondsToRead;
  }

  /** @returns how many bytes came over the wire */
  async read(block: Region, into: Buffer): Promise<number> {
    for (const address of sectorsOf(block)) {
      await this.#readSector(address, sectorIn(into, block, address));
      this.#tellReading(address);
    }
    if (!(await confirms(this.#context, block, into, 'read'))) {
      for (const address of sectorsOf(block)) {
        await this.#confirmSector(address, sectorIn(into, block, address));
      }
    }
    return block.length;
  }

  /**
   * Reads only the sectors that the base does not have. The checksum that tells that a sector differs confirms
   * it afterwards, too.
   * @param known the bytes of the base
   * @returns how many bytes came over the wire
   */
  async readChanged(block: Region, into: Buffer, known: Buffer): Promise<number> {
    const has = (address: number) => this.#store.has(address);
    known.copy(into);
    if (!this.#predictor.differs && sectorsOf(block).every(has)) {
      if ((await chipCrc(this.#context, block)) === crc32(known)) {
        this.#predictor.saw(true);
        this.#tellUnchanged(block);
        return 0;
      }
    }
    let read = 0;
    for (const address of sectorsOf(block)) {
      const sector = sectorIn(into, block, address);
      const range = { offset: address, length: SECTOR };
      const held = has(address) ? await chipCrc(this.#context, range) : null;
      if (held !== crc32(sector)) {
        await this.#readSector(address, sector);
        if (crc32(sector) !== held) await this.#confirmSector(address, sector);
        read += SECTOR;
        this.#expectRead(address);
      }
      this.#tellReading(address);
    }
    this.#predictor.saw(read === 0);
    return read;
  }

  async #readSector(address: number, into: Buffer): Promise<void> {
    await this.#context.step({ phase: this.#phase, address }, async () => {
      (await this.#context.flash.readSector(address)).copy(into);
    });
    await this.#store.keep(address, into);
  }

  /** Reads a sector again until the chip confirms it. */
  #confirmSector(address: number, into: Buffer): Promise<void> {
    return this.#context.step({ phase: this.#phase, address }, async (tries) => {
      if (tries > 0) {
        (await this.#context.flash.readSector(address)).copy(into);
        await this.#store.keep(address, into);
      }
      await mustBeConfirmed(this.#context, address, into);
    });
  }

  /** The base had this sector, and of no use. */
  #expectRead(address: number): void {
    const planned = this.secondsOf(address);
    if (!this.#held.delete(address)) return;
    this.#context.progress.expectMore(this.#phase, this.#secondsToRead - planned);
  }

  #tellReading(address: number): void {
    const message = say('job.reading', { address: hex(address) });
    const seconds = this.secondsOf(address);
    this.#context.progress.advance(this.#phase, SECTOR, address, message, seconds);
  }

  #tellUnchanged({ offset, length }: Region): void {
    const message = say('job.unchanged', { address: hex(offset) });
    this.#context.progress.advance(this.#phase, length, offset, message, checkSeconds(length));
  }
}

function sectorIn(bytes: Buffer, block: Region, address: number): Buffer {
  return bytes.subarray(address - block.offset, address - block.offset + SECTOR);
}
