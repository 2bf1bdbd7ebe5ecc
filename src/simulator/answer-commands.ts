import { crc32 } from 'node:zlib';
import { BOOTLOADERS } from '../chip/known/bootloaders';
import * as flash from './answer-flash-commands';
import type { Core } from './core';
import { type CommandFrame, commandKey, longAnswer, shortAnswer } from './line/request-frames';
import { dividedBaud } from './setup/chip-timing';
import { type Work, words } from './work';

/** Which chips have a command: all, those with the ROM, or Tuya's bootloader of the T alone. */
type Chips = 'all' | 'full' | 'T';

interface Command {
  set: Chips;
  /** null where the chip does not answer and does nothing: a payload that is not what it expects. */
  run(core: Core, payload: Buffer, at: number): Work | null;
}

/** Beyond this a checksum is not worth simulating: the chip would be silent for minutes. */
const LONGEST_CRC = 0x10000000;

const COMMANDS: Readonly<Record<string, Command>> = {
  S00: { set: 'all', run: linkCheck },
  S01: { set: 'full', run: writeRegister },
  S03: { set: 'full', run: readRegister },
  S0E: { set: 'all', run: (_core, payload) => restart(payload, 'a5') },
  S0F: { set: 'all', run: setBaudRate },
  S10: { set: 'all', run: checkCrc },
  S11: { set: 'T', run: readBootVersion },
  S70: { set: 'full', run: (_core, payload) => restart(payload, '5345414e') },
  // The ROM stays anyway; the command changes nothing that can be seen from outside.
  SAA: { set: 'full', run: () => ({ ms: 0, answer: null }) },
  L06: { set: 'all', run: flash.flashWrite },
  L07: { set: 'all', run: flash.flashWrite4K },
  L08: { set: 'full', run: flash.flashRead },
  L09: { set: 'all', run: flash.flashRead4K },
  L0A: { set: 'full', run: flash.flashEraseAll },
  L0B: { set: 'full', run: flash.flashErase4K },
  L0C: { set: 'full', run: readStatus },
  L0D: { set: 'full', run: writeStatus },
  L0E: { set: 'full', run: getMid },
  L0F: { set: 'all', run: flash.flashErase },
};

/** Carries out a frame; null where this chip ignores it. */
export function runCommand(core: Core, frame: CommandFrame, at: number): Work | null {
  const key = commandKey(frame);
  const command = COMMANDS[key];
  if (command === undefined || !has(core, command.set)) return null;
  const { commands } = core.counters;
  commands[key] = (commands[key] ?? 0) + 1;
  return command.run(core, frame.payload, at);
}

export function isLinkCheck(frame: CommandFrame): boolean {
  return !frame.long && frame.code === 0x00 && frame.payload.length === 0;
}

function has(core: Core, set: Chips): boolean {
  if (set === 'all') return true;
  const { family, tellsBootVersion } = core.options.facts;
  return set === 'full' ? family === 'full' : tellsBootVersion;
}

/** Answered under the next code, 01, with one zero. */
function linkCheck(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 0) return null;
  core.counters.linkChecks++;
  core.locked = false;
  return { ms: 0, answer: shortAnswer(0x01, Buffer.alloc(1)) };
}

function writeRegister(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 8) return null;
  core.registers.write(payload.readUInt32LE(0), payload.readUInt32LE(4));
  return { ms: 0, answer: shortAnswer(0x01, payload) };
}

function readRegister(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 4) return null;
  const address = payload.readUInt32LE(0);
  return { ms: 0, answer: shortAnswer(0x03, words(address, core.registers.read(address))) };
}

function restart(payload: Buffer, password: string): Work | null {
  return payload.toString('hex') === password ? { ms: 0, answer: null, reboots: true } : null;
}

/** The new rate holds from now on; the echo comes at it when the delay is over. */
function setBaudRate(_core: Core, payload: Buffer): Work | null {
  if (payload.length !== 5) return null;
  const baud = payload.readUInt32LE(0);
  if (dividedBaud(baud) === null) return null;
  return { ms: payload[4] as number, answer: shortAnswer(0x0f, payload), baud };
}

/**
 * The value before CRC-32's final inversion. Full chips count the end byte, basic ones do not, and lock
 * their flash.
 */
function checkCrc(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 8) return null;
  const full = core.options.facts.family === 'full';
  const start = payload.readUInt32LE(0);
  const length = Math.max(0, payload.readUInt32LE(4) - start + (full ? 1 : 0));
  if (length > LONGEST_CRC) return null;
  if (!full) core.locked = true;
  const raw = (core.memory.crc(start, length) ^ 0xffffffff) >>> 0;
  return { ms: length / crcPace(core, start, length), answer: shortAnswer(0x10, words(raw)) };
}

function crcPace({ options, memory }: Core, start: number, length: number): number {
  const { crcBytesPerMs, crcBlankBytesPerMs } = options.timings;
  if (crcBlankBytesPerMs === null || length > memory.size) return crcBytesPerMs;
  const isBlank = memory.read(start, length).every((byte) => byte === 0xff);
  return isBlank ? crcBlankBytesPerMs : crcBytesPerMs;
}

/** Text with its closing zero; a lone 07 where the bootloader has none. */
function readBootVersion(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 0) return null;
  const crc = crc32(core.memory.cells.subarray(0, 256));
  const version = BOOTLOADERS.find((entry) => entry.crc === crc)?.version ?? null;
  const text = version === null ? Buffer.from([0x07]) : Buffer.from(`${version}\0`, 'latin1');
  return { ms: 0, answer: shortAnswer(0x11, text) };
}

function readStatus(core: Core, payload: Buffer, at: number): Work | null {
  if (payload.length !== 1) return null;
  const command = payload[0] as number;
  const value = core.status.read(command, at);
  return { ms: 0, answer: longAnswer(0x0c, 0, Buffer.from([command, value])) };
}

function writeStatus(core: Core, payload: Buffer, at: number): Work | null {
  if (payload.length < 2 || payload.length > 3) return null;
  const { counters, options, status } = core;
  const ms = options.timings.statusWrite;
  counters.statusWrites++;
  const needless = status.write(
    payload[0] as number,
    payload.subarray(1),
    at + ms + options.timings.writeInProgress,
  );
  if (needless) counters.needlessStatusWrites++;
  return { ms, answer: longAnswer(0x0d, 0, payload) };
}

/** Some ROMs say a length one too large or too small; the frame is the same. */
function getMid(core: Core, payload: Buffer): Work | null {
  if (payload.toString('hex') !== '9f000000') return null;
  const answer = longAnswer(0x0e, 0, Buffer.concat([Buffer.alloc(1), core.options.jedec]));
  answer.writeUInt16LE(core.options.midLength, 7);
  return { ms: 0, answer };
}
