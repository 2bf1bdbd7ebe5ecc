import { BLOCK, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { blocksOf, sectorsOf } from '../../chip/regions';
import { hex, isBkError } from '../../errors';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { confirms } from '../chip/chip-checksum';
import { neverHolds } from './change-errors';
import type { BlockPlan, Plan } from './change-plan';
import { FlashLedger, withFlashState } from './flash-ledger';
import { type ChangeCounts, FlashSteps } from './flash-steps';
import { MisdirectedWrites } from './misdirected-writes';
import { Repairs } from './repairs';

/** How often everything is verified anew because something had to be repaired. */
const VERIFY_ROUNDS = 6;
/** More sectors than this failing together is no worn sector: the flash as a whole does not take data. */
const BAD_SECTORS_AT_MOST = 8;

/** What the ledger of a job says, as who looks on is told of it. */
const SHOWN = { fresh: 'verified', written: 'written', blank: 'erased' } as const;

/** Erases and programs as planned, has the chip check it, and repairs what does not hold. */
export class Changer {
  readonly #context: JobContext;
  readonly #misdirected: MisdirectedWrites;
  readonly #ledger: FlashLedger;
  readonly #steps: FlashSteps;
  readonly #repairs: Repairs;
  /** Sectors that stay wrong after all repairs, and what was held for the cause when they were given up. */
  readonly #bad = new Map<number, 'line' | 'sector'>();

  constructor(context: JobContext) {
    this.#context = context;
    this.#ledger = new FlashLedger((range, holds) => {
      // What is uncertain while an erase or a program is under way is settled in a moment.
      if (holds in SHOWN) context.show(range, SHOWN[holds as keyof typeof SHOWN]);
    });
    this.#misdirected = new MisdirectedWrites(context);
    this.#steps = new FlashSteps(context, this.#ledger, this.#misdirected);
    this.#repairs = new Repairs(context, this.#steps);
  }

  get counts(): ChangeCounts {
    return this.#steps.counts;
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
      this.#misdirected.mustSpare((address) => this.#ledger.has(address));
    } catch (error) {
      if (!isBkError(error) || !this.#context.changed) throw error;
      // What was answered with success proved to mean nothing.
      if (isBkError(error, 'BK_FLASH_PROTECTED')) this.#ledger.doubt();
      this.#ledger.addUncertain(this.#misdirected.hit);
      const state = this.#ledger.state();
      for (const range of state.uncertain) this.#context.show(range, 'failed');
      throw withFlashState(error, state);
    }
  }

  /** A range turned out to be as it should be. */
  markFresh(range: Region): void {
    this.#ledger.set(range, 'fresh');
  }

  /** From here on until it is verified nobody can tell what a range holds. */
  markUncertain(range: Region): void {
    this.#ledger.set(range, 'uncertain');
  }

  async carryOut(block: BlockPlan): Promise<void> {
    for (const address of block.erase.addresses) {
      await this.#steps.erase(address, block.erase.by === 'block' ? BLOCK : SECTOR);
    }
    for (const { address, data } of block.program) {
      await this.#steps.program(address, data);
      const message = say('job.writing', { address: hex(address) });
      this.#context.progress.advance('write', SECTOR, address, message);
      if (!this.#steps.proved) await this.#proveFirst(address, data);
    }
  }

  async erase(address: number, length: number): Promise<void> {
    await this.#steps.erase(address, length);
    if (!this.#steps.proved) await this.#proveFirst(address, Buffer.alloc(length, 0xff));
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
      const before = this.#repairs.count;
      for (const range of ranges) await this.#verifyRange(range, wanted(range));
      if (this.#repairs.count === before) break;
      if (round === VERIFY_ROUNDS) throw neverHolds(round, this.#context);
      ranges = all;
    }
    if (this.#bad.size > 0) throw this.#repairs.failed(this.#failed());
  }

  /** 64 KiB at a time. What cannot be repaired is noted, so that everything else is in place by the end. */
  async #verifyRange(range: Region, wanted: Buffer): Promise<void> {
    const bad = this.#bad;
    for (const block of blocksOf(range)) {
      const bytes = wanted.subarray(block.offset - range.offset).subarray(0, block.length);
      if (!(await confirms(this.#context, block, bytes, 'write'))) {
        for (const address of sectorsOf(block)) {
          if (bad.has(address) && !this.#deservesMore(address)) continue;
          const data = bytes.subarray(address - block.offset).subarray(0, SECTOR);
          if (await this.#repairs.repair(address, data)) bad.delete(address);
          else this.#giveUp(address);
          if (bad.size > BAD_SECTORS_AT_MOST) throw this.#repairs.allFailed(this.#failed());
        }
      }
      this.#settle(block);
      const message = say('job.verifying', { address: hex(block.offset) });
      this.#context.progress.advance('verify', block.length, block.offset, message);
    }
  }

  #giveUp(address: number): void {
    this.#bad.set(address, this.#repairs.isLine(address) ? 'line' : 'sector');
    const sector = { offset: address, length: SECTOR };
    this.#ledger.set(sector, 'uncertain');
    this.#context.show(sector, 'failed');
  }

  /** The sectors that stay wrong, also for the diagnosis: one that was mended in the end is none of them. */
  #failed(): number[] {
    const addresses = [...this.#bad.keys()];
    for (const address of addresses) this.#context.session.exchanger.evidence.sectorFailed(address);
    return addresses;
  }

  /** A sector that was given up as worn, before enough others showed that it is the line. */
  #deservesMore(address: number): boolean {
    return this.#bad.get(address) === 'sector' && this.#repairs.isLine(address);
  }

  /** What the chip has confirmed holds what it should, but for the sectors that stay wrong. */
  #settle(block: Region): void {
    for (const address of sectorsOf(block)) {
      if (!this.#bad.has(address)) this.markFresh({ offset: address, length: SECTOR });
    }
  }

  /** A flash that takes commands and changes nothing must not be found out at the end of the job. */
  async #proveFirst(address: number, data: Buffer): Promise<void> {
    const range = { offset: address, length: data.length };
    if (await confirms(this.#context, range, data, 'write')) {
      this.#steps.proved = true;
      // A chip that somebody puts in its place does not have that.
      this.#context.session.fingerprint?.confirmed(address, data);
      this.markFresh(range);
      return;
    }
    // One sector may be worn; a repair tells, and unlocks what has come to be locked.
    this.#context.session.forgetLocks();
    if (await this.#repairs.repair(address, data.subarray(0, SECTOR))) this.#steps.proved = true;
    else this.#repairs.suspect(address);
  }
}
