import { crc32 } from 'node:zlib';
import { SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import type { BkError } from '../../errors';
import type { JobContext } from '../base/job-context';
import { blankCrc, chipCrc, notePair } from '../chip/chip-checksum';
import { badSectors, notTaking, spoiltOnTheWay } from './change-errors';
import type { FlashSteps } from './flash-steps';

/** How often a sector whose bytes do not hold is erased and written again. */
const REPAIRS = 3;
/** The same where it holds other bytes each time, and other sectors do so as well: that is the line. */
const LINE_REPAIRS = 10;
/** The same where all tries were used up before, or the chip itself refuses the sector. */
const LAST_REPAIRS = 1;
/** So many sectors that do not hold their bytes are no coincidence. */
const LINE_SECTORS = 3;
/** So many sectors that keep their bytes at the start, and none that takes them, are a flash that takes none. */
const SUSPECTS = 2;
/** How often a checksum that speaks against a sector is asked for until it comes twice alike. */
const DOUBTS = 3;
/** Silence before a checksum is asked for again, and how long to wait for it, ms. */
const QUIET_MS = 20;
const QUIET_LIMIT_MS = 200;

/** Sectors that do not hold what they were given: written again, and told from a line that spoils their bytes. */
export class Repairs {
  readonly #context: JobContext;
  readonly #steps: FlashSteps;
  #count = 0;
  /** Sectors that did not hold their bytes when it was first looked. */
  readonly #suspects: number[] = [];
  /** All sectors that needed a repair, and those that held other bytes after each. */
  readonly #repaired = new Set<number>();
  readonly #unsteady = new Set<number>();

  constructor(context: JobContext, steps: FlashSteps) {
    this.#context = context;
    this.#steps = steps;
  }

  /** How many repairs were made. */
  get count(): number {
    return this.#count;
  }

  /** @returns false when the sector does not hold its bytes after all tries */
  async repair(address: number, data: Buffer): Promise<boolean> {
    const range = { offset: address, length: SECTOR };
    const wanted = crc32(data);
    let before: number | null = null;
    for (let repair = 0; ; repair++) {
      const held = await this.#heldIn(range, wanted);
      notePair(this.#context, range, 'write', wanted, held, this.#steps.carriedAt(address));
      if (held === wanted) return true;
      this.#repaired.add(address);
      await this.#judge(address, held, before);
      before = held;
      if (repair >= this.#limit(address)) return false;
      this.#count++;
      // Protect bits may have come back by themselves.
      this.#context.session.forgetLocks();
      await this.#steps.erase(address, SECTOR);
      if (wanted !== blankCrc(SECTOR)) await this.#steps.program(address, data);
    }
  }

  /**
   * Notes a sector that no repair has mended before flash was seen to take anything.
   * @throws BkError BK_FLASH_PROTECTED when it is not the only one
   */
  suspect(address: number): void {
    this.#suspects.push(address);
    const keeping = this.#suspects.filter(
      (one) => !this.#unsteady.has(one) && !this.#steps.isRefused(one),
    );
    if (keeping.length >= SUSPECTS) throw notTaking(keeping, REPAIRS, this.#context);
  }

  /** Some sectors stay wrong, and all others are right. */
  failed(addresses: readonly number[]): BkError {
    return addresses.some((address) => this.isLine(address))
      ? this.allFailed(addresses)
      : badSectors(addresses, REPAIRS, this.#context);
  }

  /** Too many stay wrong for them to be worn. */
  allFailed(addresses: readonly number[]): BkError {
    return addresses.some((address) => this.isLine(address))
      ? spoiltOnTheWay(addresses, LINE_REPAIRS, this.#context)
      : notTaking(addresses, REPAIRS, this.#context);
  }

  #limit(address: number): number {
    if (this.#steps.isRefused(address)) return LAST_REPAIRS;
    if (this.isLine(address)) return LINE_REPAIRS;
    // A sector that was given up at the start gets one more try at the end, when the line may be better.
    return this.#suspects.includes(address) ? LAST_REPAIRS : REPAIRS;
  }

  /** It is the line that a sector does not hold its bytes, and not the sector. */
  isLine(address: number): boolean {
    return this.#unsteady.has(address) && this.#repaired.size >= LINE_SECTORS;
  }

  /** Is it the sector or the line? @param before what the sector held before the last repair */
  async #judge(address: number, held: number, before: number | null): Promise<void> {
    if (this.#steps.isRefused(address)) return;
    // Erased and programmed with success, and not one bit of it is another: that is the sector.
    if (held === before) {
      this.#context.session.exchanger.evidence.notTaken(address);
      this.#unsteady.delete(address);
      return;
    }
    // Other bytes each time are what a line makes of them.
    if (before !== null) this.#unsteady.add(address);
    await this.#blameLine(address);
  }

  #blameLine(address: number): Promise<void> {
    const { session, signal } = this.#context;
    return this.#context.step({ phase: 'verify', address }, async (tries) => {
      if (tries === 0) await session.blameLine(signal);
    });
  }

  /**
   * The chip's checksum of a sector; one that speaks against what is wanted has to come twice alike. A checksum
   * says nothing of what it is of: an answer that was changed, or came twice, must not cost an erase.
   */
  async #heldIn(range: Region, wanted: number): Promise<number> {
    let held = await chipCrc(this.#context, range, 'verify');
    for (let doubt = 0; held !== wanted && doubt < DOUBTS; doubt++) {
      await this.#context.session.exchanger.waitForQuiet(QUIET_MS, QUIET_LIMIT_MS);
      const again = await chipCrc(this.#context, range, 'verify');
      if (again === held) break;
      held = again;
    }
    return held;
  }
}
