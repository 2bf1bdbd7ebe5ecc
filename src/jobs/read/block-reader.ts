import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { hex } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { checkSeconds, readSeconds } from '../base/step-costs';
import { chipCrc, notePair } from '../chip/chip-checksum';
import { ComparePredictor } from '../chip/compare';
import { joinedCrc } from '../chip/joined-crc';
import { mustBeConfirmed } from '../chip/read-sector';
import { HitPredictor } from './hit-predictor';
import { BLANK, type SectorSource } from './sector-sources';

/** What became of the bytes of a read. */
export interface ReadCounts {
  /** Over the wire. */
  bytesRead: number;
  /** Taken from what was there, proved by the chip's checksums. */
  bytesReused: number;
  /** Blank, by the chip's checksums. */
  bytesBlank: number;
}

/** Takes a sector that came over the wire; the next one is asked for afterwards. Told again when it is read anew. */
export type Keep = (address: number, sector: Buffer) => Promise<void>;

/** A block that is being read. */
interface Block {
  range: Region;
  into: Buffer;
  addresses: readonly number[];
  /** The chip's checksum of all of it; null where it was not asked for. */
  crc: number | null;
  /** Checksums of the sectors that are in place. */
  known: number[];
  /** Those that the line has brought and that nothing has confirmed yet. */
  unproved: number[];
}

/**
 * Reads blocks one after the other, and of each only what nobody has yet. The chip is asked for its checksum of a
 * block before the block is read instead of afterwards: it is the same answer, and where it is that of blank flash,
 * or of what a source holds, there is nothing to read. While sectors come it is tried again and again for nothing
 * whether all the rest is blank, or as a source has it.
 */
export class BlockReader {
  readonly counts: ReadCounts = { bytesRead: 0, bytesReused: 0, bytesBlank: 0 };
  readonly #context: JobContext;
  readonly #phase: 'read' | 'backup';
  readonly #sources: readonly SectorSource[];
  readonly #keep: Keep;
  /** Of whole blocks. */
  readonly #blocks = new ComparePredictor();
  /** Of single sectors: whether a source has what the chip has, and whether it is blank. */
  readonly #same: HitPredictor;
  readonly #blank = new HitPredictor(false);

  /** @param sources where bytes may come from, the likeliest first; blank flash is always one */
  constructor(
    context: JobContext,
    phase: 'read' | 'backup',
    sources: readonly SectorSource[],
    keep: Keep,
  ) {
    this.#context = context;
    this.#phase = phase;
    this.#sources = [...sources, BLANK];
    this.#keep = keep;
    this.#same = new HitPredictor(sources.some(({ isLikely }) => isLikely));
  }

  /** What a sector is planned to take: of one that is likely to be known a checksum is expected to do. */
  secondsOf(address: number): number {
    const isKnown = this.#sources.some((one) => one.isLikely && one.crcAt(address) !== undefined);
    return isKnown ? checkSeconds(SECTOR) : this.#secondsToRead;
  }

  get #secondsToRead(): number {
    return readSeconds(SECTOR, this.#context.session.workingBaud);
  }

  /** @param range at sector boundaries, inside one block */
  async read(range: Region, into: Buffer): Promise<void> {
    const addresses = sectorsOf(range);
    const block: Block = { range, into, addresses, crc: null, known: [], unproved: [] };
    const { bytesRead } = this.counts;
    if (!this.#asksEach(addresses)) block.crc = await this.#crc(range);
    while (block.known.length < addresses.length && !(await this.#takeRest(block))) {
      await this.#settleNext(block);
    }
    await this.#prove(block);
    this.#blocks.saw(this.counts.bytesRead === bytesRead);
  }

  /**
   * Where differences turn up, but most sectors are as somebody has them, each is asked for by itself; the block as a
   * whole would be asked in vain.
   */
  #asksEach(addresses: readonly number[]): boolean {
    if (!this.#blocks.differs || !this.#pays(this.#same.least)) return false;
    return addresses.every((address) => this.#isHeld(address));
  }

  /** Whether a source has something for an address, right or wrong. */
  #isHeld(address: number): boolean {
    return this.#sources.some((one) => one !== BLANK && one.crcAt(address) !== undefined);
  }

  #crc(range: Region): Promise<number> {
    return chipCrc(this.#context, range, this.#phase);
  }

  /** Whether all that is left of a block is what one source has for it; it is in its place then. */
  async #takeRest(block: Block): Promise<boolean> {
    const { crc, known, addresses, range, into } = block;
    if (crc === null) return false;
    const rest = addresses.slice(known.length);
    for (const source of this.#sources) {
      const theirs = rest.map((address) => source.crcAt(address));
      if (!theirs.every((one) => one !== undefined)) continue;
      if (joinedCrc([...known, ...theirs]) !== crc) continue;
      const offset = rest[0] as number;
      const length = rest.length * SECTOR;
      const place = into.subarray(offset - range.offset).subarray(0, length);
      if (!(await source.take({ offset, length }, place))) continue;
      if (block.unproved.length > 0) notePair(this.#context, range, 'read', crc, crc);
      block.unproved = [];
      known.push(...theirs);
      for (const [index, address] of rest.entries()) {
        this.#count(source, address);
        this.#learn(address, theirs[index] as number);
      }
      return true;
    }
    return false;
  }

  /** The next sector of a block: asked for where somebody may have it, and brought by the line else. */
  async #settleNext(block: Block): Promise<void> {
    const address = block.addresses[block.known.length] as number;
    const sector = sectorIn(block.into, block.range, address);
    const held = this.#isWorthAsking(address)
      ? await this.#crc({ offset: address, length: SECTOR })
      : null;
    const source = held === null ? null : await this.#takeSector(address, held, sector);
    if (source !== null) {
      this.#count(source, address);
    } else {
      await this.#readSector(address, sector);
      if (held === null) block.unproved.push(address);
      else if (crc32(sector) !== held) await this.#confirmSector(address, sector);
      this.#countRead(address);
    }
    const crc = crc32(sector);
    block.known.push(crc);
    this.#learn(address, crc);
  }

  #learn(address: number, crc: number): void {
    this.#blank.saw(crc === BLANK.crcAt(address));
    if (!this.#isHeld(address)) return;
    this.#same.saw(this.#sources.some((one) => one !== BLANK && one.crcAt(address) === crc));
  }

  #isWorthAsking(address: number): boolean {
    const { chance } = this.#blank;
    return this.#pays(this.#isHeld(address) ? Math.max(chance, this.#same.chance) : chance);
  }

  /** A question costs the chip's time for a checksum, and one more answer; it may save a sector on the line. */
  #pays(chance: number): boolean {
    const latency = this.#context.session.exchanger.latency / 1000;
    const question = checkSeconds(SECTOR) + latency;
    return question < chance * (this.#secondsToRead - checkSeconds(SECTOR) + latency);
  }

  async #takeSector(address: number, crc: number, into: Buffer): Promise<SectorSource | null> {
    const range = { offset: address, length: SECTOR };
    for (const source of this.#sources) {
      if (source.crcAt(address) === crc && (await source.take(range, into))) return source;
    }
    return null;
  }

  /** What came over the line is checked by the chip's checksum of the whole block; what it contradicts, by sectors. */
  async #prove({ range, into, crc, unproved }: Block): Promise<void> {
    if (unproved.length === 0) return;
    const chip = crc ?? (await this.#crc(range));
    const host = crc32(into);
    notePair(this.#context, range, 'read', host, chip);
    if (host === chip) return;
    for (const address of unproved) {
      await this.#confirmSector(address, sectorIn(into, range, address));
    }
  }

  async #readSector(address: number, into: Buffer): Promise<void> {
    await this.#context.step({ phase: this.#phase, address }, async () => {
      (await this.#context.flash.readSector(address)).copy(into);
    });
    await this.#keep(address, into);
  }

  /** Reads a sector again until the chip confirms it. */
  #confirmSector(address: number, into: Buffer): Promise<void> {
    return this.#context.step({ phase: this.#phase, address }, async (tries) => {
      if (tries > 0) {
        (await this.#context.flash.readSector(address)).copy(into);
        await this.#keep(address, into);
      }
      await mustBeConfirmed(this.#context, address, into);
    });
  }

  #count(source: SectorSource, address: number): void {
    const place = { address: hex(address) };
    const isBlank = source.counts === 'blank';
    if (isBlank) this.counts.bytesBlank += SECTOR;
    else this.counts.bytesReused += SECTOR;
    const message = isBlank ? say('job.blank', place) : say('job.unchanged', place);
    this.#context.progress.advance(this.#phase, SECTOR, address, message, this.secondsOf(address));
  }

  #countRead(address: number): void {
    const { progress } = this.#context;
    this.counts.bytesRead += SECTOR;
    const seconds = this.#secondsToRead;
    const planned = this.secondsOf(address);
    if (planned < seconds) progress.expectMore(this.#phase, seconds - planned);
    const message = say('job.reading', { address: hex(address) });
    progress.advance(this.#phase, SECTOR, address, message, seconds);
  }
}

function sectorIn(bytes: Buffer, block: Region, address: number): Buffer {
  return bytes.subarray(address - block.offset, address - block.offset + SECTOR);
}
