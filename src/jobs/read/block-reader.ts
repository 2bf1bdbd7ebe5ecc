import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { hex, isBkError } from '../../errors';
import { joinedCrc } from '../../session/memory/known-sectors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { checkSeconds, readSeconds } from '../base/step-costs';
import { chipCrc, notePair } from '../chip/chip-checksum';
import { ComparePredictor, HitPredictor } from '../chip/predictors';
import { mustBeConfirmed } from '../chip/read-sector';
import { BLANK, type SectorSource } from './sector-sources';

/** In how many blocks that differ, and by how many of their sectors, it is found out how they do. */
const LOOKS = 2;
const SAMPLES = 4;

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
  /** The chip's checksum of all of it, where it was asked for ahead. */
  asked: number | null;
  /** The chip's checksum of all of it; null where it was not asked for. */
  crc: number | null;
  /** Checksums of the sectors that are in place. */
  known: number[];
  /** The sectors of the block after it, where they will have to be read right behind it. */
  following: readonly number[];
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
  #same: HitPredictor;
  readonly #blank = new HitPredictor(false);
  #looksLeft = LOOKS;
  /** The chip's checksums of sectors that have been asked for ahead. */
  readonly #sampled = new Map<number, number>();

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

  /** What a range is planned to take; of sectors that are likely to be known a checksum is expected to do. */
  secondsOf(range: Region): number {
    return sectorsOf(range).reduce((sum, address) => sum + this.#planned(address, null), 0);
  }

  /**
   * Asks for the checksums of all blocks before any of them is read, so that it is known how much there is to be read.
   * Where a backup of this chip is at hand that is no use: there is little to read, and it is asked for by sectors.
   * @returns by offset, to be given to `read`
   */
  async look(blocks: readonly Region[]): Promise<Map<number, number>> {
    const crcs = new Map<number, number>();
    if (this.#sources.some(({ isLikely }) => isLikely)) return crcs;
    const { progress } = this.#context;
    for (const range of blocks) {
      const crc = await this.#crc(range);
      crcs.set(range.offset, crc);
      const { offset, length } = range;
      const message = say('job.looking', { address: hex(offset) });
      progress.advance(this.#phase, 0, offset, message, checkSeconds(length));
      const addresses = sectorsOf(range);
      if (!this.#sourcesOf(addresses, [], crc).next().done) {
        progress.expectMore(this.#phase, -addresses.length * this.#secondsOnLine);
      } else if (await this.#isScattered(addresses)) {
        this.#blocks.saw(false);
        break;
      }
    }
    return crcs;
  }

  /**
   * Whether a block that differs is mostly as others have it: what differs is scattered then, and blocks that are asked
   * for as a whole bring nothing. Looked at in the first such blocks only.
   */
  async #isScattered(addresses: readonly number[]): Promise<boolean> {
    if (this.#looksLeft === 0 || !addresses.every((address) => this.#isHeld(address))) return false;
    this.#looksLeft--;
    const step = Math.max(1, Math.floor(addresses.length / SAMPLES));
    const samples = addresses.filter((_, index) => index % step === 0);
    let same = 0;
    for (const address of samples) {
      const crc = await this.#crc({ offset: address, length: SECTOR });
      this.#sampled.set(address, crc);
      if (this.#sources.some((one) => one !== BLANK && one.crcAt(address) === crc)) same++;
    }
    if (same <= samples.length / 2) return false;
    this.#same = new HitPredictor(true);
    return true;
  }

  /**
   * @param range at sector boundaries, inside one block
   * @param asked the chip's checksum of it, where that is known
   * @param next the block that is read after it, and the chip's checksum of that
   */
  async read(
    range: Region,
    into: Buffer,
    asked: number | null,
    next?: { range: Region; asked: number | null },
  ): Promise<void> {
    const addresses = sectorsOf(range);
    const following = next === undefined || asked === null ? [] : this.#broughtAtOnce(next);
    const lists = { known: [], unproved: [], following };
    const block: Block = { range, into, addresses, asked, crc: asked, ...lists };
    const { bytesRead } = this.counts;
    if (block.crc === null && !this.#asksEach(addresses)) block.crc = await this.#crc(range);
    while (block.known.length < addresses.length && !(await this.#takeRest(block))) {
      await this.#settleNext(block);
    }
    await this.#prove(block);
    for (const address of addresses) {
      this.#context.flash.known.note(address, crc32(sectorIn(into, range, address)));
    }
    this.#blocks.saw(this.counts.bytesRead === bytesRead);
  }

  /** The sectors of a block of which the first is read before anything else is asked for; none where that is not so. */
  #broughtAtOnce({ range, asked }: { range: Region; asked: number | null }): number[] {
    const addresses = sectorsOf(range);
    if (asked === null || !this.#sourcesOf(addresses, [], asked).next().done) return [];
    return addresses;
  }

  get #secondsOnLine(): number {
    return readSeconds(SECTOR, this.#context.session.workingBaud) - checkSeconds(SECTOR);
  }

  /** Seconds that a sector is planned to take. @param asked whether its block's checksum has been counted already */
  #planned(address: number, asked: number | null): number {
    if (asked !== null) return this.#secondsOnLine;
    const isKnown = this.#sources.some((one) => one.isLikely && one.crcAt(address) !== undefined);
    return checkSeconds(SECTOR) + (isKnown ? 0 : this.#secondsOnLine);
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
    const { crc, known, addresses, range, into, unproved } = block;
    if (crc === null) return false;
    const rest = addresses.slice(known.length);
    const offset = rest[0] as number;
    const stretch = { offset, length: rest.length * SECTOR };
    const place = into.subarray(offset - range.offset).subarray(0, stretch.length);
    for (const source of this.#sourcesOf(rest, known, crc)) {
      if (!(await source.take(stretch, place))) continue;
      if (unproved.length > 0) notePair(this.#context, range, 'read', crc, crc);
      block.unproved = [];
      for (const address of rest) {
        const theirs = source.crcAt(address) as number;
        known.push(theirs);
        this.#count(source, address, block);
        this.#learn(address, theirs);
      }
      return true;
    }
    return false;
  }

  /** The sources by which the rest of a block makes its checksum what the chip says. */
  *#sourcesOf(
    rest: readonly number[],
    known: readonly number[],
    crc: number,
  ): Generator<SectorSource> {
    for (const source of this.#sources) {
      const theirs = rest.map((address) => source.crcAt(address));
      if (!theirs.every((one) => one !== undefined)) continue;
      if (joinedCrc([...known, ...theirs]) === crc) yield source;
    }
  }

  /** The next sector of a block: asked for where somebody may have it, and brought by the line else. */
  async #settleNext(block: Block): Promise<void> {
    const address = block.addresses[block.known.length] as number;
    const sector = sectorIn(block.into, block.range, address);
    const held =
      this.#sampled.get(address) ??
      (this.#isWorthAsking(address) ? await this.#crc({ offset: address, length: SECTOR }) : null);
    const source = held === null ? null : await this.#takeSector(address, held, sector);
    if (source !== null) {
      this.#count(source, address, block);
    } else {
      await this.#readSector(address, sector, this.#toBeRead(block));
      if (held === null) block.unproved.push(address);
      else if (crc32(sector) !== held) await this.#confirmSector(address, sector);
      this.#countRead(address, block);
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
    return question < chance * (this.#secondsOnLine + latency);
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

  /** The sectors that will have to be read after the one that is to be settled now, as far as that can be told. */
  #toBeRead({ addresses, known, following }: Block): number[] {
    const rest = [...addresses.slice(known.length + 1), ...following];
    const end = rest.findIndex((next) => this.#sampled.has(next) || this.#isWorthAsking(next));
    return end === -1 ? rest : rest.slice(0, end);
  }

  async #readSector(address: number, into: Buffer, then: readonly number[]): Promise<void> {
    await this.#context.step({ phase: this.#phase, address }, async (tries) => {
      (await this.#context.flash.readSector(address, tries === 0 ? then : [])).copy(into);
    });
    await this.#keep(address, into);
  }

  /** Reads a sector again until the chip confirms it. */
  async #confirmSector(address: number, into: Buffer): Promise<void> {
    try {
      await this.#context.step({ phase: this.#phase, address }, async (tries) => {
        if (tries > 0) {
          (await this.#context.flash.readSector(address)).copy(into);
          await this.#keep(address, into);
        }
        await mustBeConfirmed(this.#context, address, into);
      });
    } catch (error) {
      if (isBkError(error, 'BK_CRC_MISMATCH'))
        this.#context.show({ offset: address, length: SECTOR }, 'failed');
      throw error;
    }
  }

  #count(source: SectorSource, address: number, { asked }: Block): void {
    const place = { address: hex(address) };
    const isBlank = source.counts === 'blank';
    if (isBlank) this.counts.bytesBlank += SECTOR;
    else this.counts.bytesReused += SECTOR;
    this.#context.show({ offset: address, length: SECTOR }, isBlank ? 'read' : 'same');
    const message = isBlank ? say('job.blank', place) : say('job.unchanged', place);
    const seconds = this.#planned(address, asked);
    this.#context.progress.advance(this.#phase, SECTOR, address, message, seconds);
  }

  #countRead(address: number, { asked }: Block): void {
    const { progress } = this.#context;
    this.counts.bytesRead += SECTOR;
    this.#context.show({ offset: address, length: SECTOR }, 'read');
    const planned = this.#planned(address, asked);
    const seconds = (asked === null ? checkSeconds(SECTOR) : 0) + this.#secondsOnLine;
    if (planned < seconds) progress.expectMore(this.#phase, seconds - planned);
    const message = say('job.reading', { address: hex(address) });
    progress.advance(this.#phase, SECTOR, address, message, seconds);
  }
}

function sectorIn(bytes: Buffer, block: Region, address: number): Buffer {
  return bytes.subarray(address - block.offset, address - block.offset + SECTOR);
}
