import type { ChipName } from '../../chip/known/chips';
import { fillRandom, type Stream, seeded } from '../setup/prng';
import type { ResolvedOptions } from '../setup/resolve';
import { Efuse, Efuse7258 } from './efuse-model';
import { Window } from './memory-window';
import type { RegisterBlock } from './registers';
import { SystemControl } from './system-control';

const KIB = 1024;
/** Where each chip shows its mask ROM in download mode, and its bytes. */
const ROM: Readonly<Partial<Record<ChipName, readonly [address: number, bytes: number]>>> = {
  BK7231N: [0, 16 * KIB],
  BK7231M: [0, 16 * KIB],
  BK7238: [0, 16 * KIB],
  BK7252N: [0, 16 * KIB],
  BK7236: [0x161f0000, 64 * KIB],
  BK7258: [0x16000000, 64 * KIB],
};
/** The two windows on the OTP of BK7258 and how they share its bytes. */
const OTP_BYTES = 0x1000;
const OTP1 = { address: 0x5b100400, start: 0, end: 0x400 };
const OTP2 = { address: 0x5b010000, start: 0x400, end: OTP_BYTES };

/** What a chip holds besides flash. Empty where it has none, or none that can be reached. */
export interface OtherMemories {
  rom: Buffer;
  efuse: Buffer;
  otp: Buffer;
}

/** All of it made from the seed, but for the code key. */
export function otherMemories(options: ResolvedOptions): OtherMemories {
  const { chip } = options;
  return {
    rom: made(options, 'rom', ROM[chip]?.[1] ?? 0),
    efuse: efuseOf(options),
    otp: made(options, 'otp', chip === 'BK7258' ? OTP_BYTES : 0),
  };
}

/** What stands between them and the commands for registers. */
export function memoryBlocks(
  chip: ChipName,
  memories: OtherMemories,
  onBurn: () => void,
): RegisterBlock[] {
  const { rom, efuse, otp } = memories;
  const blocks: RegisterBlock[] = [];
  const romAddress = ROM[chip]?.[0];
  if (romAddress !== undefined) blocks.push(new Window(romAddress, rom));
  if (chip === 'BK7258') {
    const system = new SystemControl();
    const awake = { shows: () => system.otpAwake, onWrite: onBurn };
    blocks.push(system, new Efuse7258(efuse, () => system.efuseClocked, onBurn));
    for (const { address, start, end } of [OTP1, OTP2]) {
      blocks.push(new Window(address, otp.subarray(start, end), awake));
    }
  } else if (efuse.length > 0) {
    blocks.push(new Efuse(efuse, onBurn));
  }
  return blocks;
}

/** The chips that encrypt their code by a key of their own have it there; the others have four bytes, if any. */
function efuseOf(options: ResolvedOptions): Buffer {
  switch (options.chip) {
    case 'BK7231N':
    case 'BK7231M':
      return Buffer.concat([keyBytes(options.key), Buffer.alloc(16)]);
    case 'BK7238':
    case 'BK7252N':
    case 'BK7258':
      return made(options, 'efuse', 4);
    default:
      return Buffer.alloc(0);
  }
}

/** Key words are written highest byte first and lie in eFuse lowest byte first. */
function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'hex').swap32();
}

function made({ seed }: ResolvedOptions, stream: Stream, bytes: number): Buffer {
  return fillRandom(seeded(seed, stream), Buffer.alloc(bytes));
}
