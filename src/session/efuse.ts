import { BkError } from '../errors';
import { readRegister, writeRegister } from '../protocol/commands';
import type { Exchanger } from './exchange';

const CONTROL = 0x800074;
const VALUE = 0x800078;
const KEY_BYTES = 16;
const BUSY = 1;
const VALID = 0x100;
/** Polls of the busy bit; reading a byte takes microseconds. */
const POLLS = 20;

/** Four little-endian words as 32 hex digits, each word printed as a number. */
export const TUYA_KEY = '510fb093a3cbeadc5993a17ec7adeb03';
export const ZERO_KEY = '0'.repeat(32);

/**
 * The code key in eFuse of BK7231N and M as 32 hex digits; null where a byte is not readable.
 * All zeros also where reading is disabled. Source: protocol.md §5.6, bk7231tools and
 * BK7231GUIFlashTool agree.
 */
export async function readKey(exchanger: Exchanger): Promise<string | null> {
  const bytes = Buffer.alloc(KEY_BYTES);
  for (let index = 0; index < KEY_BYTES; index++) {
    const byte = await readByte(exchanger, index);
    if (byte === null) return null;
    bytes[index] = byte;
  }
  return bytes.swap32().toString('hex');
}

/**
 * Bytes of eFuse, as they lie there.
 * @throws BkError BK_BAD_RESPONSE where one is not readable
 */
export async function readEfuse(
  exchanger: Exchanger,
  offset: number,
  count: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  for (let index = 0; index < count; index++) {
    const byte = await readByte(exchanger, offset + index);
    if (byte === null) {
      throw new BkError(
        'BK_BAD_RESPONSE',
        `The chip on ${exchanger.transport.port} says that byte ${offset + index} of its eFuse cannot be read`,
        { phase: 'read', address: offset + index },
      );
    }
    bytes[index] = byte;
  }
  return bytes;
}

/** Null where the chip says that this byte is not readable. */
async function readByte(exchanger: Exchanger, index: number): Promise<number | null> {
  const before = await exchanger.ask(readRegister, { address: CONTROL });
  const value = ((before & ~0x1f02) | (index << 8) | BUSY) >>> 0;
  await exchanger.ask(writeRegister, { address: CONTROL, value });
  await untilReady(exchanger);
  const read = await exchanger.ask(readRegister, { address: VALUE });
  return (read & VALID) === 0 ? null : read & 0xff;
}

async function untilReady(exchanger: Exchanger): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (((await exchanger.ask(readRegister, { address: CONTROL })) & BUSY) === 0) return;
  }
  throw new BkError(
    'BK_BAD_RESPONSE',
    `The eFuse controller of the chip on ${exchanger.transport.port} stays busy`,
    { phase: 'identify', attempts: POLLS },
  );
}
