import type { ChipName } from '../../chip/families';
import { EFUSE_BYTES, OTPS, ROMS } from '../../chip/memories';
import { BkError, hex } from '../../errors';
import { readEfuse } from '../../session/memory/efuse';
import { readEfuse7258 } from '../../session/memory/efuse-7258';
import { readOtp } from '../../session/memory/otp';
import { ScopedRegisterWrite } from '../../session/memory/scoped-register-write';
import { readWords } from '../../session/memory/words';
import type { Session } from '../../session/session';
import { type Note, say } from '../../texts/note';

/** Memories beside flash. */
export type OtherMemory = 'efuse' | 'rom' | 'otp';

/** A memory of the chip that is connected. */
export interface MemorySource {
  /** For people. */
  name: Note;
  /** Bytes. */
  size: number;
  /** Reads whole words: offset and count are multiples of four. It can be repeated after any failure. */
  read(offset: number, count: number): Promise<Buffer>;
  /** What to know about all that is read from it. */
  warning?: Note;
}

const NAMES: Readonly<Record<OtherMemory, Note>> = {
  efuse: say('job.efuse'),
  rom: say('job.maskRom'),
  otp: say('job.otp'),
};
const CHIPS_WITH: Readonly<Record<OtherMemory, readonly string[]>> = {
  efuse: Object.keys(EFUSE_BYTES),
  rom: Object.keys(ROMS),
  otp: Object.keys(OTPS),
};

/** @throws BkError BK_BAD_SETTING where it is not known how to read it on this chip */
export function memorySource(session: Session, memory: OtherMemory): MemorySource {
  const { chip } = session.identity;
  const source = chip === null ? undefined : SOURCES[memory](session, chip);
  if (source === undefined) throw unreadable(session, memory);
  return source;
}

const SOURCES: Readonly<
  Record<OtherMemory, (session: Session, chip: ChipName) => MemorySource | undefined>
> = { efuse: efuseSource, rom: romSource, otp: otpSource };

function efuseSource({ exchanger }: Session, chip: ChipName): MemorySource | undefined {
  const size = EFUSE_BYTES[chip];
  if (size === undefined) return undefined;
  const registers = new ScopedRegisterWrite(exchanger);
  return {
    name: NAMES.efuse,
    size,
    read: (offset, count) =>
      chip === 'BK7258'
        ? readEfuse7258(exchanger, registers, offset, count)
        : readEfuse(exchanger, offset, count),
  };
}

function romSource({ exchanger }: Session, chip: ChipName): MemorySource | undefined {
  const rom = ROMS[chip];
  if (rom === undefined) return undefined;
  return {
    name: NAMES.rom,
    size: rom.bytes,
    read: (offset, count) => readWords(exchanger, rom.address + offset, count),
    ...(rom.confirmed
      ? {}
      : { warning: say('job.romUnconfirmed', { chip, address: hex(rom.address) }) }),
  };
}

function otpSource({ exchanger }: Session, chip: ChipName): MemorySource | undefined {
  const windows = OTPS[chip];
  if (windows === undefined) return undefined;
  const registers = new ScopedRegisterWrite(exchanger);
  return {
    name: NAMES.otp,
    size: windows.reduce((sum, { bytes }) => sum + bytes, 0),
    read: (offset, count) => readOtp(exchanger, registers, windows, offset, count),
  };
}

function unreadable({ identity, port }: Session, memory: OtherMemory): BkError {
  const { chip, family } = identity;
  const what = {
    port,
    chip: chip ?? say('job.basicChip'),
    memory: NAMES[memory],
    chips: inWords(CHIPS_WITH[memory]),
  };
  return new BkError(
    'BK_BAD_SETTING',
    family === 'basic' ? say('job.memoryNotSerial', what) : say('job.memoryNotKnown', what),
    {
      advice: [
        say('job.setMemoryToFlash'),
        ...(chip === 'BK7236' ? [say('job.sameIdAsLarger')] : []),
      ],
    },
  );
}

function inWords(chips: readonly string[]): string | Note {
  const last = chips.at(-1) ?? '';
  if (chips.length < 2) return last;
  return say('job.allAndLast', { all: chips.slice(0, -1).join(', '), last });
}
