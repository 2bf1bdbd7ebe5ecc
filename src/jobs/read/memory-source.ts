import { largerTwin } from '../../chip/known/chip-queries';
import { CHIP_MODELS, CHIPS, type ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import { nameOf } from '../../session/base/identity';
import { readEfuse } from '../../session/memory/efuse';
import { readClockedEfuse } from '../../session/memory/efuse-clocked';
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

const MIB = 1024 * 1024;
const NAMES: Readonly<Record<OtherMemory, Note>> = {
  efuse: say('job.efuse'),
  rom: say('job.maskRom'),
  otp: say('job.otp'),
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
  const { efuse } = CHIPS[chip];
  if (efuse === null) return undefined;
  const registers = new ScopedRegisterWrite(exchanger);
  return {
    name: NAMES.efuse,
    size: efuse.bytes,
    read: (offset, count) =>
      efuse.controller === 'clocked'
        ? readClockedEfuse(exchanger, registers, offset, count)
        : readEfuse(exchanger, offset, count),
  };
}

function romSource({ exchanger }: Session, chip: ChipName): MemorySource | undefined {
  const { rom } = CHIPS[chip];
  if (rom === null) return undefined;
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
  const { otp: windows } = CHIPS[chip];
  if (windows === null) return undefined;
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
    chip: nameOf(identity),
    memory: NAMES[memory],
    chips: inWords(CHIP_MODELS.filter((one) => one[memory] !== null).map((one) => one.name)),
  };
  const larger = chip === null ? null : largerTwin(chip);
  return new BkError(
    'BK_BAD_SETTING',
    family === 'basic' ? say('job.memoryNotSerial', what) : say('job.memoryNotKnown', what),
    {
      advice: [
        say('job.setMemoryToFlash'),
        ...(chip === null || larger === null
          ? []
          : [
              say('job.sameIdAsLarger', {
                larger: larger.name,
                size: larger.flashSize / MIB,
                chip,
              }),
            ]),
      ],
    },
  );
}

function inWords(chips: readonly string[]): string | Note {
  const last = chips.at(-1) ?? '';
  if (chips.length < 2) return last;
  return say('job.allAndLast', { all: chips.slice(0, -1).join(', '), last });
}
