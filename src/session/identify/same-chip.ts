import { CHIP_ID_REGISTERS } from '../../chip/known/chip-queries';
import { BkError, isBkError } from '../../errors';
import { invertCrc } from '../../protocol/checksum';
import {
  checkCrc,
  linkCheck,
  readJedecId,
  readRegister,
} from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import type { Identity } from '../base/identity';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilTwiceAlike } from '../exchange/repeated-asks';
import type { Fingerprint } from './fingerprint';

/** So often a question in four tries is put again before its silence means something. */
const SILENCES = 1;

/** How often its fingerprint is looked at where that does not go without a break. */
const LOOKS = 6;

/**
 * Whether the chip that answers now is the one that was identified. If so, it is trusted from here on.
 * @throws as an exchange does
 */
export async function sameChip(session: {
  exchanger: Exchanger;
  identity: Identity;
  fingerprint: Fingerprint | null;
}): Promise<boolean> {
  const { exchanger, fingerprint } = session;
  const { trust } = exchanger;
  if (!(await sameModel(session))) return false;
  for (let looks = 1; ; looks++) {
    const { breaks } = trust;
    if (fingerprint !== null && !(await fingerprint.fits())) return false;
    // What was answered before a break need not have been this one's word.
    if (trust.breaks === breaks) {
      trust.vouch(breaks);
      return true;
    }
    if (looks === LOOKS) throw restless(exchanger.transport.port);
  }
}

async function sameModel({
  exchanger,
  identity,
}: {
  exchanger: Exchanger;
  identity: Identity;
}): Promise<boolean> {
  if (identity.family === 'basic') {
    const crc = invertCrc(await askUntilTwiceAlike(exchanger, checkCrc, { start: 0, end: 256 }));
    return crc === Number.parseInt(identity.bootloader.crc, 16);
  }
  // The bootloader of a full chip may be what is being written; its id and its flash are not.
  for (const address of CHIP_ID_REGISTERS) {
    const id = await chipId(exchanger, address);
    if (id === null) return false;
    if (id.toString(16) !== identity.chipId) continue;
    const jedec = await askUntilTwiceAlike(exchanger, readJedecId, undefined);
    return identity.flash.id === null || jedec.toString('hex') === identity.flash.id;
  }
  return false;
}

/** Null where the chip answers calls and no question for its registers: basic chips know none. */
async function chipId(exchanger: Exchanger, address: number): Promise<number | null> {
  for (let left = SILENCES; ; left--) {
    try {
      return await askUntilTwiceAlike(exchanger, readRegister, { address });
    } catch (error) {
      if (!isBkError(error, 'BK_NO_RESPONSE')) throw error;
      await exchanger.sendOnce(linkCheck, undefined);
      if (left === 0) return null;
    }
  }
}

function restless(port: string): BkError {
  return new BkError('BK_NO_RESPONSE', say('session.restless', { port }));
}
