/** Commands that a full chip hands on to its flash part. */

import { WORK_MS } from '../timing';
import type { Command } from './command';
import { echoesInPart, LONG_OVERHEAD, long, u8 } from './command-parts';

/** The three JEDEC bytes, manufacturer first. Some ROMs misstate the length of this answer. */
export const readJedecId: Command<void, Buffer> = {
  name: 'FlashGetMID',
  kind: 'identity',
  form: 'long',
  code: 0x0e,
  payload: () => u8(0x9f, 0, 0, 0),
  answer: { form: 'long', code: 0x0e, minimum: 3, maximum: 5, actual: 4 },
  answerBytes: LONG_OVERHEAD + 4,
  parse: (payload) => Buffer.from(payload.subarray(1, 4)),
  work: () => WORK_MS.statusRegister,
};

export const readStatusRegister: Command<{ register: number }, number> = {
  name: 'FlashReadSR',
  kind: 'status',
  form: 'long',
  code: 0x0c,
  payload: ({ register }) => u8(register),
  answer: long(0x0c, 2),
  answerBytes: LONG_OVERHEAD + 2,
  parse: (payload, { register }) => (payload[0] === register ? payload[1] : undefined),
  refusal: (payload, { register }) => echoesInPart(payload, u8(register)),
  work: () => WORK_MS.statusRegister,
};

/** `value` has one byte or two, as the part wants them. */
export const writeStatusRegister: Command<{ register: number; value: Uint8Array }, true> = {
  name: 'FlashWriteSR',
  kind: 'status',
  form: 'long',
  code: 0x0d,
  payload: ({ register, value }) => Buffer.concat([u8(register), value]),
  answer: { form: 'long', code: 0x0d, minimum: 2, maximum: 3 },
  answerBytes: LONG_OVERHEAD + 3,
  parse: (payload, { register, value }) =>
    payload[0] === register && payload.subarray(1).equals(value) ? true : undefined,
  refusal: (payload, { register }) => echoesInPart(payload, u8(register)),
  alters: true,
  work: () => WORK_MS.statusRegister,
};
