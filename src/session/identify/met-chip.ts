import { CHIP_ID_REGISTERS } from '../../chip/known/chip-queries';
import { isBkError } from '../../errors';
import { invertCrc } from '../../protocol/checksum';
import {
  checkCrc,
  linkCheck,
  readJedecId,
  readRegister,
} from '../../protocol/commands/command-table';
import type { Identity, MetChip } from '../base/identity';
import { changeBaud } from '../baud/baud';
import type { Exchanger } from '../exchange/exchanger';
import { Flash } from '../memory/flash';
import { Fingerprint } from './fingerprint';

/** A chip that was met again. */
export interface ChipAgain {
  identity: Identity;
  flash: Flash;
  fingerprint: Fingerprint;
}

/** So many link checks pass in a row before a rate is believed again that was proved for this chip on this port. */
const CALLS = 4;
/** Of a bootloader, by which size is told. */
const CHECKED = 256;

/** @param identity as it was found, before anything was expected of it */
export function asMet(identity: Identity, { marks, hasCalibration }: Fingerprint): MetChip | null {
  // Chips without a calibration are told from others of their kind by nothing that lasts.
  return hasCalibration ? { identity: copyOf(identity), marks: new Map(marks) } : null;
}

/**
 * Whether the chip that was linked is one that was met on this port before. Each answer that fits stands for itself,
 * since none of them comes out so by chance; the first that does not sends everybody back to the beginning.
 * @param baudRate that was proved for it then: the host goes there, and stays
 * @returns null where it is another one, or nothing can be told
 */
export async function meetAgain(
  exchanger: Exchanger,
  met: MetChip,
  baudRate: number,
): Promise<ChipAgain | null> {
  const identity = copyOf(met.identity);
  const flash = new Flash(exchanger, identity);
  const fingerprint = Fingerprint.of(flash, met.marks);
  try {
    if ((await changeBaud(exchanger, baudRate)) !== 'changed') return null;
    for (let call = 0; call < CALLS; call++) {
      if (!(await exchanger.sendOnce(linkCheck, undefined))) return null;
    }
    const isSame =
      identity.family === 'full'
        ? await hasIds(exchanger, identity)
        : await hasSize(exchanger, identity);
    return isSame && (await fingerprint.fits()) ? { identity, flash, fingerprint } : null;
  } catch (error) {
    if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE')) return null;
    throw error;
  }
}

async function hasIds(exchanger: Exchanger, { chipId, flash }: Identity): Promise<boolean> {
  const jedec = await exchanger.sendOnce(readJedecId, undefined);
  if (jedec.toString('hex') !== flash.id) return false;
  for (const address of CHIP_ID_REGISTERS) {
    const id = await exchanger.sendOnce(readRegister, { address });
    if (id.toString(16) === chipId) return true;
  }
  return false;
}

/** The bootloader comes again behind the end of flash, and not in its middle. */
async function hasSize(exchanger: Exchanger, { bootloader, flash }: Identity): Promise<boolean> {
  const crcAt = async (start: number): Promise<number> =>
    invertCrc(await exchanger.sendOnce(checkCrc, { start, end: start + CHECKED }));
  const own = Number.parseInt(bootloader.crc, 16);
  return (await crcAt(flash.size / 2)) !== own && (await crcAt(flash.size)) === own;
}

/** What jobs change of it, they change of their own. What only a look at all of the bootloader tells is looked at anew. */
function copyOf({ bootloader, flash, calibration, warnings, ...rest }: Identity): Identity {
  return {
    ...rest,
    bootloader: { ...bootloader },
    flash: { ...flash },
    calibration: calibration === undefined ? undefined : { ...calibration },
    partitions: undefined,
    warnings: [...warnings],
  };
}
