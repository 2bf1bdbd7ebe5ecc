import { crc32 } from 'node:zlib';
import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { sectorsOf } from '../../chip/regions';
import { hex, isBkError } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { blankCrc } from '../chip/chip-checksum';
import type { FlashLedger } from './flash-ledger';
import { GentlePace } from './gentle-pace';
import type { MisdirectedWrites } from './misdirected-writes';

/** How often a sector is programmed whole before it is done page by page, in turn with the whole. */
const SECTOR_TRIES = 2;
/** How often a block is erased at once before it is done sector by sector. */
const BLOCK_TRIES = 2;
/** How often in a row the chip may refuse a sector before it is left for the end. */
const REFUSALS = 2;
/** More sectors refused than this is no worn sector, nor is it where nothing was ever taken. */
const REFUSED_AT_MOST = 8;
const REFUSED_AT_FIRST = 1;

/** What was done to flash, for the job's summary. */
export interface ChangeCounts {
  sectorsErased: number;
  blocksErased: number;
}

/** Single erases and programs. Each looks at flash before it is repeated. */
export class FlashSteps {
  readonly counts: ChangeCounts = { sectorsErased: 0, blocksErased: 0 };
  /** Whether flash has been seen to take what it was given. */
  proved = false;
  readonly #context: JobContext;
  readonly #ledger: FlashLedger;
  readonly #misdirected: MisdirectedWrites;
  readonly #pace: GentlePace;
  /** At what rate each sector's bytes were sent, bits per second. */
  readonly #carriedAt = new Map<number, number>();
  /** Sectors that the chip itself would not erase or program. */
  readonly #refused = new Set<number>();

  constructor(context: JobContext, ledger: FlashLedger, misdirected: MisdirectedWrites) {
    this.#context = context;
    this.#ledger = ledger;
    this.#misdirected = misdirected;
    this.#pace = new GentlePace(context);
  }

  /** The rate at which a sector's bytes were sent; undefined where none were. */
  carriedAt(address: number): number | undefined {
    return this.#carriedAt.get(address);
  }

  isRefused(address: number): boolean {
    return this.#refused.has(address);
  }

  async erase(address: number, length: number): Promise<void> {
    const gentle = this.#pace.gentle;
    const atOnce = length === BLOCK && !gentle && (await this.#eraseBlock(address));
    if (!atOnce) {
      // A block's erase that broke off has erased some of them.
      const look = gentle || length === BLOCK;
      for (const sector of sectorsOf({ offset: address, length })) {
        await this.#eraseSector(sector, look);
      }
    }
    const message = say('job.erasing', { address: hex(address) });
    this.#context.progress.advance('erase', length, address, message);
  }

  /** Programs a sector that was erased; one whose erase was refused is left as it is. */
  async program(address: number, data: Buffer): Promise<void> {
    if (this.isRefused(address)) return;
    const { flash } = this.#context;
    await this.#change(address, 'write', async (tries) => {
      if (tries > 0) {
        const held = await flash.crc(address, SECTOR);
        if (held === crc32(data)) {
          this.#carriedOut(address);
          return;
        }
        if (held === blankCrc(SECTOR)) this.#misdirected.note(tries);
        else {
          this.#touch({ offset: address, length: SECTOR });
          await flash.eraseSector(address);
          this.counts.sectorsErased++;
        }
      }
      this.#touch({ offset: address, length: SECTOR }, data);
      // Where a whole sector at once failed twice, pages draw the same charge in small portions; but they take
      // longer, and not every supply likes that better.
      const byPages =
        this.#context.session.sectorOutlastsWindow || (tries >= SECTOR_TRIES && tries % 2 === 0);
      if (byPages) await flash.programPages(address, data);
      else await flash.program(address, data);
    });
    if (this.isRefused(address)) return;
    await this.#settle(address, data);
    this.#carriedAt.set(address, this.#context.session.exchanger.transport.baudRate);
    this.#ledger.set({ offset: address, length: SECTOR }, 'written');
    await this.#pace.rest();
  }

  /** @returns false where it does not work at once: a supply may bear a sector's time and not a block's */
  async #eraseBlock(address: number): Promise<boolean> {
    const { flash } = this.#context;
    const range = { offset: address, length: BLOCK };
    let refused = false;
    const step = { phase: 'erase', address } as const;
    const done = await this.#context.step(step, async (tries) => {
      await this.#context.session.mustBeSameSinceKept(step);
      // The answer may have been lost, not the erase.
      if (tries > 0 && (await flash.crc(address, BLOCK)) === blankCrc(BLOCK)) {
        this.#carriedOut(address);
        return true;
      }
      this.#misdirected.note(tries);
      if (refused || tries >= BLOCK_TRIES) return false;
      this.#touch(range);
      try {
        await flash.eraseBlock(address);
      } catch (error) {
        // One of its sectors may be the reason, and the others are not.
        refused = isRefusal(error, address);
        throw error;
      }
      this.counts.blocksErased++;
      return true;
    });
    if (!done) return false;
    this.#ledger.set(range, 'blank');
    await this.#pace.rest();
    return true;
  }

  async #eraseSector(address: number, look: boolean): Promise<void> {
    const { flash } = this.#context;
    const range = { offset: address, length: SECTOR };
    await this.#change(address, 'erase', async (tries) => {
      const known = tries > 0 || look;
      if (known && (await flash.crc(address, SECTOR)) === blankCrc(SECTOR)) {
        if (tries > 0) this.#carriedOut(address);
        return;
      }
      this.#misdirected.note(tries);
      this.#touch(range);
      await flash.eraseSector(address);
      this.counts.sectorsErased++;
    });
    if (this.isRefused(address)) return;
    this.#ledger.set(range, 'blank');
    await this.#pace.rest();
  }

  /** One step at one sector; where the chip goes on refusing it, it is noted and all others come first. */
  async #change(
    address: number,
    phase: 'erase' | 'write',
    attempt: (tries: number) => Promise<void>,
  ): Promise<void> {
    // Of one that was refused before, once more is enough.
    let refusals = this.#refused.delete(address) ? REFUSALS - 1 : 0;
    await this.#context.step({ phase, address }, async (tries) => {
      try {
        await this.#context.session.mustBeSameSinceKept({ phase, address });
        await attempt(tries);
      } catch (error) {
        refusals = isRefusal(error, address) ? refusals + 1 : 0;
        const atMost = this.proved ? REFUSED_AT_MOST : REFUSED_AT_FIRST;
        if (refusals < REFUSALS || this.#refused.size >= atMost) throw error;
        this.#refused.add(address);
      }
    });
  }

  /** What told the chip from others does so again as soon as the chip has it. */
  async #settle(address: number, data: Buffer): Promise<void> {
    const { session } = this.#context;
    if (session.fingerprint?.isChanged !== true) return;
    await this.#context.step({ phase: 'verify', address }, async () =>
      session.fingerprint?.settle(address, data),
    );
  }

  #carriedOut(address: number): void {
    this.#context.session.exchanger.evidence.carriedOut(address);
    this.#misdirected.forget();
  }

  /** From here on until it is done, nobody can tell what the range holds. */
  #touch(range: Region, bytes: Buffer | null = null): void {
    this.#context.changed = true;
    this.#context.session.fingerprint?.forget(range, bytes);
    this.#ledger.set(range, 'uncertain');
  }
}

/** The chip's own "no" to this sector, and not to the unlocking before. */
function isRefusal(error: unknown, address: number): boolean {
  if (!isBkError(error) || error.details.refusal === undefined) return false;
  const at = error.cause.address;
  return at !== null && at - (at % SECTOR) === address;
}
