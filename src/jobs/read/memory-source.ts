import { largerTwin } from '../../chip/known/chip-queries';
import { CHIP_MODELS, CHIPS, type ChipName } from '../../chip/known/chips';
import { BkError, hex } from '../../errors';
import { readEfuse } from '../../session/memory/efuse';
import { readClockedEfuse } from '../../session/memory/efuse-clocked';
import { readOtp } from '../../session/memory/otp';
import { Loan } from '../../session/memory/scoped-register-write';
import { readWords } from '../../session/memory/words';
import type { Session } from '../../session/session';

/** Memories beside flash. */
export type OtherMemory = 'efuse' | 'rom' | 'otp';

/** A memory of the chip that is connected. */
export interface MemorySource {
  /** For people. */
  name: string;
  /** Bytes. */
  size: number;
  /** Reads whole words: offset and count are multiples of four. It can be repeated after any failure. */
  read(offset: number, count: number): Promise<Buffer>;
  /** What to know about all that is read from it. */
  warning?: string;
}

const NAMES = { efuse: 'eFuse', rom: 'mask ROM', otp: 'OTP' } as const;

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
  const loan = new Loan(exchanger);
  return {
    name: NAMES.efuse,
    size: efuse.bytes,
    read: (offset, count) =>
      efuse.controller === 'clocked'
        ? readClockedEfuse(exchanger, loan, offset, count)
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
      : {
          warning: `That the mask ROM of a ${chip} lies at ${hex(rom.address)} was never confirmed on hardware: look at the bytes before you rely on them.`,
        }),
  };
}

function otpSource({ exchanger }: Session, chip: ChipName): MemorySource | undefined {
  const { otp: windows } = CHIPS[chip];
  if (windows === null) return undefined;
  const loan = new Loan(exchanger);
  return {
    name: NAMES.otp,
    size: windows.reduce((sum, { bytes }) => sum + bytes, 0),
    read: (offset, count) => readOtp(exchanger, loan, windows, offset, count),
  };
}

function unreadable({ identity, port }: Session, memory: OtherMemory): BkError {
  const { chip, family } = identity;
  const name = NAMES[memory];
  const others = `that of ${inWords(CHIP_MODELS.filter((one) => one[memory] !== null).map((one) => one.name))} can be read`;
  const advice = ['Set memory to flash.'];
  if (chip !== null && largerTwin(chip) !== null) {
    advice.push(
      'A BK7258 has the same chip id; it is known by its flash of 8 MiB or more, and one with less is taken for a BK7236.',
    );
  }
  return new BkError(
    'BK_BAD_SETTING',
    family === 'basic'
      ? `The chip on ${port} is a ${chip ?? 'basic chip'}, whose ${name} cannot be read over the serial line; ${others}`
      : `The chip on ${port} is a ${chip}; how its ${name} is read is not known; ${others}`,
    { advice },
  );
}

function inWords(chips: readonly string[]): string {
  const last = chips.at(-1) ?? '';
  return chips.length < 2 ? last : `${chips.slice(0, -1).join(', ')} and ${last}`;
}
