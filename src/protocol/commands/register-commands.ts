/** Registers of a full chip, and what a bootloader tells of itself. */

import { WORK_MS } from '../timing';
import type { At, Command } from './command';
import { echoes, SHORT_OVERHEAD, short, u8, u32 } from './command-parts';

export const readRegister: Command<At, number> = {
  name: 'ReadReg',
  kind: 'register',
  form: 'short',
  code: 0x03,
  payload: ({ address }) => u32(address),
  answer: short(0x03, 8),
  answerBytes: SHORT_OVERHEAD + 8,
  parse: (payload, { address }) =>
    echoes(payload, u32(address)) ? payload.readUInt32LE(4) : undefined,
  work: () => WORK_MS.none,
};

export const writeRegister: Command<At & { value: number }, true> = {
  name: 'WriteReg',
  kind: 'register',
  form: 'short',
  code: 0x01,
  payload: ({ address, value }) => u32(address, value),
  answer: short(0x01, 8),
  answerBytes: SHORT_OVERHEAD + 8,
  parse: (payload, { address, value }) =>
    payload.length === 8 && echoes(payload, u32(address, value)) ? true : undefined,
  work: () => WORK_MS.none,
};

/** Tuya's bootloader of one model answers its version as text; a lone 07 means none. */
export const readBootVersion: Command<void, string | null> = {
  name: 'ReadBootVersion',
  kind: 'identity',
  form: 'short',
  code: 0x11,
  payload: () => u8(),
  answer: { form: 'short', code: 0x11, minimum: 1, maximum: 64 },
  answerBytes: SHORT_OVERHEAD + 16,
  parse: (payload) => {
    const text = payload.toString('latin1').split('\0', 1)[0] ?? '';
    return /^[\x20-\x7e]+$/.test(text) ? text : null;
  },
  work: () => WORK_MS.none,
};
