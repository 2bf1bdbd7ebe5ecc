import { BOOTLOADERS, type BootloaderFacts } from '../../chip/known/bootloaders';
import type { ChipName } from '../../chip/known/chips';
import { below, seeded } from './prng';

/** How a simulated chip behaves by its model, where that is no fact that the engine asks for. */
export interface ChipProfile {
  /** With these three bytes, in hex, its address begins where none is given: as is seen on such modules. */
  maker: string;
  /** Ms of silence after which download mode is left; 0 never. */
  stay: number;
  /** A frame that is not finished ends download mode, too. */
  leavesOnBrokenFrame: boolean;
  /** Which of the bootloaders that are known for it flash begins with; the last of the table is the newest. */
  bootloader: 'first' | 'last';
}

const STEADY = { stay: 0, leavesOnBrokenFrame: false, bootloader: 'first' } as const;

/** Sources: real dumps for the makers, public recordings for the T. */
export const PROFILES: Readonly<Record<ChipName, ChipProfile>> = {
  BK7231T: { maker: '84e342', stay: 3000, leavesOnBrokenFrame: true, bootloader: 'last' },
  BK7231U: { ...STEADY, maker: '84e342' },
  BK7231N: { ...STEADY, maker: '381f8d' },
  BK7231M: { ...STEADY, maker: '381f8d' },
  BK7231Q: { ...STEADY, maker: '84e342' },
  BK7238: { ...STEADY, maker: '3c0b59' },
  BK7252: { ...STEADY, maker: '84e342' },
  BK7252N: { ...STEADY, maker: '3c0b59' },
  BK7236: { ...STEADY, maker: '84e342' },
  BK7258: { ...STEADY, maker: '381f8d' },
};

/** The bootloader of the table that a chip begins with; null where none is known for it. */
export function bootloaderOf(chip: ChipName): BootloaderFacts | null {
  const own = BOOTLOADERS.filter((entry) => entry.chip === chip);
  return own.at(PROFILES[chip].bootloader === 'last' ? -1 : 0) ?? null;
}

/** Three bytes of a maker, the usual ones where none are given, and three of the seed's. */
export function madeUpMac(chip: ChipName, seed: number, maker: Buffer | null = null): Buffer {
  const random = seeded(seed, 'mac');
  const mac = Buffer.alloc(6);
  mac.set(maker ?? Buffer.from(PROFILES[chip].maker, 'hex'));
  for (let at = 3; at < 6; at++) mac[at] = below(random, 256);
  return mac;
}
