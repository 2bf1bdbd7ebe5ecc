/** Commands that read, check and change flash. */

import { crcWork, USUAL_MS, WORK_MS } from '../timing';
import type { At, Command } from './command';
import {
  echoes,
  echoesInPart,
  LONG_OVERHEAD,
  long,
  SHORT_OVERHEAD,
  short,
  u8,
  u32,
} from './command-parts';

/**
 * The chip's checksum of flash, raw (before the final inversion). `end` as the chip takes it:
 * exclusive on basic chips, inclusive on full ones. The answer echoes nothing.
 */
export const checkCrc: Command<{ start: number; end: number }, number> = {
  name: 'CheckCRC',
  kind: 'checksum',
  form: 'short',
  code: 0x10,
  payload: ({ start, end }) => u32(start, end),
  answer: short(0x10, 4),
  answerBytes: SHORT_OVERHEAD + 4,
  parse: (payload) => payload.readUInt32LE(0),
  work: ({ start, end }) => crcWork(end - start),
};

/** The 4096 bytes as a view that is valid only until more bytes arrive. */
export const flashRead4K: Command<At, Buffer> = {
  name: 'FlashRead4K',
  kind: 'read',
  form: 'long',
  code: 0x09,
  payload: ({ address }) => u32(address),
  answer: long(0x09, 4 + 4096),
  answerBytes: LONG_OVERHEAD + 4 + 4096,
  parse: (payload, { address }) =>
    echoes(payload, u32(address)) ? payload.subarray(4) : undefined,
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  work: () => WORK_MS.readSector,
};

/** Programs one page; bits can only be cleared. */
export const flashWrite: Command<At & { data: Uint8Array }, true> = {
  name: 'FlashWrite',
  kind: 'program',
  form: 'long',
  code: 0x06,
  payload: ({ address, data }) => Buffer.concat([u32(address), data]),
  answer: long(0x06, 5),
  answerBytes: LONG_OVERHEAD + 5,
  parse: (payload, { address, data }) =>
    echoes(payload, u32(address)) && payload[4] === (data.length & 0xff) ? true : undefined,
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  changes: (payload) => ({ offset: payload.readUInt32LE(0), length: PAGE }),
  work: () => WORK_MS.programPage,
  usualWork: () => USUAL_MS.programPage,
};

export const flashWrite4K: Command<At & { data: Uint8Array }, true> = {
  name: 'FlashWrite4K',
  kind: 'program',
  form: 'long',
  code: 0x07,
  payload: ({ address, data }) => Buffer.concat([u32(address), data]),
  answer: long(0x07, 4),
  answerBytes: LONG_OVERHEAD + 4,
  parse: (payload, { address }) => (echoes(payload, u32(address)) ? true : undefined),
  refusal: (payload, { address }) => echoesInPart(payload, u32(address)),
  changes: (payload) => ({ offset: payload.readUInt32LE(0), length: SECTOR }),
  work: () => WORK_MS.programSector,
  usualWork: () => USUAL_MS.programSector,
};

/** Units of flash, bytes. */
const PAGE = 0x100;
const SECTOR = 0x1000;

/** Opcodes of FlashErase. */
export const ERASE_SECTOR = 0x20;
export const ERASE_HALF_BLOCK = 0x52;
export const ERASE_BLOCK = 0xd8;

/** What FlashErase takes: the flash part's own command for so many bytes, and what that takes, ms. */
const ERASES = {
  [ERASE_SECTOR]: { bytes: SECTOR, longest: WORK_MS.eraseSector, usual: USUAL_MS.eraseSector },
  // Not every chip hands this one on.
  [ERASE_HALF_BLOCK]: {
    bytes: 0x8000,
    longest: WORK_MS.eraseHalfBlock,
    usual: USUAL_MS.eraseHalfBlock,
  },
  [ERASE_BLOCK]: { bytes: 0x10000, longest: WORK_MS.eraseBlock, usual: USUAL_MS.eraseBlock },
} as const;

export const flashErase: Command<At & { size: keyof typeof ERASES }, true> = {
  name: 'FlashErase',
  kind: 'erase',
  form: 'long',
  code: 0x0f,
  payload: ({ size, address }) => Buffer.concat([u8(size), u32(address)]),
  answer: long(0x0f, 5),
  answerBytes: LONG_OVERHEAD + 5,
  parse: (payload, { size, address }) =>
    echoes(payload, Buffer.concat([u8(size), u32(address)])) ? true : undefined,
  refusal: (payload, { size, address }) =>
    echoesInPart(payload, Buffer.concat([u8(size), u32(address)])),
  changes: (payload) => ({
    offset: payload.readUInt32LE(1),
    length: (ERASES[payload[0] as keyof typeof ERASES] ?? ERASES[ERASE_SECTOR]).bytes,
  }),
  work: ({ size }) => ERASES[size].longest,
  usualWork: ({ size }) => ERASES[size].usual,
};

/**
 * The answer to FlashErase4K, which full chips have and nobody sends: a FlashRead4K in which the line has changed one
 * bit (09, 0B) is one, and its answer is all that tells of it.
 */
export const flashErase4KAnswer: Pick<Command<never, never>, 'answer' | 'changes'> = {
  answer: long(0x0b, 4),
  changes: (payload) => ({ offset: payload.readUInt32LE(0), length: SECTOR }),
};
