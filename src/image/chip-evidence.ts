import { crc32 } from 'node:zlib';
import { BOOTLOADERS } from '../chip/bootloaders';
import type { ChipName } from '../chip/families';
import { hex } from '../errors';
import type { CodeKey } from './marker';
import { stripPackets } from './packets';
import { readPartitions } from './partitions';

/** What speaks for which chip; chips contradict each other where a dump is a mixture. */
interface Hint {
  chips: readonly ChipName[];
  /** A sentence for people. */
  evidence: string;
}

export interface ChipGuess {
  /** Null when nothing tells, or when the hints contradict each other. */
  chip: ChipName | null;
  evidence: string[];
}

/** Checksums over this many bytes name bootloaders: the first on basic chips, the second on full ones. */
const CHECKED = { basic: 256, full: 257 } as const;
/** BK7231N images have this text in clear behind the vectors. Source: real dumps. */
const N_TEXT = 'BK7231\0\0';
const N_TEXT_AT = 0x100;
const T_DOWNLOAD = 0x132000;
const N_DOWNLOAD = 0x12a000;
const T_CALIBRATION = 0x1e0000;
const N_CALIBRATION = 0x1d0000;

/**
 * Guesses the chip of a full dump that begins with the bootloader.
 * @param calibration where the calibration sector lies, null where there is none
 * @param key which key the code is stored with, null where that is not known
 */
export function guessChip(
  dump: Uint8Array,
  calibration: number | null,
  key: CodeKey | null,
): ChipGuess {
  const known = knownBootloader(dump);
  if (known !== null) return { chip: known.chips[0] ?? null, evidence: [known.evidence] };
  const hints = [partitionHint(dump, key), calibrationHint(calibration, key), textHint(dump, key)];
  const given = hints.filter((hint) => hint !== null);
  const evidence = given.map((hint) => hint.evidence);
  const left = given.reduce<readonly ChipName[] | null>(
    (chips, hint) => chips?.filter((chip) => hint.chips.includes(chip)) ?? hint.chips,
    null,
  );
  if (left === null) return { chip: null, evidence };
  if (left.length === 0) evidence.push('These contradict each other.');
  return { chip: left.length === 1 ? (left[0] ?? null) : null, evidence };
}

function knownBootloader(dump: Uint8Array): Hint | null {
  for (const bootloader of BOOTLOADERS) {
    const length = CHECKED[bootloader.family];
    if (dump.length < length || crc32(dump.subarray(0, length)) !== bootloader.crc) continue;
    const name = [bootloader.name, bootloader.version].filter((part) => part !== null).join(' ');
    return {
      chips: [bootloader.chip],
      evidence: `The bootloader is ${name}, by its checksum.`,
    };
  }
  return null;
}

function partitionHint(dump: Uint8Array, key: CodeKey | null): Hint | null {
  const download = readPartitions(dump).find(({ name }) => name === 'download');
  if (download === undefined) return null;
  const chips = chipsBy(download.offset, { t: T_DOWNLOAD, n: N_DOWNLOAD }, key);
  if (chips === null) return null;
  return {
    chips,
    evidence: `The partition table puts the download slot at ${hex(download.offset)}.`,
  };
}

function calibrationHint(offset: number | null, key: CodeKey | null): Hint | null {
  if (offset === null) return null;
  const chips = chipsBy(offset, { t: T_CALIBRATION, n: N_CALIBRATION }, key);
  return chips === null
    ? null
    : { chips, evidence: `The calibration sector lies at ${hex(offset)}.` };
}

function textHint(dump: Uint8Array, key: CodeKey | null): Hint | null {
  const packets = stripPackets(dump, 0, 16);
  if (packets.toString('latin1', N_TEXT_AT, N_TEXT_AT + N_TEXT.length) !== N_TEXT) return null;
  return {
    chips: nChips(key),
    evidence: 'The bootloader says BK7231 where only that of N and M does.',
  };
}

/** The layout alone does not tell the many chips apart that have the SDK's layout and no key. */
function chipsBy(
  offset: number,
  at: { t: number; n: number },
  key: CodeKey | null,
): readonly ChipName[] | null {
  if (offset === at.n) return nChips(key);
  if (offset !== at.t) return null;
  if (key === 'tuya') return ['BK7231T'];
  return ['BK7231T', 'BK7231U', 'BK7231Q', 'BK7238', 'BK7252', 'BK7252N'];
}

/** N and M are one silicon: only the key tells them apart. */
function nChips(key: CodeKey | null): readonly ChipName[] {
  if (key === 'tuya') return ['BK7231N'];
  return key === 'none' ? ['BK7231M'] : ['BK7231N', 'BK7231M'];
}
