import { crc32 } from 'node:zlib';
import { BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import { isBkError } from '../../errors';
import {
  answers,
  type Command,
  encodeRequest,
  flashRead4K,
  linkCheck,
} from '../../protocol/commands/command-table';
import { lineTime } from '../../protocol/timing';
import type { Exchanger } from '../exchange/exchanger';
import type { Flash } from '../memory/flash';
import { listenIn } from './listen-in';

const TRIES = 3;
/** For how long the second answer is waited for, besides what adapters keep it, ms. */
const PATIENCE_MS = 60;

/**
 * Whether the chip takes the next command while it still answers the last one. In the midst of a sector's answer it
 * hears a link check, which carries no argument: whatever a chip makes of half of one, it is nothing.
 * @returns null where it did so once and not another time, or the sector came garbled by it
 * @throws BkError as an exchange does
 */
export async function takesCommandAhead(
  exchanger: Exchanger,
  flash: Flash,
): Promise<boolean | null> {
  const right = await flash.crc(BOOTLOADER_END, SECTOR);
  const seen = new Set<boolean | null>();
  for (let count = 0; count < TRIES; count++) {
    await exchanger.synchronise();
    seen.add(await once(exchanger, flash, right));
  }
  await exchanger.synchronise();
  const [first = null] = seen;
  return seen.size === 1 ? first : null;
}

async function once(exchanger: Exchanger, flash: Flash, right: number): Promise<boolean | null> {
  let garbled = false;
  const { transport } = exchanger;
  const heard = await listenIn(exchanger, async () => {
    const reading = flash.readSector(BOOTLOADER_END).then(
      (bytes) => crc32(bytes) === right,
      (error: unknown) => {
        if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return false;
        throw error;
      },
    );
    // Until it is waited for below, nobody else would take its failure.
    reading.catch(() => {});
    await exchanger.pause(lineTime(flashRead4K.answerBytes, transport.baudRate) / 4);
    await exchanger.writeRaw(encodeRequest(linkCheck, undefined));
    garbled = !(await reading);
    await exchanger.pause(PATIENCE_MS + exchanger.lateness);
  });
  if (garbled) return null;
  return heard.frames.some((frame) =>
    answers(linkCheck as Command<never, unknown>, { ...frame, status: 0 }),
  );
}
