import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../chip/geometry';
import { isBkError } from '../errors';
import { linkCheck } from '../protocol/commands';
import { lineTime } from '../protocol/timing';
import type { Exchanger } from './exchange';
import type { Flash } from './flash';

/**
 * How many exchanges of a kind have to pass one after the other. An adapter that holds answers back for
 * 16 ms gets fewer: after so many ms the least number is enough.
 */
const TRIPS = { most: 32, least: 8, enoughMs: 60 } as const;
/** What a link check may take besides its way over the line, ms. */
const CHECK_MS = 50;

/**
 * `unheard`: not even short frames pass, so that what is asked of the chip may not be what it hears;
 * `poor`: they do, but the rest does not.
 */
export type BaudProof = 'good' | 'poor' | 'unheard';

/**
 * Proves a rate in both directions without changing anything. In this order, as each step is harmless
 * only on a line that has passed the one before:
 * 1. Link checks, all answered. They carry no argument: garbled, they are nothing. A garbled request to
 *    read could be one to erase (09 and 0B), and a garbled checksum one of gigabytes, which takes minutes.
 * 2. A sector is read, and the chip's checksum agrees: chip to host.
 * 3. Checksums of ever other ranges inside that sector, each computable here, for host to chip: what the
 *    chip says is right only if it heard both addresses right. There is no long frame to the chip that is
 *    harmless on all chips: all of them program flash.
 */
export async function proveBaud(exchanger: Exchanger, flash: Flash): Promise<BaudProof> {
  if (!(await passes(exchanger, () => linkAnswers(exchanger)))) return 'unheard';
  try {
    const sector = Buffer.from(await flash.readSector(BOOTLOADER_END));
    const same = async (offset: number, length: number): Promise<boolean> =>
      (await flash.crc(BOOTLOADER_END + offset, length)) ===
      crc32(sector.subarray(offset, offset + length));
    if (!(await same(0, SECTOR))) return 'poor';
    // No two lengths are the same, so that even in a blank sector no two checksums are.
    return (await passes(exchanger, (trip) => same(trip * 0x55, 32 + trip))) ? 'good' : 'poor';
  } catch (error) {
    if (!isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) throw error;
    exchanger.reset();
    return 'poor';
  }
}

async function passes(
  { clock }: Exchanger,
  trip: (index: number) => Promise<boolean>,
): Promise<boolean> {
  const enoughAt = clock.now() + TRIPS.enoughMs;
  for (let index = 0; index < TRIPS.most; index++) {
    if (index >= TRIPS.least && clock.now() >= enoughAt) break;
    if (!(await trip(index))) return false;
  }
  return true;
}

async function linkAnswers(exchanger: Exchanger): Promise<boolean> {
  try {
    const onWire = lineTime(5 + linkCheck.answerBytes, exchanger.transport.baudRate);
    return await exchanger.run(linkCheck, undefined, onWire + CHECK_MS);
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return false;
    throw error;
  }
}
