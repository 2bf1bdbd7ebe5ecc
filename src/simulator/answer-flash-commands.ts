import { BLOCK, BOOTLOADER_END, HALF_BLOCK, PAGE, SECTOR } from '../chip/geometry';
import { type Core, countBootloaderTouch } from './core';
import { longAnswer } from './line/request-frames';
import type { Timings } from './setup/chip-timing';
import { type Work, words } from './work';

/** What a basic chip's bootloader answers to a direct address within itself. */
const GUARDED = 6;
const UNKNOWN_UNIT = 1;
/** More than this is not one answer. */
const LONGEST_READ = 0xf000;

/** FlashErase (0F): a unit by the flash part's own erase command, and an address. */
export function flashErase(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 5) return null;
  const unit = unitOf(core, payload[0] as number);
  if (unit === null) return { ms: 0, answer: longAnswer(0x0f, UNKNOWN_UNIT, payload) };
  return eraseWork(core, 0x0f, payload, payload.readUInt32LE(1), unit);
}

function unitOf({ options }: Core, size: number): number | null {
  if (size === 0x20) return SECTOR;
  if (size === 0x52 && options.erase32) return HALF_BLOCK;
  return size === 0xd8 ? BLOCK : null;
}

/** FlashErase4K (0B). */
export function flashErase4K(core: Core, payload: Buffer): Work | null {
  return payload.length === 4
    ? eraseWork(core, 0x0b, payload, payload.readUInt32LE(0), SECTOR)
    : null;
}

/** FlashEraseAll (0A): a time-out that the chip does not need. */
export function flashEraseAll(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 1) return null;
  const { memory, counters, options } = core;
  const answer = longAnswer(0x0a, 0, Buffer.alloc(0));
  if (unchangeable(core)) return { ms: 0, answer };
  return {
    ms: options.timings.chipErasePerMiB * (memory.size / 0x100000),
    answer,
    finish: () => {
      for (let at = 0; at < memory.size; at += SECTOR) memory.erase(at, SECTOR);
      counters.erases.forEach((count, sector) => {
        counters.erases[sector] = count + 1;
      });
    },
    interrupt: () => memory.interruptErase(0, memory.size),
  };
}

/** FlashWrite (06): up to a page; the answer counts its bytes in eight bits. */
export function flashWrite(core: Core, payload: Buffer): Work | null {
  const data = payload.subarray(4);
  if (data.length === 0 || data.length > PAGE) return null;
  const echo = Buffer.concat([payload.subarray(0, 4), Buffer.from([data.length & 0xff])]);
  return programWork(core, 0x06, echo, payload.readUInt32LE(0), data);
}

/** FlashWrite4K (07). */
export function flashWrite4K(core: Core, payload: Buffer): Work | null {
  if (payload.length !== 4 + SECTOR) return null;
  const address = payload.readUInt32LE(0);
  return programWork(core, 0x07, payload.subarray(0, 4), address, payload.subarray(4));
}

/** FlashRead4K (09). */
export function flashRead4K(core: Core, payload: Buffer): Work | null {
  return payload.length === 4 ? readWork(core, 0x09, payload.readUInt32LE(0), SECTOR) : null;
}

/** FlashRead (08): the notes give no width for the length, so one to four bytes are understood. */
export function flashRead(core: Core, payload: Buffer): Work | null {
  const width = payload.length - 4;
  if (width < 1 || width > 4) return null;
  const length = payload.readUIntLE(4, width);
  return length <= LONGEST_READ ? readWork(core, 0x08, payload.readUInt32LE(0), length) : null;
}

function readWork(core: Core, code: number, address: number, length: number): Work {
  if (guards(core, address)) {
    // The refusal has the shape of a full answer: tools parse it whole before they look at the status.
    const nothing = Buffer.alloc(length, 0xff);
    return { ms: 0, answer: longAnswer(code, GUARDED, Buffer.concat([words(address), nothing])) };
  }
  const bytes = core.memory.read(address, length);
  return { ms: 0, answer: longAnswer(code, 0, Buffer.concat([words(address), bytes])) };
}

function eraseWork(
  core: Core,
  code: number,
  echo: Buffer,
  address: number,
  unit: number,
): Work | null {
  const { memory, counters, options } = core;
  // The part takes the whole unit that the address lies in, whatever the bootloader looked at.
  const start = (address % memory.size) - (address % unit);
  const touches = touchesBootloader(core, start, unit);
  if (touches) countBootloaderTouch(core);
  if (guards(core, address)) return { ms: 0, answer: longAnswer(code, GUARDED, echo) };
  const answer = longAnswer(code, 0, echo);
  if (unchangeable(core)) return { ms: 0, answer };
  if (touches) keepSoundBootloader(core);
  const { timings } = options;
  return {
    ms: eraseTime(timings, unit),
    answer,
    finish: () => {
      memory.erase(address, unit);
      countSectors(counters.erases, start, unit);
    },
    interrupt: () => {
      memory.interruptErase(address, unit);
      countSectors(counters.erases, start, unit);
    },
  };
}

function eraseTime(timings: Timings, unit: number): number {
  if (unit === BLOCK) return timings.blockErase;
  return unit === HALF_BLOCK ? timings.halfBlockErase : timings.sectorErase;
}

function programWork(
  core: Core,
  code: number,
  echo: Buffer,
  address: number,
  data: Buffer,
): Work | null {
  const { memory, counters, options } = core;
  const start = address % memory.size;
  const touches = touchesBootloader(core, start, data.length);
  if (touches) countBootloaderTouch(core);
  if (guards(core, address)) return { ms: 0, answer: longAnswer(code, GUARDED, echo) };
  const answer = longAnswer(code, 0, echo);
  if (unchangeable(core)) return { ms: 0, answer };
  if (touches) keepSoundBootloader(core);
  return {
    ms: programTime(options.timings, data.length),
    answer,
    finish: () => {
      memory.program(address, data);
      countSectors(counters.programs, start, data.length);
    },
    interrupt: () => {
      memory.interruptProgram(address, data);
      countSectors(counters.programs, start, data.length);
    },
  };
}

function programTime({ pageProgram, sectorProgram }: Timings, bytes: number): number {
  if (bytes === SECTOR && sectorProgram !== null) return sectorProgram;
  return pageProgram * Math.ceil(bytes / PAGE);
}

/** A basic chip's bootloader looks at the address as it was sent, which is why the wrap gets past it. */
function guards(core: Core, address: number): boolean {
  if (core.options.facts.family !== 'basic' || address >= BOOTLOADER_END) return false;
  core.counters.guarded++;
  return true;
}

/** Locked or protected flash answers as if all were well, and stays as it is. */
function unchangeable(core: Core): boolean {
  const full = core.options.facts.family === 'full';
  const held = full ? core.status.protected : core.locked;
  if (held) core.counters.refused++;
  return held;
}

function touchesBootloader(core: Core, start: number, length: number): boolean {
  if (core.options.facts.family !== 'basic') return false;
  return start < BOOTLOADER_END || start + length > core.memory.size;
}

function keepSoundBootloader(core: Core): void {
  core.soundBootloader ??= Buffer.from(core.memory.cells.subarray(0, BOOTLOADER_END));
}

function countSectors(counts: Uint32Array, start: number, length: number): void {
  const last = Math.floor((start + length - 1) / SECTOR);
  for (let sector = Math.floor(start / SECTOR); sector <= last; sector++) {
    const wrapped = sector % counts.length;
    counts[wrapped] = (counts[wrapped] as number) + 1;
  }
}
