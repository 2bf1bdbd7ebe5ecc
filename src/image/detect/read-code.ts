import { crc32 } from 'node:zlib';
import { BOOTLOADER_END } from '../../chip/geometry';
import { markerKey } from '../../chip/marker';
import { type Note, say } from '../../texts/note';
import { readApp } from '../code/app';
import { readBootloader } from '../code/bootloader';
import { checkCode } from '../code/check-code';
import { countValidPackets, isFilledWith, PACKET, packetRuns } from '../code/packets';
import { ownAppEnd, readPartitions } from '../code/partitions';
import { findContainers, hasBootloaderHeader, RBL_HEADER_ON_FLASH } from '../code/rbl';
import { readUf2 } from '../containers/uf2';
import { appHints, bootloaderHints, type Hint, partitionHint, weighHints } from './chip-evidence';
import type { BootloaderEvidence, CodeEvidence, ImageCode } from './code-evidence';
import type { ImageKind } from './detected';
import { hasCode, unrotate } from './dump';

/** Behind a gap a bootloader may have its partition table, alone; more than that is code. */
const TABLE_PACKETS = 16;

/**
 * What bootloader and application of an image tell, each for itself: an image can be a mixture. Works
 * in slices of some milliseconds. Null for kinds without code that is stored as it lies on flash.
 */
export function* readCode(bytes: Uint8Array, kind: ImageKind): Generator<void, ImageCode | null> {
  switch (kind) {
    case 'dump':
    case 'qio':
      return yield* codeOfFlash(bytes);
    case 'rotated-dump':
      return rotated(yield* codeOfFlash(unrotate(bytes)), bytes.length);
    case 'app':
      return { app: yield* appEvidence(bytes, 0), bootloader: null };
    case 'bootloader':
      return { app: null, bootloader: yield* bootloaderEvidence(bytes) };
    case 'uf2':
      return { app: yield* appOfUf2(bytes), bootloader: null };
    default:
      return null;
  }
}

function* codeOfFlash(flash: Uint8Array): Generator<void, ImageCode> {
  const bootloader = yield* bootloaderEvidence(flash);
  yield;
  // Behind the slot of the application lies other data, which is no damaged code.
  const end = ownAppEnd(flash) ?? flash.length;
  const app = yield* appEvidence(flash.subarray(0, end), BOOTLOADER_END);
  return { app, bootloader };
}

/** The same with the offsets that it has in the file. */
function rotated({ app, bootloader }: ImageCode, length: number): ImageCode {
  const moved = <T extends CodeEvidence>(code: T): T => ({
    ...code,
    offset: (code.offset + length - BOOTLOADER_END) % length,
  });
  return {
    app: app === null ? null : moved(app),
    bootloader: bootloader === null ? null : moved(bootloader),
  };
}

/** What the application tells that begins at `offset`; null where there is none. */
function* appEvidence(bytes: Uint8Array, offset: number): Generator<void, CodeEvidence | null> {
  const marker = markerKey(bytes, offset, 'app');
  if (marker === null && !hasCode(bytes, offset)) return null;
  const { damaged, end } = yield* checkCode(bytes, offset, bytes.length);
  const length = Math.min(end + RBL_HEADER_ON_FLASH, bytes.length) - offset;
  const found = { key: marker ?? ('other' as const), damaged, offset, length };
  if (marker === null) return { ...found, chips: [], mixed: false, says: [] };
  const app = yield* readApp(bytes, offset, end, marker);
  // Names outrank the mark behind the vectors, which newer SDKs may set for other chips, too.
  const names = appHints({ ...app, saysBk7231: false }, marker);
  return { ...found, ...weighed(names, appHints(app, marker)) };
}

/** What the bootloader tells that a flash begins with; null where that area is blank or missing. */
function* bootloaderEvidence(bytes: Uint8Array): Generator<void, BootloaderEvidence | null> {
  const area = bytes.subarray(0, BOOTLOADER_END);
  if (isFilledWith(area, 0xff)) return null;
  const boot = readBootloader(area);
  const names = bootloaderHints(boot, boot.key);
  if (boot.known !== null) {
    const { chip, name } = boot.known;
    names.unshift({
      chips: [chip],
      evidence: say('image.bootloaderThatOf', { name }),
    });
  }
  const layout = partitionHint(area, boot.key);
  const told =
    boot.key === 'tuya' ||
    names.length > 0 ||
    hasBootloaderHeader(area) ||
    readPartitions(area).length > 0;
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

/** The application in a UF2 file, where its key tells that it is one; its header is a part of its own. */
function* appOfUf2(bytes: Uint8Array): Generator<void, CodeEvidence | null> {
  const part = readUf2(bytes)?.parts.find(
    ({ partitions, address }) => partitions['flasher-single'] === 'app' && address === 0,
  );
  // Its parts may be cut anywhere: what is missing, the file's own count tells.
  const whole = part?.bytes.subarray(0, part.bytes.length - (part.bytes.length % PACKET));
  const app = whole === undefined ? null : yield* appEvidence(whole, 0);
  return app === null || app.key === 'other' ? null : app;
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
