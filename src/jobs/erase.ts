import { BLOCK, BOOTLOADER_END, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { blocksOf, sectorsOf, totalOf, without } from '../chip/regions';
import { BkError, hex } from '../errors';
import { say } from '../texts/note';
import { type JobContext, type JobOutcome, mustFitFlash } from './base/job-context';
import type { EraseOptions, EraseSummary } from './base/job-types';
import { Changer } from './change/change';
import { forgetPartialSectors } from './change/partial-sectors';
import { planAndBackUp } from './change/plan-and-backup';
import { checkBootloader } from './chip/bootloader-check';
import {
  calibrationAddresses,
  calibrationsIn,
  chipCalibration,
  forgetCalibration,
  layoutOf,
} from './chip/chip-calibration';
import { blankCrc, chipCrc } from './chip/compare';

/** Erases what is not blank yet, and verifies that all of it is. */
export async function erase(
  context: JobContext,
  options: EraseOptions,
): Promise<JobOutcome<EraseSummary>> {
  const { plan: regions, backup } = await planAndBackUp(context, options.backup, () =>
    regionsOf(context, options),
  );
  const bytes = totalOf(regions);
  const changer = new Changer(context);
  await changer.runErase(regions, () => eraseRegions(context, changer, regions, bytes));
  await forgetPartialSectors(context, options.backup?.folder, regions);
  if (options.calibration === 'erase') forgetCalibration(context);
  const { sectorsErased, blocksErased } = changer.counts;
  return {
    payload: { regions, bytes, sectorsErased, blocksErased, verified: true, backup },
    offset: regions[0]?.offset ?? 0,
    length: bytes,
    bytes,
  };
}

async function eraseRegions(
  context: JobContext,
  changer: Changer,
  regions: readonly Region[],
  bytes: number,
): Promise<void> {
  context.progress.begin('erase', bytes, say('job.erasingBytes', { size: hex(bytes) }));
  for (const region of regions) {
    for (const block of blocksOf(region)) await eraseBlock(context, changer, block);
  }
  context.progress.end('erase', say('job.erased'));
  context.progress.begin('verify', bytes, say('job.verifyingBytes', { size: hex(bytes) }));
  await changer.verify(regions, regions, ({ length }) => Buffer.alloc(length, 0xff));
  await checkBootloader(context);
}

/** One checksum of the first sector tells a used block; a blank one is confirmed and left alone. */
async function eraseBlock(context: JobContext, changer: Changer, block: Region): Promise<void> {
  const first = { offset: block.offset, length: SECTOR };
  if ((await chipCrc(context, first)) === blankCrc(SECTOR)) {
    if ((await chipCrc(context, block)) === blankCrc(block.length)) {
      changer.isFresh(block);
      const { offset, length } = block;
      context.progress.advance('erase', length, offset, say('job.blank', { address: hex(offset) }));
      return;
    }
  }
  if (block.length === BLOCK) {
    await changer.erase(block.offset, BLOCK);
    return;
  }
  for (const address of sectorsOf(block)) await changer.erase(address, SECTOR);
}

async function regionsOf(context: JobContext, options: EraseOptions): Promise<Region[]> {
  const { size } = context.flash;
  const wanted = chosen(context, options);
  const kept = await keptRegions(context, options, wanted);
  const regions = without(wanted, kept).filter((region) => region.length > 0);
  const basic = context.session.identity.family === 'basic';
  if (options.bootloader === 'erase' && !basic && options.region !== 'range') {
    regions.unshift({ offset: 0, length: BOOTLOADER_END });
  } else if (options.bootloader === 'erase' && basic) {
    context.warnings.push(say('job.basicBootloaderKept'));
  }
  for (const { offset, length } of regions) mustFitFlash(context, offset, length);
  if (totalOf(regions) > 0) return regions;
  throw new BkError(
    'BK_BAD_SETTING',
    say('job.nothingToErase', { port: context.session.port, size: hex(size) }),
    { phase: 'erase', advice: [say('job.chooseOtherRegion')] },
  );
}

function chosen(context: JobContext, options: EraseOptions): Region {
  const { size } = context.flash;
  const region = options.region ?? 'app';
  if (region === 'range') {
    const range = { offset: options.offset as number, length: options.length as number };
    mustFitFlash(context, range.offset, range.length);
    mustSpareBootloader(context, range, options);
    return range;
  }
  if (region === 'all') return { offset: BOOTLOADER_END, length: size - BOOTLOADER_END };
  const { app, download } = layoutOf(context);
  const end = Math.min(size, download.offset + download.length);
  return region === 'app'
    ? { offset: app.offset, length: end - app.offset }
    : { offset: end, length: size - end };
}

/**
 * The calibration of the radio is unique to each chip: it goes only when asked for. A chip can have more than
 * one sector of it. Where none is known its usual places stay; a range that a person names is taken at its word.
 */
async function keptRegions(
  context: JobContext,
  options: EraseOptions,
  wanted: Region,
): Promise<Region[]> {
  if (options.calibration === 'erase') return [];
  const { offset } = await chipCalibration(context);
  const found = await calibrationsIn(context, [wanted]);
  const isRange = options.region === 'range';
  if (isRange && found.length > 0) {
    context.warnings.push(say('job.calibrationKept', { addresses: found.map(hex).join(', ') }));
  }
  const kept = offset === null && !isRange ? [...found, ...calibrationAddresses(context)] : found;
  return [...new Set(kept)].map((address) => ({ offset: address, length: SECTOR }));
}

function mustSpareBootloader(context: JobContext, range: Region, options: EraseOptions): void {
  if (range.offset >= BOOTLOADER_END) return;
  const { port } = context.session;
  const basic = context.session.identity.family === 'basic';
  if (!basic && options.bootloader === 'erase') return;
  const place = { address: hex(range.offset), port };
  throw new BkError(
    'BK_BOOTLOADER_PROTECTED',
    basic ? say('job.rangeInBasicBootloader', place) : say('job.rangeInBootloader', place),
    {
      phase: 'erase',
      address: range.offset,
      advice: [basic ? say('job.beginLater') : say('job.beginLaterOrEraseBootloader')],
    },
  );
}
