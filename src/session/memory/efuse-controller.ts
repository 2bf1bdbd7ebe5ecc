import type { EfuseRegisters } from '../../chip/efuse-registers';
import { BkError } from '../../errors';
import { readRegister, writeRegister } from '../../protocol/commands/command-table';
import { say } from '../../texts/note';
import type { Exchanger } from '../exchange/exchanger';
import { askUntilAnswered } from '../exchange/repeated-asks';

const BUSY = 1;
/** Of the result register: there is a byte in it. */
export const VALID = 0x100;
/** Polls of the busy bit; reading a byte takes microseconds. */
const POLLS = 20;

/** A controller that fetches one byte of eFuse at a time; there are two kinds, at different addresses. */
export interface EfuseController extends EfuseRegisters {
  /** What to write to `control` to have a byte. No bit of it may ever start a burn. */
  request(exchanger: Exchanger, index: number): Promise<number>;
}

/** @returns null where the chip says that this byte is not readable. @throws BkError BK_BAD_RESPONSE, BK_NO_RESPONSE */
export async function readEfuseByte(
  exchanger: Exchanger,
  controller: EfuseController,
  index: number,
): Promise<number | null> {
  const { control, result } = controller;
  const value = await controller.request(exchanger, index);
  await askUntilAnswered(exchanger, writeRegister, { address: control, value });
  await untilReady(exchanger, control);
  const read = await askUntilAnswered(exchanger, readRegister, { address: result });
  return (read & VALID) === 0 ? null : read & 0xff;
}

/**
 * Bytes of eFuse, as they lie there.
 * @throws BkError BK_BAD_RESPONSE where one is not readable
 */
export async function readEfuseBytes(
  exchanger: Exchanger,
  controller: EfuseController,
  offset: number,
  count: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(count);
  for (let index = 0; index < count; index++) {
    const byte = await readEfuseByte(exchanger, controller, offset + index);
    if (byte === null) {
      throw new BkError(
        'BK_BAD_RESPONSE',
        say('session.efuseByteNotReadable', {
          port: exchanger.transport.port,
          index: offset + index,
        }),
        { phase: 'read', address: offset + index },
      );
    }
    bytes[index] = byte;
  }
  return bytes;
}

async function untilReady(exchanger: Exchanger, control: number): Promise<void> {
  for (let poll = 0; poll < POLLS; poll++) {
    if (((await askUntilAnswered(exchanger, readRegister, { address: control })) & BUSY) === 0)
      return;
  }
  throw new BkError(
    'BK_BAD_RESPONSE',
    say('session.efuseStaysBusy', { port: exchanger.transport.port }),
    { phase: 'identify', attempts: POLLS },
  );
}
