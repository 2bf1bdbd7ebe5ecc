import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { isBkError } from '../../errors';
import { linkCheck } from '../../protocol/commands/command-table';
import type { Exchanger } from '../exchange/exchanger';
import type { Flash } from '../memory/flash';

/**
 * How many exchanges of a kind have to pass one after the other. An adapter that holds answers back for
 * 16 ms gets fewer: after so many ms the least number is enough.
 */
const TRIPS = { most: 32, least: 8, enoughMs: 40 } as const;

/**
 * `unheard`: not even short frames pass, so that what is asked of the chip may not be what it hears;
 * `poorToHost`: they do, but what is read comes garbled; `poorToChip`: that comes right, but not every request
 * arrives; `gone`: they did, and all at once the chip does not answer any more.
 */
export type BaudProof = 'good' | 'poorToHost' | 'poorToChip' | 'unheard' | 'gone';

/** A chip on which a rate is proved. */
export interface ProofSubject {
  readonly flash: Pick<Flash, 'crc' | 'readSector'>;
  /** Families differ in the last byte of a checksum: of one that is not known yet either will do. */
  readonly isFamilyKnown: boolean;
}

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
export async function proveBaud(
  exchanger: Exchanger,
  { flash, isFamilyKnown }: ProofSubject,
): Promise<BaudProof> {
  // No pause after one that fails: some chips leave download mode at a silence after half a frame.
  const calls = await passes(exchanger, () => exchanger.sendOnce(linkCheck, undefined));
  if (calls !== 'good') return 'unheard';
  // A chip that is not there at this rate any more has rebooted, and listens for a short time only.
  const isThere = () => exchanger.isThere();
  let sector = Buffer.alloc(0);
  let latest: number | null = null;
  const same = async (offset: number, length: number): Promise<boolean> => {
    const before = latest;
    const crc = await flash.crc(BOOTLOADER_END + offset, length);
    latest = crc;
    // No two of these are alike: it is the answer before, once more.
    if (crc === before) exchanger.watch.expectDoubles();
    const bytes = sector.subarray(offset, offset + length);
    return crc === crc32(bytes) || (!isFamilyKnown && crc === crc32(bytes.subarray(0, -1)));
  };
  const reads = async (): Promise<boolean> => {
    sector = Buffer.from(await flash.readSector(BOOTLOADER_END));
    return same(0, SECTOR);
  };
  const read = await passes(exchanger, reads, 1, isThere);
  if (read !== 'good') return read === 'poor' ? 'poorToHost' : read;
  // No two lengths are the same, so that even in a blank sector no two checksums are.
  const part = (trip: number) => same(trip * 0x55, 32 + trip);
  const parts = await passes(exchanger, part, TRIPS.most, isThere);
  return parts === 'poor' ? 'poorToChip' : parts;
}

/** Exchanges that have to succeed, so many at most. @param after one that did not: whether the chip is still there */
async function passes(
  exchanger: Exchanger,
  exchange: (index: number) => Promise<boolean>,
  most: number = TRIPS.most,
  after?: () => Promise<boolean>,
): Promise<'good' | 'poor' | 'gone'> {
  const { clock } = exchanger;
  const enoughAt = clock.now() + TRIPS.enoughMs;
  let failures = 0;
  for (let index = 0; index < most + failures; index++) {
    if (index >= TRIPS.least + failures && clock.now() >= enoughAt) break;
    if (await succeeds(() => exchange(index))) continue;
    if (++failures > FAILURES) return 'poor';
    if ((await after?.()) === false) return 'gone';
  }
  return 'good';
}

async function succeeds(exchange: () => Promise<boolean>): Promise<boolean> {
  try {
    return await exchange();
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return false;
    throw error;
  }
}
