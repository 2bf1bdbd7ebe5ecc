import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { type BkError, hex, isBkError } from '../errors';
import { badSectors, neverHolds, notTaking, spoiltOnTheWay } from './change-errors';
import { blankCrc, chipCrc, confirms, notePair } from './compare';
import type { JobContext } from './context';
import { FlashLedger, withFlashState } from './flash-state';
import { Pace } from './pace';
import type { BlockPlan, Plan } from './plan';
import { blocksOf, sectorsOf } from './ranges';
import { Strays } from './strays';

/** How often a sector whose bytes do not hold is erased and written again. */
const REPAIRS = 3;
/** The same where it holds other bytes each time, and other sectors do so as well: that is the line. */
const LINE_REPAIRS = 10;
/** So many sectors that do not hold their bytes are no coincidence. */
const LINE_SECTORS = 3;
/** How often a checksum that speaks against a sector is asked for until it comes twice alike. */
const DOUBTS = 3;
/** How often a sector is programmed whole before it is done page by page, in turn with the whole. */
const SECTOR_TRIES = 2;
/** How often a block is erased at once before it is done sector by sector. */
const BLOCK_TRIES = 2;
/** Silence before a checksum is asked for again, and how long to wait for it, ms. */
const QUIET_MS = 20;
const QUIET_LIMIT_MS = 200;
/** How often everything is verified anew because something had to be repaired. */
const VERIFY_ROUNDS = 6;
/** More sectors than this failing together is no worn sector: the flash as a whole does not take data. */
const BAD_SECTORS_AT_MOST = 8;

/** What was done to flash, for the job's summary. */
export interface ChangeCounts {
  sectorsErased: number;
  blocksErased: number;
  bytesWritten: number;
}

/** Erases and programs as planned. Every step looks at flash before it is repeated. */
export class Changer {
  readonly counts: ChangeCounts = { sectorsErased: 0, blocksErased: 0, bytesWritten: 0 };
  readonly #context: JobContext;
  readonly #pace: Pace;
  readonly #strays: Strays;
  readonly #ledger = new FlashLedger();
  /** At what rate each sector's bytes were sent, bits per second. */
  readonly #carriedAt = new Map<number, number>();
  #proved = false;
  #repairs = 0;
  /** Sectors that did not hold their bytes when it was first looked, and after all repairs. */
  readonly #suspects: number[] = [];
  readonly #bad: number[] = [];
  /** All sectors that needed a repair, and those that held other bytes after each. */
  readonly #repaired = new Set<number>();
  readonly #unsteady = new Set<number>();

  constructor(context: JobContext) {
    this.#context = context;
    this.#strays = new Strays(context);
    this.#pace = new Pace(context);
  }

  /** Carries a whole plan out; an error tells what flash holds then. */
  async run(plan: Plan, work: () => Promise<void>): Promise<void> {
    for (const block of plan.blocks) this.#ledger.expect(block);
    await this.#telling(work);
  }

  /** The same for erasing ranges. */
  async runErase(ranges: readonly Region[], work: () => Promise<void>): Promise<void> {
    for (const range of ranges) this.#ledger.expectErase(range);
    await this.#telling(work);
  }

  async #telling(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#strays.mustSpare((address) => this.#ledger.has(address));
    } catch (error) {
      if (!isBkError(error) || !this.#context.changed) throw error;
      // What was answered with success proved to mean nothing.
      if (isBkError(error, 'BK_FLASH_PROTECTED')) this.#ledger.doubt();
      this.#ledger.addUncertain(this.#strays.hit);
      throw withFlashState(error, this.#ledger.state());
    }
  }

  /** A range turned out to be as it should be. */
  isFresh(range: Region): void {
    this.#ledger.set(range, 'fresh');
  }

  async carryOut(block: BlockPlan): Promise<void> {
    for (const address of block.erase.addresses) {
      await this.#erase(address, block.erase.by === 'block' ? BLOCK : SECTOR);
    }
    for (const { address, data } of block.program) {
      await this.#program(address, data);
      this.#context.progress.advance('write', SECTOR, address, `Writing ${hex(address)}`);
      if (!this.#proved) await this.#proveFirst(address, data);
    }
  }

  async erase(address: number, length: number): Promise<void> {
    await this.#erase(address, length);
    if (!this.#proved) await this.#proveFirst(address, Buffer.alloc(length, 0xff));
  }

  /**
   * Has the chip check ranges, and repairs what does not hold, until nothing is left to repair.
   * @param first what was touched; `all` what the job answers for: a command that the line changed on its
   *   way may hit what was verified before, so that after any repair everything is asked again
   * @throws BkError BK_BAD_SECTOR when sectors stay wrong; all others are right then. BK_CRC_MISMATCH when
   *   each repair breaks something else
   */
  async verify(
    first: readonly Region[],
    all: readonly Region[],
    wanted: (range: Region) => Buffer,
  ): Promise<void> {
    let ranges = first;
    for (let round = 1; ; round++) {
      const before = this.#repairs;
      for (const range of ranges) await this.#verifyRange(range, wanted(range));
      if (this.#repairs === before) break;
      if (round === VERIFY_ROUNDS) throw neverHolds(round, this.#context);
      ranges = all;
    }
    if (this.#bad.length === 0) return;
    if (this.#bad.some((address) => this.#isLine(address))) throw this.#allBad(this.#bad);
    throw badSectors(this.#bad, REPAIRS, this.#context);
  }

  /** It is the line that a sector does not hold its bytes, and not the sector. */
  #isLine(address: number): boolean {
    return this.#unsteady.has(address) && this.#repaired.size >= LINE_SECTORS;
  }

  #allBad(addresses: readonly number[]): BkError {
    return addresses.some((address) => this.#isLine(address))
      ? spoiltOnTheWay(addresses, LINE_REPAIRS, this.#context)
      : notTaking(addresses, REPAIRS, this.#context);
  }

  /** 64 KiB at a time. What cannot be repaired is noted, so that everything else is in place by the end. */
  async #verifyRange(range: Region, wanted: Buffer): Promise<void> {
    const bad = this.#bad;
    for (const block of blocksOf(range)) {
      const bytes = wanted.subarray(block.offset - range.offset).subarray(0, block.length);
      if (!(await confirms(this.#context, block, bytes, 'write'))) {
        for (const address of sectorsOf(block)) {
          if (bad.includes(address)) continue;
          const data = bytes.subarray(address - block.offset).subarray(0, SECTOR);
          if (!(await this.#repair(address, data))) {
            bad.push(address);
            this.#evidence.sectorFailed(address);
            this.#ledger.set({ offset: address, length: SECTOR }, 'uncertain');
          }
          if (bad.length > BAD_SECTORS_AT_MOST) throw this.#allBad(bad);
        }
      }
      this.#settle(block);
      this.#context.progress.advance(
        'verify',
        block.length,
        block.offset,
        `Verifying ${hex(block.offset)}`,
      );
    }
  }

  /** What the chip has confirmed holds what it should, but for the sectors that stay wrong. */
  #settle(block: Region): void {
    for (const address of sectorsOf(block)) {
      if (!this.#bad.includes(address)) this.isFresh({ offset: address, length: SECTOR });
    }
  }

  async #erase(address: number, length: number): Promise<void> {
    const gentle = this.#pace.gentle;
    const atOnce = length === BLOCK && !gentle && (await this.#eraseBlock(address));
    if (!atOnce) {
      // A block's erase that broke off has erased some of them.
      const look = gentle || length === BLOCK;
      for (const sector of sectorsOf({ offset: address, length })) {
        await this.#eraseSector(sector, look);
      }
    }
    this.#context.progress.advance('erase', length, address, `Erasing ${hex(address)}`);
  }

  #carriedOut(address: number): void {
    this.#evidence.carriedOut(address);
    this.#strays.forget();
  }

  #blameLine(address: number): Promise<void> {
    const { session, signal } = this.#context;
    return this.#context.step({ phase: 'verify', address }, async (tries) => {
      if (tries === 0) await session.blameLine(signal);
    });
  }

  get #evidence() {
    return this.#context.session.exchanger.evidence;
  }

  /** From here on until it is done, nobody can tell what the range holds. */
  #touch(range: Region): void {
    this.#context.changed = true;
    this.#context.session.fingerprint?.forget(range);
    this.#ledger.set(range, 'uncertain');
  }

  /** @returns false where it does not work at once: a supply may bear a sector's time and not a block's */
  async #eraseBlock(address: number): Promise<boolean> {
    const { flash } = this.#context;
    const range = { offset: address, length: BLOCK };
    const done = await this.#context.step({ phase: 'erase', address }, async (tries) => {
      // The answer may have been lost, not the erase.
      if (tries > 0 && (await flash.crc(address, BLOCK)) === blankCrc(BLOCK)) {
        this.#carriedOut(address);
        return true;
      }
      this.#strays.note(tries);
      if (tries >= BLOCK_TRIES) return false;
      this.#touch(range);
      await flash.eraseBlock(address);
      this.counts.blocksErased++;
      return true;
    });
    if (!done) return false;
    this.#ledger.set(range, 'blank');
    await this.#pace.rest();
    return true;
  }

  async #eraseSector(address: number, look = this.#pace.gentle): Promise<void> {
    const { flash } = this.#context;
    const range = { offset: address, length: SECTOR };
    await this.#context.step({ phase: 'erase', address }, async (tries) => {
      const known = tries > 0 || look;
      if (known && (await flash.crc(address, SECTOR)) === blankCrc(SECTOR)) {
        if (tries > 0) this.#carriedOut(address);
        return;
      }
      this.#strays.note(tries);
      this.#touch(range);
      await flash.eraseSector(address);
      this.counts.sectorsErased++;
    });
    this.#ledger.set(range, 'blank');
    await this.#pace.rest();
  }

  async #program(address: number, data: Buffer): Promise<void> {
    const { flash } = this.#context;
    const range = { offset: address, length: SECTOR };
    await this.#context.step({ phase: 'write', address }, async (tries) => {
      if (tries > 0) {
        const held = await flash.crc(address, SECTOR);
        if (held === crc32(data)) {
          this.#carriedOut(address);
          return;
        }
        if (held === blankCrc(SECTOR)) this.#strays.note(tries);
        else {
          this.#touch(range);
          await flash.eraseSector(address);
          this.counts.sectorsErased++;
        }
      }
      this.#touch(range);
      // Where a whole sector at once failed twice, pages draw the same charge in small portions; but they take
      // longer, and not every supply likes that better.
      const byPages = tries >= SECTOR_TRIES && tries % 2 === 0;
      if (byPages) await flash.programPages(address, data);
      else await flash.program(address, data);
    });
    this.#carriedAt.set(address, this.#context.session.exchanger.transport.baudRate);
    this.#ledger.set(range, 'written');
    this.counts.bytesWritten += data.length;
    await this.#pace.rest();
  }

  /** A flash that takes commands and changes nothing must not be found out at the end of the job. */
  async #proveFirst(address: number, data: Buffer): Promise<void> {
    const range = { offset: address, length: data.length };
    if (await confirms(this.#context, range, data, 'write')) {
      this.#proved = true;
      this.isFresh(range);
      return;
    }
    // One sector may be worn; a repair tells, and unlocks what has come to be locked.
    this.#context.session.forgetLocks();
    const first = data.subarray(0, SECTOR);
    if (await this.#repair(address, first)) {
      this.#proved = true;
      return;
    }
    this.#suspects.push(address);
    const steady = this.#suspects.filter((one) => !this.#unsteady.has(one));
    if (steady.length >= 2) throw notTaking(steady, REPAIRS, this.#context);
  }

  /** @returns false when the sector does not hold its bytes after all tries */
  async #repair(address: number, data: Buffer): Promise<boolean> {
    const range = { offset: address, length: SECTOR };
    const wanted = crc32(data);
    // A sector that was given up at the start gets one more try at the end, when the line may be better.
    const repairs = this.#suspects.includes(address) ? 1 : REPAIRS;
    let before: number | null = null;
    for (let repair = 0; ; repair++) {
      const held = await this.#heldIn(range, wanted);
      notePair(this.#context, range, 'write', wanted, held, this.#carriedAt.get(address));
      if (held === wanted) return true;
      this.#repaired.add(address);
      // Erased and programmed with success, and not one bit of it is another: that is the sector.
      // Other bytes each time are what a line makes of them.
      if (held === before) {
        this.#evidence.notTaken(address);
        this.#unsteady.delete(address);
      } else {
        if (before !== null) this.#unsteady.add(address);
        await this.#blameLine(address);
      }
      before = held;
      if (repair >= (this.#isLine(address) ? LINE_REPAIRS : repairs)) return false;
      this.#repairs++;
      // Protect bits may have come back by themselves.
      this.#context.session.forgetLocks();
      await this.#erase(address, SECTOR);
      if (wanted !== blankCrc(SECTOR)) await this.#program(address, data);
    }
  }

  /**
   * The chip's checksum of a sector; one that speaks against what is wanted has to come twice alike. A checksum
   * says nothing of what it is of: an answer that was changed, or came twice, must not cost an erase.
   */
  async #heldIn(range: Region, wanted: number): Promise<number> {
    let held = await chipCrc(this.#context, range, 'verify');
    for (let doubt = 0; held !== wanted && doubt < DOUBTS; doubt++) {
      await this.#context.session.exchanger.quiet(QUIET_MS, QUIET_LIMIT_MS);
      const again = await chipCrc(this.#context, range, 'verify');
      if (again === held) break;
      held = again;
    }
    return held;
  }
}
