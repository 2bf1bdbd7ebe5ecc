import {
  EFUSE_REGISTERS,
  KEY_BYTES,
  TELLING_KEY_BYTES,
  TUYA_KEY,
} from '../../chip/efuse-registers';
import { readRegister, writeRegister } from '../../protocol/commands/command-table';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered } from '../exchange/repeated-asks';
import { type EfuseController, readEfuseByte, readEfuseBytes, VALID } from './efuse-controller';

/** The controller that needs no clock. Bits that are not of a request stay as they are. */
const CONTROLLER: EfuseController = {
  ...EFUSE_REGISTERS.plain,
  request: async (exchanger, index) => {
    const before = await askUntilAnswered(exchanger, readRegister, { address: CONTROLLER.control });
    return ((before & ~0x1f02) | (index << 8) | 1) >>> 0;
  },
};

export { TUYA_KEY, ZERO_KEY } from '../../chip/efuse-registers';

/**
 * Whether the code key in eFuse is Tuya's. Asks as little as that takes: what does not fit stands for itself, and says
 * nothing yet.
 */
export async function hasTuyaKey(exchanger: Exchanger): Promise<boolean> {
  const bytes = Buffer.from(TUYA_KEY, 'hex').swap32();
  const request = await CONTROLLER.request(exchanger, 0);
  for (let index = 0; index < TELLING_KEY_BYTES; index++) {
    const value = (request | (index << 8)) >>> 0;
    await askUntilAnswered(exchanger, writeRegister, { address: CONTROLLER.control, value });
    // The fetch takes microseconds, less than the line; a byte that comes late does not fit.
    const read = await askUntilAnswered(exchanger, readRegister, { address: CONTROLLER.result });
    if ((read & VALID) === 0 || (read & 0xff) !== bytes[index]) return false;
  }
  return true;
}

/**
 * The code key in eFuse, where it can be read, as 32 hex digits; null where a byte is not readable.
 * All zeros also where reading is disabled. Source: protocol.md §5.6, bk7231tools and
 * BK7231GUIFlashTool agree.
 */
export async function readKey(exchanger: Exchanger): Promise<string | null> {
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let index = 0; index < KEY_BYTES; index++) {
    const byte = await readEfuseByte(exchanger, CONTROLLER, index);
    if (byte === null) return null;
    bytes[index] = byte;
  }
  return bytes.swap32().toString('hex');
}

/**
 * Bytes of eFuse, as they lie there.
 * @throws BkError BK_BAD_RESPONSE where one is not readable
 */
export function readEfuse(exchanger: Exchanger, offset: number, count: number): Promise<Buffer> {
  return readEfuseBytes(exchanger, CONTROLLER, offset, count);
}
