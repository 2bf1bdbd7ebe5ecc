import { crc32 } from 'node:zlib';
import { BLOCK, HALF_BLOCK, PAGE, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { BkError, isBkError } from '../../errors';
import { type FlashOperation, overheadMs } from '../../session/probe/op-overhead';
import { say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { Changer } from '../change/change';
import { notTaking } from '../change/change-errors';
import { blankCrc, chipCrc } from '../chip/chip-checksum';
import { isBlank } from './blank-stretch';
import type { FlashTimes } from './examination';
import { spreadOf } from './spread';

const PAGES = 8;
const SECTORS = 4;
const BLOCKS = 3;

/** What is programmed, so that there is something to erase: as many ones as zeros. */
const DATA = Buffer.alloc(SECTOR, 0xa5);

type Line = Parameters<typeof overheadMs>[2];

/**
 * Times erases and programs on a stretch that is proved blank, and makes it blank again however that ends. A cancel
 * waits for that.
 * @param stretch a block
 * @returns the times; or why there are none, where the stretch is blank again all the same
 * @throws BkError with the state of flash where it could not be made blank again; BK_CANCELLED
 */
export async function timeFlash(
  cancelled: JobContext,
  stretch: Region,
  line: Line,
): Promise<FlashTimes | BkError> {
  const context = cancelled.undisturbed();
  context.changed = true;
  cancelled.changed = true;
  context.session.fingerprint?.forget(stretch);
  const changer = new Changer(context);
  let result: FlashTimes | BkError | null = null;
  await changer.runErase([stretch], async () => {
    changer.markUncertain(stretch);
    try {
      result = await new Stopwatch(context, stretch, line).timeAll();
    } catch (error) {
      if (!isBkError(error)) throw error;
      result = error;
    }
    await changer.verify([stretch], [stretch], ({ length }) => Buffer.alloc(length, 0xff));
    if (await isBlank(context, stretch)) return;
    changer.markUncertain(stretch);
    throw notTaking([stretch.offset], 0, context);
  });
  cancelled.changed = false;
  // Only a fault of the program leaves it unset.
  return result ?? new BkError('BK_INTERNAL', say('examine.noTimes'));
}

class Stopwatch {
  readonly #context: JobContext;
  readonly #stretch: Region;
  readonly #line: Line;

  constructor(context: JobContext, stretch: Region, line: Line) {
    this.#context = context;
    this.#stretch = stretch;
    this.#line = line;
  }

  /** Erases what is programmed: an erase of blank flash may be quicker. */
  async timeAll(): Promise<FlashTimes> {
    const { flash, progress } = this.#context;
    progress.say('write', say('examine.timingPrograms'));
    await this.#unlock();
    const sectors: number[] = [];
    for (let index = 1; index <= SECTORS; index++) {
      const address = this.#sector(index);
      sectors.push(
        await this.#program('programSector', address, () => flash.program(address, DATA)),
      );
    }
    await this.#mustHold(this.#sector(1));
    await this.#unlock();
    const pages: number[] = [];
    for (let index = 0; index < PAGES; index++) {
      const address = this.#sector(SECTORS + 1);
      pages.push(
        await this.#program('programPage', address, () => flash.programPages(address, page(index))),
      );
    }
    progress.say('erase', say('examine.timingErases'));
    const erases: number[] = [];
    for (let index = 1; index <= SECTORS; index++) {
      const address = this.#sector(index);
      erases.push(await this.#erase(() => flash.eraseSector(address)));
    }
    const halves = await this.#timeHalfBlocks();
    const blocks: number[] = [];
    for (let count = 0; count < BLOCKS; count++) {
      await this.#soil(1, 12);
      blocks.push(await this.#erase(() => flash.eraseBlock(this.#stretch.offset)));
    }
    return {
      at: this.#stretch,
      eraseMs: {
        [SECTOR]: spreadOf(erases),
        [HALF_BLOCK]: halves === null ? null : spreadOf(halves),
        [BLOCK]: spreadOf(blocks),
      },
      programMs: { [PAGE]: spreadOf(pages), [SECTOR]: spreadOf(sectors) },
    };
  }

  /**
   * Half a block is erased where the chip knows that: its word alone does not count, as some answer to what their flash
   * part ignores. @returns null where it does not
   */
  async #timeHalfBlocks(): Promise<number[] | null> {
    const { session, flash } = this.#context;
    const times: number[] = [];
    while (times.length < BLOCKS) {
      await this.#soil(1, 12);
      const begun = session.clock.now();
      try {
        await flash.eraseHalfBlock(this.#stretch.offset);
      } catch (error) {
        if (!isBkError(error, 'BK_BAD_RESPONSE', 'BK_NO_RESPONSE')) throw error;
        // One that understood something else may be at work.
        await session.exchanger.pause(
          Math.max(0, session.exchanger.busyUntil - session.clock.now()),
        );
        await this.#unlock();
        return null;
      }
      times.push(session.clock.now() - begun - this.#overhead('erase'));
      if (!(await this.#holdsNothing(1)) || (await this.#holdsNothing(12))) return null;
    }
    return times;
  }

  /** Programs one page of each of these sectors, and leaves flash unlocked. */
  async #soil(...indices: number[]): Promise<void> {
    const { flash } = this.#context;
    await this.#unlock();
    for (const index of indices) {
      const address = this.#sector(index);
      await this.#program('programPage', address, () => flash.programPages(address, page(0)));
    }
  }

  /** Whatever unlocks flash is done with the first change, and is not to be timed. */
  async #unlock(): Promise<void> {
    const address = this.#stretch.offset;
    await this.#context.step({ phase: 'erase', address }, () =>
      this.#context.flash.eraseSector(address),
    );
  }

  #program(operation: FlashOperation, address: number, work: () => Promise<void>): Promise<number> {
    return this.#time('write', operation, address, work, () =>
      this.#context.flash.eraseSector(address),
    );
  }

  #erase(work: () => Promise<void>): Promise<number> {
    const { offset } = this.#stretch;
    return this.#time('erase', 'erase', offset, work, () =>
      this.#context.flash.eraseSector(offset),
    );
  }

  /** @param anew done before a try is repeated: the chip may have rebooted, or have done half of it */
  #time(
    phase: 'write' | 'erase',
    operation: FlashOperation,
    address: number,
    work: () => Promise<void>,
    anew: () => Promise<void>,
  ): Promise<number> {
    const { clock } = this.#context.session;
    return this.#context.step({ phase, address }, async (tries) => {
      if (tries > 0) await anew();
      const begun = clock.now();
      await work();
      return clock.now() - begun - this.#overhead(operation);
    });
  }

  #overhead(operation: FlashOperation): number {
    const { baudRate } = this.#context.session.exchanger.transport;
    return overheadMs(operation, baudRate, this.#line);
  }

  /** @throws BkError BK_FLASH_PROTECTED where flash takes commands and changes nothing: such times are none */
  async #mustHold(address: number): Promise<void> {
    const crc = await chipCrc(this.#context, { offset: address, length: SECTOR }, 'verify');
    if (crc !== crc32(DATA)) throw notTaking([address], 0, this.#context);
  }

  async #holdsNothing(index: number): Promise<boolean> {
    const range = { offset: this.#sector(index), length: SECTOR };
    return (await chipCrc(this.#context, range, 'verify')) === blankCrc(SECTOR);
  }

  #sector(index: number): number {
    return this.#stretch.offset + index * SECTOR;
  }
}

/** A sector of which one page is to be programmed. */
function page(index: number): Buffer {
  const data = Buffer.alloc(SECTOR, 0xff);
  DATA.copy(data, index * PAGE, 0, PAGE);
  return data;
}
