import { readRegister } from '../../protocol/commands/command-table';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered } from '../exchange/repeated-asks';

/** Bytes that one answer brings. */
export const WORD = 4;

/**
 * Reads whole words where the chip's processor sees them, by the command that reads registers: a mask ROM,
 * or a window on other memory. Nothing changes by it. Source: ltchiptool.
 * @param address and `length`: bytes, multiples of four
 * @throws BkError BK_NO_RESPONSE, BK_PORT_LOST
 */
export async function readWords(
  exchanger: Exchanger,
  address: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += WORD) {
    bytes.writeUInt32LE(
      await askUntilAnswered(exchanger, readRegister, { address: address + at }),
      at,
    );
  }
  return bytes;
}
