import { BLOCK, SECTOR } from '../chip/geometry';
import type { Region } from '../chip/layouts';
import { blocksOf, sectorsOf, totalOf } from '../chip/regions';
import { hex } from '../errors';
import { say } from '../texts/note';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { EraseOptions, EraseSummary } from './base/job-types';
import { Changer } from './change/change';
import { eraseSeconds, planErase } from './change/erase-plan';
import { forgetPartialSectors } from './change/partial-sectors';
import { planAndBackUp } from './change/plan-and-backup';
import { tellSpared } from './change/spared';
import { checkBootloader } from './chip/bootloader-check';
import { forgetLayout } from './chip/chip-calibration';
import { blankCrc, chipCrc } from './chip/chip-checksum';

/** Erases what is not blank yet, and verifies that all of it is. A dry run plans only. */
export async function erase(
  context: JobContext,
  options: EraseOptions,
): Promise<JobOutcome<EraseSummary>> {
  const wanted = options.dryRun ? undefined : options.backup;
  const { plan: regions, backup } = await planAndBackUp(context, wanted, async () => {
    const planned = await planErase(context, options);
    const { erase, verify } = eraseSeconds(planned);
    context.progress.expect('erase', options.dryRun ? 0 : erase);
    context.progress.expect('verify', options.dryRun ? 0 : verify);
    return planned;
  });
  tellSpared(context, regions);
  const payload = options.dryRun
    ? planned(regions)
    : await carryOut(context, options, regions, backup);
  return { payload, offset: regions[0]?.offset ?? 0, length: payload.bytes, bytes: payload.bytes };
}

/** What an erase of all of the regions would be. */
function planned(regions: Region[]): EraseSummary {
  const { erase, verify } = eraseSeconds(regions);
  const blocks = regions.flatMap((region) => [...blocksOf(region)]);
  const whole = blocks.filter(({ length }) => length === BLOCK);
  const bytes = totalOf(regions);
  return {
    regions,
    bytes,
    sectorsErased: (bytes - totalOf(whole)) / SECTOR,
    blocksErased: whole.length,
    verified: false,
    seconds: erase + verify,
    backup: null,
  };
}

async function carryOut(
  context: JobContext,
  options: EraseOptions,
  regions: Region[],
  backup: string | null,
): Promise<EraseSummary> {
  const bytes = totalOf(regions);
  const changer = new Changer(context);
  await changer.runErase(regions, () => eraseRegions(context, changer, regions, bytes));
  await forgetPartialSectors(context, options.backup?.folder, regions);
  if (options.calibration === 'erase' || options.bootloader === 'erase') forgetLayout(context);
  const { sectorsErased, blocksErased } = changer.counts;
  return { regions, bytes, sectorsErased, blocksErased, verified: true, backup };
}

async function eraseRegions(
  context: JobContext,
  changer: Changer,
  regions: readonly Region[],
  bytes: number,
): Promise<void> {
  const { progress } = context;
  const seconds = eraseSeconds(regions);
  progress.begin('erase', bytes, seconds.erase, say('job.erasingBytes', { size: hex(bytes) }));
  for (const region of regions) {
    for (const block of blocksOf(region)) await eraseBlock(context, changer, block);
  }
  progress.end('erase', say('job.erased'));
  progress.begin('verify', bytes, seconds.verify, say('job.verifyingBytes', { size: hex(bytes) }));
  await changer.verify(regions, regions, ({ length }) => Buffer.alloc(length, 0xff));
  await checkBootloader(context);
}

/** A blank block is confirmed and left alone. */
async function eraseBlock(context: JobContext, changer: Changer, block: Region): Promise<void> {
  if (await isBlank(context, block)) {
    changer.markFresh(block);
    const { offset, length } = block;
    context.progress.advance('erase', length, offset, say('job.blank', { address: hex(offset) }));
    return;
  }
  if (block.length === BLOCK) {
    await changer.erase(block.offset, BLOCK);
    return;
  }
  for (const address of sectorsOf(block)) await changer.erase(address, SECTOR);
}

/** One checksum of the first sector tells a used block, and none one that was just read. */
async function isBlank(context: JobContext, block: Region): Promise<boolean> {
  const { known } = context.flash;
  if (known.covers(block)) {
    return sectorsOf(block).every((address) => known.crcAt(address) === blankCrc(SECTOR));
  }
  const first = { offset: block.offset, length: SECTOR };
  if ((await chipCrc(context, first)) !== blankCrc(SECTOR)) return false;
  return (await chipCrc(context, block)) === blankCrc(block.length);
}
