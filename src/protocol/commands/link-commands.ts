/** Commands about the link itself, and about what runs. */

import { WORK_MS } from '../timing';
import type { Command } from './command';
import { echoes, SHORT_OVERHEAD, short, UNANSWERED, u8, u32 } from './command-parts';

/** Is a chip there? Its answer carries code 01 and one byte, WriteReg's carries code 01 and eight. */
export const linkCheck: Command<void, true> = {
  name: 'LinkCheck',
  kind: 'link',
  form: 'short',
  code: 0x00,
  payload: () => u8(),
  answer: short(0x01, 1),
  answerBytes: SHORT_OVERHEAD + 1,
  parse: (payload) => (payload.length === 1 && payload[0] === 0 ? true : undefined),
  work: () => WORK_MS.none,
};

/** The echo comes at the new rate, after the delay. */
export const setBaudRate: Command<{ baudRate: number; delayMs: number }, true> = {
  name: 'SetBaudRate',
  kind: 'baud',
  form: 'short',
  code: 0x0f,
  payload: ({ baudRate, delayMs }) => Buffer.concat([u32(baudRate), u8(delayMs)]),
  answer: short(0x0f, 5),
  answerBytes: SHORT_OVERHEAD + 5,
  parse: (payload, { baudRate, delayMs }) =>
    echoes(payload, Buffer.concat([u32(baudRate), u8(delayMs)])) ? true : undefined,
  work: ({ delayMs }) => delayMs + WORK_MS.none,
};

/** Starts the firmware. Nothing answers. */
export const reboot: Command<void, never> = {
  name: 'Reboot',
  kind: 'link',
  form: 'short',
  code: 0x0e,
  payload: () => u8(0xa5),
  ...UNANSWERED,
};

/** The frame that running Beken-SDK firmware obeys by rebooting; download mode does not. */
export const registerReboot: Command<void, never> = {
  name: 'register reboot',
  kind: 'link',
  form: 'short',
  code: 0xfe,
  payload: () => u8(0x95, 0x27, 0x95, 0x27),
  ...UNANSWERED,
};
