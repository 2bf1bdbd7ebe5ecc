import { CHIP_ID_REGISTERS } from '../../chip/known/chip-queries';
import { readRegister } from '../../protocol/commands/command-table';
import type { Identity } from '../base/identity';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilTwiceAlike } from '../exchange/repeated-asks';
import { readStatus } from '../memory/protection';

/** Values by address or by command, all of them lower-case hex without 0x. */
export type HexValues = { [name: string]: string };

/** The registers that tell which chip it is; null where the chip knows no such question. */
export async function readIdRegisters(
  exchanger: Exchanger,
  { family }: Identity,
): Promise<HexValues | null> {
  if (family !== 'full') return null;
  const values: HexValues = {};
  for (const address of CHIP_ID_REGISTERS) {
    const value = await askUntilTwiceAlike(exchanger, readRegister, { address });
    values[address.toString(16)] = value.toString(16);
  }
  return values;
}

/** The flash part's status bytes by the command that reads each; null where they cannot be asked for. */
export async function readStatusBytes(
  exchanger: Exchanger,
  { family, flash: { part } }: Identity,
): Promise<HexValues | null> {
  if (family !== 'full' || part === null || part.statusBytes === 0) return null;
  const status = await readStatus(exchanger, part);
  const commands = part.statusRead.slice(0, 2);
  return Object.fromEntries(
    commands.map((command, index) => [
      command.toString(16).padStart(2, '0'),
      ((status >> (8 * index)) & 0xff).toString(16).padStart(2, '0'),
    ]),
  );
}
