import { SECTOR } from '../../chip/geometry';
import { openBekenConfigOrder } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { type OpenBekenConfig, readOpenBekenConfig } from './openbeken-config';
import { HIGHEST_VERSION, VERSION_OFFSET } from './openbeken-layout';

/** More sectors than this that begin like a configuration are not looked into. */
const MOST_CONFIGS = 16;

/** Where OpenBeken's configuration lies in bytes, whatever else they are. Offsets in these bytes. */
export interface FoundConfig {
  config: (OpenBekenConfig & { offset: number }) | null;
  /** Where one begins whose checksum fails, of the likeliest place; only looked for where there is no valid one. */
  damagedAt: number | null;
}

/**
 * Looks for OpenBeken's configuration: first where chips have it, then in any sector.
 * @param chip that the bytes are for, where they tell
 */
export function findOpenBekenConfig(bytes: Uint8Array, chip: ChipName | null): FoundConfig {
  const candidates = openBekenConfigOrder(chip);
  for (let at = 0; at < bytes.length && candidates.length < MOST_CONFIGS; at += SECTOR)
    if (beginsLikeOne(bytes, at)) candidates.push(at);
  let damagedAt: number | null = null;
  for (const offset of candidates) {
    if (offset >= bytes.length) continue;
    const config = readOpenBekenConfig(bytes.subarray(offset, offset + SECTOR), chip);
    if (config !== null) return { config: { ...config, offset }, damagedAt: null };
    if (damagedAt === null && isDamaged(bytes, offset)) damagedAt = offset;
  }
  return { config: null, damagedAt };
}

function beginsLikeOne(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x43 && bytes[at + 1] === 0x46 && bytes[at + 2] === 0x47;
}

/** It begins like one, up to a version that there is; other files may begin with these letters, too. */
function isDamaged(bytes: Uint8Array, at: number): boolean {
  if (!beginsLikeOne(bytes, at) || at + VERSION_OFFSET + 4 > bytes.length) return false;
  const [version = 0, ...rest] = bytes.subarray(at + VERSION_OFFSET, at + VERSION_OFFSET + 4);
  return version <= HIGHEST_VERSION && rest.every((byte) => byte === 0);
}
