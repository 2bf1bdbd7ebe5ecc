import type { CommandKind } from '../errors';
import { type AnswerShape, encodeCommand, type Form, type Frame } from './frames';
import { crcWork, USUAL_MS, WORK_MS } from './timing';

/** One command of the protocol: what it sends, what its answer must echo, and how long that may take. */
export interface Command<Args, Answer> {
  name: string;
  kind: CommandKind;
  form: Form;
  code: number;
  /** `all` chips answer it, or only `full` ones (mask ROM). */
  set: 'all' | 'full';
  /** Payload of the request. */
  payload(args: Args): Uint8Array;
  /** Its answer on the wire; null where none comes. */
  answer: AnswerShape | null;
  /** Bytes of a usual answer on the wire, for time-outs. */
  answerBytes: number;
  /**
   * The answer's content, or undefined where the frame answers something else. Only called with
   * frames of the answer's form and code and with status 0.
   */
  parse(payload: Buffer, args: Args): Answer | undefined;
  /** True where a refusal (status not 0) is this command's: its echo, as far as it goes, is right. */
  refusal?(payload: Buffer, args: Args): boolean;
  /** Longest time of the chip's work, ms. */
  work(args: Args): number;
  /** Its usual time, ms, where the longest is a multiple of it: flash operations. */
  usualWork?(args: Args): number;
}

interface At {
  address: number;
}

function u8(...values: number[]): Buffer {
  return Buffer.from(values);
}

function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value >>> 0, 4 * index);
  });
  return bytes;
}

function echoes(payload: Buffer, expected: Uint8Array): boolean {
  return payload.length >= expected.length && payload.subarray(0, expected.length).equals(expected);
}

/** A refused command may answer without its echo, or with a part of it. */
function echoesInPart(payload: Buffer, expected: Uint8Array): boolean {
  const length = Math.min(payload.length, expected.length);
  return payload.subarray(0, length).equals(expected.subarray(0, length));
}

function short(code: number, length: number): AnswerShape {
  return { form: 'short', code, minimum: length, maximum: length };
}

function long(code: number, length: number): AnswerShape {
  return { form: 'long', code, minimum: length, maximum: length };
}

const SHORT_OVERHEAD = 7;
const LONG_OVERHEAD = 11;

/** Is a chip there? Its answer carries code 01 and one byte, WriteReg's carries code 01 and eight. */
export const linkCheck: Command<void, true> = {
  name: 'LinkCheck',
  kind: 'link',
  form: 'short',
  code: 0x00,
  set: 'all',
  payload: () => u8(),
  answer: short(0x01, 1),
  answerBytes: SHORT_OVERHEAD + 1,
  parse: (payload) => (payload.length === 1 && payload[0] === 0 ? true : undefined),
  work: () => WORK_MS.none,
};

export const writeRegister: Command<At & { value: number }, true> = {
  name: 'WriteReg',
  kind: 'register',
  form: 'short',
  code: 0x01,
  set: 'full',
  payload: ({ address, value }) => u32(address, value),
  answer: short(0x01, 8),
  answerBytes: SHORT_OVERHEAD + 8,
  parse: (payload, { address, value }) =>
    payload.length === 8 && echoes(payload, u32(address, value)) ? true : undefined,
  work: () => WORK_MS.none,
};

export const readRegister: Command<At, number> = {
  name: 'ReadReg',
  kind: 'register',
  form: 'short',
  code: 0x03,
  set: 'full',
  payload: ({ address }) => u32(address),
  answer: short(0x03, 8),
  answerBytes: SHORT_OVERHEAD + 8,
  parse: (payload, { address }) =>
    echoes(payload, u32(address)) ? payload.readUInt32LE(4) : undefined,
  work: () => WORK_MS.none,
};

/** Starts the firmware. Nothing answers. */
export const reboot: Command<void, never> = {
  name: 'Reboot',
  kind: 'link',
  form: 'short',
  code: 0x0e,
  set: 'all',
  payload: () => u8(0xa5),
  answer: null,
  answerBytes: 0,
  parse: () => undefined,
  work: () => 0,
};

/** The echo comes at the new rate, after the delay. */
export const setBaudRate: Command<{ baudRate: number; delayMs: number }, true> = {
  name: 'SetBaudRate',
  kind: 'baud',
  form: 'short',
  code: 0x0f,
  set: 'all',
  payload: ({ baudRate, delayMs }) => Buffer.concat([u32(baudRate), u8(delayMs)]),
  answer: short(0x0f, 5),
  answerBytes: SHORT_OVERHEAD + 5,
  parse: (payload, { baudRate, delayMs }) =>
    echoes(payload, Buffer.concat([u32(baudRate), u8(delayMs)])) ? true : undefined,
  work: ({ delayMs }) => delayMs + WORK_MS.none,
};

/**
 * The chip's checksum of flash, raw (before the final inversion). `end` as the chip takes it:
 * exclusive on basic chips, inclusive on full ones. The answer echoes nothing.
 */
export const checkCrc: Command<{ start: number; end: number }, number> = {
  name: 'CheckCRC',
  kind: 'checksum',
  form: 'short',
  code: 0x10,
  set: 'all',
  payload: ({ start, end }) => u32(start, end),
  answer: short(0x10, 4),
  answerBytes: SHORT_OVERHEAD + 4,
  parse: (payload) => payload.readUInt32LE(0),
  work: ({ start, end }) => crcWork(end - start),
};

/** Tuya's bootloader of the BK7231T answers its version as text; a lone 07 means none. */
export const readBootVersion: Command<void, string | null> = {
  name: 'ReadBootVersion',
  kind: 'identity',
  form: 'short',
  code: 0x11,
  set: 'all',
  payload: () => u8(),
  answer: { form: 'short', code: 0x11, minimum: 1, maximum: 64 },
  answerBytes: SHORT_OVERHEAD + 16,
  parse: (payload) => {
    const text = payload.toString('latin1').split('\0', 1)[0] ?? '';
    return /^[\x20-\x7e]+$/.test(text) ? text : null;
  },
  work: () => WORK_MS.none,
};

/** Programs one page; bits can only be cleared. */
export const flashWrite: Command<At & { data: Uint8Array }, true> = {
  name: 'FlashWrite',
  kind: 'program',
  form: 'long',
  code: 0x06,
  set: 'all',
  payload: ({ address, data }) => Buffer.concat([u32(address), data]),
  answer: long(0x06, 5),
  answerBytes: LONG_OVERHEAD + 5,
  parse: (payload, { address, data }) =>
    echoes(payload, u32(address)) && payload[4] === (data.length & 0xff) ? true : undefined,
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  work: () => WORK_MS.programPage,
  usualWork: () => USUAL_MS.programPage,
};

export const flashWrite4K: Command<At & { data: Uint8Array }, true> = {
  name: 'FlashWrite4K',
  kind: 'program',
  form: 'long',
  code: 0x07,
  set: 'all',
  payload: ({ address, data }) => Buffer.concat([u32(address), data]),
  answer: long(0x07, 4),
  answerBytes: LONG_OVERHEAD + 4,
  parse: (payload, { address }) => (echoes(payload, u32(address)) ? true : undefined),
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  work: () => WORK_MS.programSector,
  usualWork: () => USUAL_MS.programSector,
};

/** The 4096 bytes as a view that is valid only until more bytes arrive. */
export const flashRead4K: Command<At, Buffer> = {
  name: 'FlashRead4K',
  kind: 'read',
  form: 'long',
  code: 0x09,
  set: 'all',
  payload: ({ address }) => u32(address),
  answer: long(0x09, 4 + 4096),
  answerBytes: LONG_OVERHEAD + 4 + 4096,
  parse: (payload, { address }) =>
    echoes(payload, u32(address)) ? payload.subarray(4) : undefined,
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  work: () => WORK_MS.readSector,
};

export const readStatusRegister: Command<{ register: number }, number> = {
  name: 'FlashReadSR',
  kind: 'status',
  form: 'long',
  code: 0x0c,
  set: 'full',
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
  set: 'full',
  payload: ({ register, value }) => Buffer.concat([u8(register), value]),
  answer: { form: 'long', code: 0x0d, minimum: 2, maximum: 3 },
  answerBytes: LONG_OVERHEAD + 3,
  parse: (payload, { register, value }) =>
    payload[0] === register && payload.subarray(1).equals(value) ? true : undefined,
  refusal: (payload, { register }) => echoesInPart(payload, u8(register)),
  work: () => WORK_MS.statusRegister,
};

/** The three JEDEC bytes, manufacturer first. Some ROMs misstate the length of this answer. */
export const readJedecId: Command<void, Buffer> = {
  name: 'FlashGetMID',
  kind: 'identity',
  form: 'long',
  code: 0x0e,
  set: 'full',
  payload: () => u8(0x9f, 0, 0, 0),
  answer: { form: 'long', code: 0x0e, minimum: 3, maximum: 5, actual: 4 },
  answerBytes: LONG_OVERHEAD + 4,
  parse: (payload) => Buffer.from(payload.subarray(1, 4)),
  work: () => WORK_MS.statusRegister,
};

/** Opcodes of FlashErase. */
export const ERASE_SECTOR = 0x20;
export const ERASE_BLOCK = 0xd8;

export const flashErase: Command<At & { size: typeof ERASE_SECTOR | typeof ERASE_BLOCK }, true> = {
  name: 'FlashErase',
  kind: 'erase',
  form: 'long',
  code: 0x0f,
  set: 'all',
  payload: ({ size, address }) => Buffer.concat([u8(size), u32(address)]),
  answer: long(0x0f, 5),
  answerBytes: LONG_OVERHEAD + 5,
  parse: (payload, { size, address }) =>
    echoes(payload, Buffer.concat([u8(size), u32(address)])) ? true : undefined,
  refusal: (payload, { size, address }) =>
    echoesInPart(payload, Buffer.concat([u8(size), u32(address)])),
  work: ({ size }) => (size === ERASE_BLOCK ? WORK_MS.eraseBlock : WORK_MS.eraseSector),
  usualWork: ({ size }) => (size === ERASE_BLOCK ? USUAL_MS.eraseBlock : USUAL_MS.eraseSector),
};

/** Resets a full chip; what it answers, if anything, is not told by any source. */
export const resetChip: Command<void, never> = {
  name: 'Reset',
  kind: 'link',
  form: 'short',
  code: 0x70,
  set: 'full',
  payload: () => Buffer.from('SEAN', 'latin1'),
  answer: null,
  answerBytes: 0,
  parse: () => undefined,
  work: () => 0,
};

export const stayRom: Command<void, never> = {
  name: 'StayRom',
  kind: 'link',
  form: 'short',
  code: 0xaa,
  set: 'full',
  payload: () => u8(0x55),
  answer: null,
  answerBytes: 0,
  parse: () => undefined,
  work: () => 0,
};

/** The same as FlashErase with ERASE_SECTOR, on full chips only. */
export const flashErase4K: Command<At, true> = {
  name: 'FlashErase4K',
  kind: 'erase',
  form: 'long',
  code: 0x0b,
  set: 'full',
  payload: ({ address }) => u32(address),
  answer: long(0x0b, 4),
  answerBytes: LONG_OVERHEAD + 4,
  parse: (payload, { address }) => (echoes(payload, u32(address)) ? true : undefined),
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  work: () => WORK_MS.eraseSector,
  usualWork: () => USUAL_MS.eraseSector,
};

/** The frame that running Beken-SDK firmware obeys by rebooting; download mode does not. */
export const registerReboot: Command<void, never> = {
  name: 'register reboot',
  kind: 'link',
  form: 'short',
  code: 0xfe,
  set: 'all',
  payload: () => u8(0x95, 0x27, 0x95, 0x27),
  answer: null,
  answerBytes: 0,
  parse: () => undefined,
  work: () => 0,
};

// biome-ignore lint/suspicious/noExplicitAny: a list of commands of every kind
export const COMMANDS: readonly Command<any, any>[] = [
  linkCheck,
  writeRegister,
  readRegister,
  reboot,
  setBaudRate,
  checkCrc,
  readBootVersion,
  flashWrite,
  flashWrite4K,
  flashRead4K,
  readStatusRegister,
  writeStatusRegister,
  readJedecId,
  flashErase4K,
  flashErase,
  resetChip,
  stayRom,
  registerReboot,
];

/** What answers can look like: the frame reader skips everything else. */
export const ANSWER_SHAPES: readonly AnswerShape[] = COMMANDS.flatMap((command) =>
  command.answer === null ? [] : [command.answer],
);

/** The bytes of a request. */
export function encodeRequest<Args>(command: Command<Args, unknown>, args: Args): Buffer {
  return encodeCommand(command.form, command.code, command.payload(args));
}

/** Whether a frame has the form and code of a command's answer. */
export function answers(command: Command<never, unknown>, frame: Frame): boolean {
  return command.answer?.form === frame.form && command.answer.code === frame.code;
}
