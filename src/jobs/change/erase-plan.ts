import { BLOCK, BOOTLOADER_END, SECTOR } from '../../chip/geometry';
import type { Region } from '../../chip/layouts';
import { blocksOf, totalOf, without } from '../../chip/regions';
import { BkError, hex } from '../../errors';
import { say } from '../../texts/note';
import { type JobContext, mustFitFlash } from '../base/job-context';
import type { EraseOptions } from '../base/job-types';
import { COST, checkSeconds } from '../base/step-costs';
import { calibrationAddresses, calibrationsIn, chipCalibration } from '../chip/chip-calibration';
import { chipLayout, chipPartitions, heldConfigInSlots } from '../chip/chip-layout';

/**
 * The regions that an erase is of, inside the chip's flash, without what is kept. Tells what is kept, too.
 * @throws BkError BK_OUT_OF_RANGE, BK_BOOTLOADER_PROTECTED; BK_BAD_SETTING where nothing is left;
 *   BK_UNKNOWN_CHIP
 */
export async function planErase(context: JobContext, options: EraseOptions): Promise<Region[]> {
  const { size } = context.flash;
  const wanted = await chosen(context, options);
  const kept = await keptRegions(context, options, wanted);
  const config = await configBetweenSlots(context, options);
  const regions = [
    // Settings are no code, wherever they lie.
    ...(options.region === 'data' ? config : []),
    ...without(wanted, options.region === 'data' ? kept : [...kept, ...config]),
  ].filter((region) => region.length > 0);
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

/** How long erasing takes where nothing is blank yet, and being sure of it afterwards, seconds. */
export function eraseSeconds(regions: readonly Region[]): { erase: number; verify: number } {
  let ms = 0;
  for (const region of regions) {
    for (const { length } of blocksOf(region)) {
      const erases = length === BLOCK ? COST.eraseBlock : (length / SECTOR) * COST.eraseSector;
      ms += COST.checkSector + erases;
    }
  }
  return { erase: ms / 1000, verify: checkSeconds(totalOf(regions)) };
}

async function chosen(context: JobContext, options: EraseOptions): Promise<Region> {
  const { size } = context.flash;
  const region = options.region ?? 'app';
  if (region === 'range') {
    const range = { offset: options.offset as number, length: options.length as number };
    mustFitFlash(context, range.offset, range.length);
    mustSpareBootloader(context, range, options);
    return range;
  }
  if (region === 'all') return { offset: BOOTLOADER_END, length: size - BOOTLOADER_END };
  const { app, download } = await chipLayout(context);
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
  // Where it was, if it is nowhere now, the chip's own table tells.
  if (offset === null) await chipPartitions(context);
  const found = await calibrationsIn(context, [wanted]);
  const isRange = options.region === 'range';
  if (isRange && found.length > 0) {
    context.warnings.push(say('job.calibrationKept', { addresses: found.map(hex).join(', ') }));
  }
  const kept = offset === null && !isRange ? [...found, ...calibrationAddresses(context)] : found;
  return [...new Set(kept)].map((address) => ({ offset: address, length: SECTOR }));
}

/** OpenBeken's configuration where it does not lie behind the slots for code, for the regions that go by those. */
async function configBetweenSlots(
  context: JobContext,
  { region = 'app' }: EraseOptions,
): Promise<Region[]> {
  if (region !== 'app' && region !== 'data') return [];
  const offset = await heldConfigInSlots(context);
  return offset === null ? [] : [{ offset, length: SECTOR }];
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
