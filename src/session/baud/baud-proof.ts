import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { isBkError } from '../../errors';
import { linkCheck } from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import type { Exchanger } from '../exchange/exchanger';
import type { Flash } from '../memory/flash';

/**
 * How many exchanges of a kind have to pass one after the other. An adapter that holds answers back for
 * 16 ms gets fewer: after so many ms the least number is enough.
 */
const TRIPS = { most: 32, least: 8, enoughMs: 60 } as const;
/** What a link check may take besides its way over the line and what adapters and networks keep it, ms. */
const CHECK_MS = 50;

/**
 * `unheard`: not even short frames pass, so that what is asked of the chip may not be what it hears;
 * `poorToHost`: they do, but what is read comes garbled; `poorToChip`: that comes right, but not every request
 * arrives.
 */
export type BaudProof = 'good' | 'poorToHost' | 'poorToChip' | 'unheard';

/** So many of them may fail: a stray error now and then is no fault of the rate. */
const FAILURES = 1;

/**
 * Proves a rate in both directions without changing anything. In this order, as each step is harmless
 * only on a line that has passed the one before:
 * 1. Link checks, answered. They carry no argument: garbled, they are nothing. A garbled request to
 *    read could be one to erase (09 and 0B), and a garbled checksum one of gigabytes, which takes minutes.
 * 2. A sector is read, and the chip's checksum agrees: chip to host.
 * 3. Checksums of ever other ranges inside that sector, each computable here, for host to chip: what the
 *    chip says is right only if it heard both addresses right. There is no long frame to the chip that is
 *    harmless on all chips: all of them program flash.
 */
export async function proveBaud(exchanger: Exchanger, flash: Flash): Promise<BaudProof> {
  // No pause after one that fails: some chips leave download mode at a silence after half a frame.
  if (!(await passes(exchanger, () => linkAnswers(exchanger)))) return 'unheard';
  const synchronise = () => exchanger.synchronise();
  let sector = Buffer.alloc(0);
  const same = async (offset: number, length: number): Promise<boolean> =>
    (await flash.crc(BOOTLOADER_END + offset, length)) ===
    crc32(sector.subarray(offset, offset + length));
  const reads = async (): Promise<boolean> => {
    sector = Buffer.from(await flash.readSector(BOOTLOADER_END));
    return same(0, SECTOR);
  };
  if (!(await passes(exchanger, reads, 1, synchronise))) return 'poorToHost';
  // No two lengths are the same, so that even in a blank sector no two checksums are.
  const part = (trip: number) => same(trip * 0x55, 32 + trip);
  return (await passes(exchanger, part, TRIPS.most, synchronise)) ? 'good' : 'poorToChip';
}

/** Exchanges that have to succeed, so many at most. @param after done after one that did not */
async function passes(
  exchanger: Exchanger,
  exchange: (index: number) => Promise<boolean>,
  most: number = TRIPS.most,
  after?: () => Promise<void>,
): Promise<boolean> {
  const { clock } = exchanger;
  const enoughAt = clock.now() + TRIPS.enoughMs;
  let failures = 0;
  for (let index = 0; index < most + failures; index++) {
    if (index >= TRIPS.least + failures && clock.now() >= enoughAt) break;
    if (await succeeds(() => exchange(index))) continue;
    if (++failures > FAILURES) return false;
    await after?.();
  }
  return true;
}

async function succeeds(exchange: () => Promise<boolean>): Promise<boolean> {
  try {
    return await exchange();
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return false;
    throw error;
  }
}

function linkAnswers(exchanger: Exchanger): Promise<boolean> {
  const onWire = lineTime(5 + linkCheck.answerBytes, exchanger.transport.baudRate);
  return exchanger.sendOnce(linkCheck, undefined, onWire + CHECK_MS + exchanger.latency);
}
