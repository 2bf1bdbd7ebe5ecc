import type { MemoryWindow } from '../../chip/chip-model';
import type { Exchanger } from '../exchange/exchanger';
import type { Need, ScopedRegisterWrite } from './scoped-register-write';
import { readWords } from './words';

/** Clock first, then power; given back the other way round. Source: BK7231GUIFlashTool. */
const AWAKE: readonly Need[] = [
  { address: 0x54010030, set: 1 << 15 },
  { address: 0x54010040, clear: 1 << 3 },
];
/** From power to the first word, ms: 2 by the same source, and one because a timer may come early. */
const WAKE_MS = 3;

/**
 * Reads whole words of the OTP, which is clocked and powered for as long as that takes.
 * @param windows what makes up the memory, one behind the other
 * @param offset and `length`: bytes, multiples of four, within the windows
 * @throws BkError BK_NO_RESPONSE, BK_BAD_RESPONSE (the chip has rebooted under way), BK_PORT_LOST
 */
export function readOtp(
  exchanger: Exchanger,
  scoped: ScopedRegisterWrite,
  windows: readonly MemoryWindow[],
  offset: number,
  length: number,
): Promise<Buffer> {
  return scoped.during(AWAKE, async () => {
    await exchanger.pause(WAKE_MS);
    const parts: Buffer[] = [];
    let start = 0;
    for (const { address, bytes } of windows) {
      const from = Math.max(offset, start);
      const end = Math.min(offset + length, start + bytes);
      if (from < end) parts.push(await readWords(exchanger, address + from - start, end - from));
      start += bytes;
    }
    return Buffer.concat(parts);
  });
}
