import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import { type CodeKey, markerKey } from '../../chip/marker';
import { type Note, say } from '../../texts/note';
import { type AppImage, readApp } from '../code/app';
import type { BootloaderImage } from '../code/bootloader';
import { type CodeCheck, checkCode } from '../code/check-code';
import { countValidPackets, isFilledWith, packetRuns } from '../code/packets';
import { ownAppEnd } from '../code/partitions';
import { findContainers, hasBootloaderHeader, RBL_HEADER_ON_FLASH } from '../code/rbl';
import {
  appHints,
  bootloaderHints,
  type Hint,
  partitionHint,
  weighHints,
  withoutMark,
} from './chip-evidence';
import type { BootloaderEvidence, CodeEvidence, ImageCode } from './code-evidence';
import { hasCode } from './dump';

/** Behind a gap a bootloader may have its partition table, alone; more than that is code. */
const TABLE_PACKETS = 16;

/** An application inside an image, and what it says; null where its key is not known. */
export interface AppPart {
  evidence: CodeEvidence;
  app: AppImage | null;
}

/** What is known of an application before it is read. */
export interface KnownOfApp {
  /** The key of the code around it, for one whose beginning tells none. */
  key: CodeKey | null;
  /** What was checked already, from its beginning to the end of the same bytes. */
  check?: CodeCheck;
}

/**
 * Reads the application of a flash, and weighs what bootloader and application tell, each for itself: an image can be
 * a mixture. In slices of some milliseconds.
 */
export function* codeOfFlash(
  flash: Uint8Array,
  boot: BootloaderImage,
  { key, check }: KnownOfApp,
): Generator<void, { code: ImageCode; app: AppImage | null }> {
  const bootloader = yield* bootloaderEvidence(flash, boot);
  yield;
  // Behind the slot of the application lies other data, which is no damaged code.
  const end = ownAppEnd(boot.partitions, flash.length) ?? flash.length;
  const known = check !== undefined && end === flash.length ? { key, check } : { key };
  const part = yield* readAppPart(flash.subarray(0, end), BOOTLOADER_END, known);
  return { code: { app: part?.evidence ?? null, bootloader }, app: part?.app ?? null };
}

/** The application that begins at `offset`; null where there is none. In slices of some milliseconds. */
export function* readAppPart(
  bytes: Uint8Array,
  offset: number,
  known: KnownOfApp,
): Generator<void, AppPart | null> {
  const marker = markerKey(bytes, offset, 'app');
  if (marker === null && !hasCode(bytes, offset)) return null;
  const { damaged, end, codeEnd } = known.check ?? (yield* checkCode(bytes, offset, bytes.length));
  const length = Math.min(end + RBL_HEADER_ON_FLASH, bytes.length) - offset;
  const found = { key: marker ?? ('other' as const), damaged, offset, length };
  const key = marker ?? known.key;
  const app = key === null ? null : yield* readApp(bytes, offset, codeEnd, key);
  if (marker === null || app === null)
    return { evidence: { ...found, chips: [], mixed: false, says: [] }, app };
  const names = appHints(withoutMark(app), marker);
  return { evidence: { ...found, ...weighed(names, appHints(app, marker)) }, app };
}

/**
 * What the bootloader tells that a flash begins with; null where that area is blank or missing. In slices of some
 * milliseconds.
 */
export function* bootloaderEvidence(
  flash: Uint8Array,
  boot: BootloaderImage,
): Generator<void, BootloaderEvidence | null> {
  const area = flash.subarray(0, BOOTLOADER_END);
  if (isFilledWith(area, 0xff)) return null;
  const names = bootloaderHints(boot, boot.key);
  const layout = partitionHint(boot, boot.key);
  const told =
    boot.key === 'tuya' ||
    boot.known !== null ||
    names.length > 0 ||
    hasBootloaderHeader(area) ||
    boot.partitions.length > 0;
  return {
    key: boot.key ?? 'other',
    ...weighed(names, layout === null ? [] : [layout]),
    damaged: yield* bootloaderDamage(area),
    offset: 0,
    length: area.length,
    told,
    crc: area.length < BOOTLOADER_END ? null : crc32(area),
  };
}

function* bootloaderDamage(area: Uint8Array): Generator<void, Note[]> {
  if (!hasCode(area, 0) || countValidPackets(area, 0, 1).valid === 0)
    return [say('image.noCodeAtStart')];
  const { damaged } = yield* checkCode(area, 0, area.length);
  if (damaged.length === 0 && findContainers(area).length === 0 && hasGap(area))
    return [say('image.blankStretch')];
  return damaged;
}

/** Code goes on behind blank packets. Only for code without a header, whose checksums tell more. */
function hasGap(area: Uint8Array): boolean {
  let blank = false;
  for (const { state, packets } of packetRuns(area)) {
    if (blank && state !== 'blank' && packets > TABLE_PACKETS) return true;
    blank ||= state === 'blank';
  }
  return false;
}

/** By the stronger hints, where there are any. */
function weighed(
  strong: readonly Hint[],
  weak: readonly Hint[],
): Pick<CodeEvidence, 'chips' | 'mixed' | 'says'> {
  const hints = strong.length > 0 ? strong : weak;
  const { chips } = weighHints(hints);
  return {
    chips,
    mixed: hints.length > 0 && chips.length === 0,
    says: hints.map(({ evidence }) => evidence),
  };
}
