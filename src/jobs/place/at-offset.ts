import { BOOTLOADER_END } from '../../chip/geometry';
import { BkError, hex } from '../../errors';
import type { CodeEvidence } from '../../image/detect/code-evidence';
import type { DetectedImage, ImageKind } from '../../image/detect/detect';
import { mustBeSoundBootloader } from '../../placement/bootloader-fit';
import { isOwn } from '../../placement/fit';
import type { LoadedImage } from '../../placement/loaded-image';
import { slotOf } from '../../placement/place-target';
import {
  ALL_THE_SAME,
  isOtherCore,
  nameOf,
  untried,
  wrongImage,
} from '../../placement/place-types';
import { anyOf, say } from '../../texts/note';
import type { JobContext } from '../base/job-context';
import { mustFitFlash } from '../base/job-context';
import type { WriteOptions } from '../base/job-types';
import type { Piece } from '../change/change-plan';
import { bootloaderCrcOf } from './by-kind';
import { targetOf } from './chip-target';
import { fitTarget, mustFitParts } from './fit-chip';

/** Which bytes of an image go where. */
interface Slice {
  /** Flash address, bytes. */
  offset: number;
  /** Bytes that are left out at the image's beginning. */
  skip: number;
  length: number;
}

/** What the bootloader installs from the download slot; elsewhere it is of no use. */
const UPDATES: readonly ImageKind[] = ['rbl', 'tuya-ug'];
/** Images for chips with an ARM9 core, and dumps, which are for a chip in any case. */
const RECOGNISED: readonly ImageKind[] = [
  ...UPDATES,
  'dump',
  'rotated-dump',
  'qio',
  'app',
  'bootloader',
];

/**
 * With a numeric offset the bytes go there as they are, but for an image that is another chip's, and for
 * what can be of no use there.
 * @throws BkError BK_OUT_OF_RANGE, BK_WRONG_IMAGE, BK_BAD_IMAGE, BK_BOOTLOADER_PROTECTED
 */
export async function placeAtOffset(
  context: JobContext,
  { bytes, detected }: LoadedImage,
  offset: number,
  options: WriteOptions,
): Promise<Piece[]> {
  const skip = options.skip ?? 0;
  const length = options.length ?? bytes.length - skip;
  const slice = { offset, skip, length };
  if (isOtherCore(context.session.identity.chip))
    await mustSuitOtherCore(context, detected, options);
  else {
    await mustFitParts(context, detected, partsIn(detected, slice), options);
    if (UPDATES.includes(detected.kind)) await mustSpareApp(context, detected, slice);
  }
  mustFitFlash(context, offset, length);
  mustSpareBootloader(context, offset, options);
  if (offset < BOOTLOADER_END && !options.anyImage)
    await mustBeBootloader(context, detected, slice);
  return [{ offset, bytes: bytes.subarray(skip, skip + length) }];
}

/**
 * Refuses to leave out more of an image than it has, or to write more. Needs no chip.
 * @throws BkError BK_OUT_OF_RANGE
 */
export function mustHold(bytes: number, { skip = 0, length }: WriteOptions): void {
  if (skip + (length ?? 1) <= bytes) return;
  throw new BkError(
    'BK_OUT_OF_RANGE',
    length === undefined
      ? say('placement.skipsAll', { bytes, skip })
      : say('placement.notInImage', { bytes, length, skip }),
    { phase: 'open', advice: [say('placement.correctSkip')] },
  );
}

/** Of an image that holds code, which of it is to be written. Any other image counts as an application. */
function partsIn({ code }: DetectedImage, { skip, length }: Slice) {
  const inside = (part: CodeEvidence | null): boolean =>
    part !== null && part.offset < skip + length && skip < part.offset + part.length;
  if (code === undefined) return { app: true, bootloader: false };
  return { app: inside(code.app), bootloader: inside(code.bootloader) };
}

/** Nothing was ever tried on these chips: what is recognised is not for them, unless it is their own. */
async function mustSuitOtherCore(
  context: JobContext,
  detected: DetectedImage,
  { anyImage }: WriteOptions,
): Promise<void> {
  const target = await fitTarget(context, detected);
  if (RECOGNISED.includes(detected.kind) && !anyImage && !isOwn(detected, target)) {
    const { port } = context.session;
    const chip = nameOf(target);
    const { chips } = detected;
    throw wrongImage(
      detected,
      chips.length === 0
        ? say('placement.forSomeOtherCore', { port, chip })
        : say('placement.forOtherCore', { chips: anyOf(chips), port, chip }),
      say('placement.useBackupOrFirmware', { chip }),
      ALL_THE_SAME,
    );
  }
  context.warnings.push(untried(target));
}

/** An update file in the place of the application would end the device's firmware. */
async function mustSpareApp(
  context: JobContext,
  detected: DetectedImage,
  { offset, length }: Slice,
): Promise<void> {
  const target = await targetOf(context, detected.kind);
  const download = slotOf(target, 'download');
  const app = slotOf(target, 'app');
  const end = Math.min(
    app === null ? BOOTLOADER_END : app.offset + app.length,
    download?.offset ?? Number.POSITIVE_INFINITY,
  );
  if (offset >= end || offset + length <= BOOTLOADER_END) return;
  throw wrongImage(
    detected,
    download === null
      ? say('placement.updateAsApp', { offset: hex(offset) })
      : say('placement.updateAsAppOf', { offset: hex(offset), slot: hex(download.offset) }),
    say('placement.autoForDownload'),
  );
}

function mustSpareBootloader(context: JobContext, offset: number, options: WriteOptions): void {
  if (offset >= BOOTLOADER_END) return;
  const { port } = context.session;
  const basic = context.session.identity.family === 'basic';
  if (!basic && options.bootloader === 'replace') return;
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    say(basic ? 'placement.intoBasicBootloader' : 'placement.intoBootloader', {
      offset: hex(offset),
      port,
    }),
    {
      address: offset,
      advice: [say(basic ? 'placement.writeBehindBootloader' : 'placement.writeBehindOrReplace')],
    },
  );
}

/** Below 0x11000 only a whole bootloader may go: half of one, or anything else, does not start. */
async function mustBeBootloader(
  context: JobContext,
  detected: DetectedImage,
  { offset, skip, length }: Slice,
): Promise<void> {
  const bootloader = detected.code?.bootloader ?? null;
  const isWhole =
    bootloader !== null &&
    offset === 0 &&
    skip === bootloader.offset &&
    length >= bootloader.length;
  if (!isWhole)
    throw wrongImage(
      detected,
      say('placement.noWholeBootloader', { offset: hex(offset), port: context.session.port }),
      say('placement.autoAndReplace'),
      say('placement.bytesAllTheSame'),
    );
  const target = await fitTarget(context, detected);
  mustBeSoundBootloader(detected, {
    ...target,
    bootloaderCrc: await bootloaderCrcOf(context),
  });
}
