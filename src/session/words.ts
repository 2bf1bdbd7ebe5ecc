import { readRegister } from '../protocol/commands';
import type { Exchanger } from './exchange';

/** What one answer brings. */
export const ROM_WORD = 4;

/**
 * Reads whole words of the mask ROM, which lies at address 0 of the processor of BK7231N and M; reading
 * registers changes nothing there. Source: ltchiptool.
 * @param offset and `length`: multiples of four
 */
export async function readRom(
  exchanger: Exchanger,
  offset: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += ROM_WORD) {
    const word = await exchanger.ask(readRegister, { address: offset + at });
    bytes.writeUInt32LE(word, at);
  }
  return bytes;
}
