import { CHIP_ID_REGISTERS } from '../chip/families';
import { invertCrc } from '../protocol/checksum';
import { checkCrc, readJedecId, readRegister } from '../protocol/commands';
import type { Exchanger } from './exchange';
import type { Identity } from './identity';

/** Whether the chip that answers now is the one that was identified. */
export async function sameChip({
  exchanger,
  identity,
}: {
  exchanger: Exchanger;
  identity: Identity;
}): Promise<boolean> {
  if (identity.family === 'basic') {
    const crc = invertCrc(await exchanger.sure(checkCrc, { start: 0, end: 256 }));
    return crc === Number.parseInt(identity.bootloader.crc, 16);
  }
  // The bootloader of a full chip may be what is being written; its id and its flash are not.
  for (const address of CHIP_ID_REGISTERS) {
    const id = await exchanger.sure(readRegister, { address });
    if (id.toString(16) !== identity.chipId) continue;
    const jedec = await exchanger.sure(readJedecId, undefined);
    return identity.flash.id === null || jedec.toString('hex') === identity.flash.id;
  }
  return false;
}
