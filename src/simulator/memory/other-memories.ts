import type { Chip } from '../../chip/known/chips';
import { fillRandom, type Stream, seeded } from '../setup/prng';
import type { ResolvedOptions } from '../setup/resolve';
import { ClockedEfuse, Efuse } from './efuse-model';
import { Window } from './memory-window';
import type { RegisterBlock } from './registers';
import { SystemControl } from './system-control';

/** What a chip holds besides flash. Empty where it has none, or none that can be reached. */
export interface OtherMemories {
  rom: Buffer;
  efuse: Buffer;
  otp: Buffer;
}

/** All of it made from the seed, but for the code key. */
export function otherMemories(options: ResolvedOptions): OtherMemories {
  const { rom, otp } = options.facts;
  return {
    rom: made(options, 'rom', rom?.bytes ?? 0),
    efuse: efuseOf(options),
    otp: made(
      options,
      'otp',
      (otp ?? []).reduce((sum, { bytes }) => sum + bytes, 0),
    ),
  };
}

/** What stands between them and the commands for registers. */
export function memoryBlocks(
  facts: Chip,
  { rom, efuse, otp }: OtherMemories,
  onBurn: () => void,
): RegisterBlock[] {
  const blocks: RegisterBlock[] = [];
  if (facts.rom !== null) blocks.push(new Window(facts.rom.address, rom));
  if (facts.efuse?.controller === 'plain') blocks.push(new Efuse(efuse, onBurn));
  const isClocked = facts.efuse?.controller === 'clocked';
  if (!isClocked && facts.otp === null) return blocks;
  const system = new SystemControl();
  blocks.push(system);
  if (isClocked) blocks.push(new ClockedEfuse(efuse, () => system.efuseClocked, onBurn));
  const awake = { shows: () => system.otpAwake, onWrite: onBurn };
  let start = 0;
  for (const { address, bytes } of facts.otp ?? []) {
    blocks.push(new Window(address, otp.subarray(start, start + bytes), awake));
    start += bytes;
  }
  return blocks;
}

/** The chips whose code key can be read have it there, in front of nothing. */
function efuseOf(options: ResolvedOptions): Buffer {
  const { efuse, codeKey } = options.facts;
  if (efuse === null) return Buffer.alloc(0);
  if (!codeKey.readable) return made(options, 'efuse', efuse.bytes);
  return Buffer.concat([keyBytes(options.efuse)], efuse.bytes);
}

/** Key words are written highest byte first and lie in eFuse lowest byte first. */
function keyBytes(key: string): Buffer {
  return Buffer.from(key, 'hex').swap32();
}

function made({ seed }: ResolvedOptions, stream: Stream, bytes: number): Buffer {
  return fillRandom(seeded(seed, stream), Buffer.alloc(bytes));
}
