import type { Region } from '../chip/layouts';
import { blocksOf, sectorsOf, totalOf } from '../chip/regions';
import type { LoadedImage, Piece } from '../placement/base/place-types';
import { pinsIn } from '../placement/settings/openbeken-settings';
import type { JobContext, JobOutcome } from './base/job-context';
import type { WriteOptions, WriteSummary } from './base/job-types';
import { Changer } from './change/change';
import {
  type BlockPlan,
  type Plan,
  planBlock,
  planOf,
  secondsOf,
  touchedBy,
} from './change/change-plan';
import { Edges, forgetEdges } from './change/partial-sectors';
import { planAndBackUp } from './change/plan-and-backup';
import { checkBootloader } from './chip/bootloader-check';
import { forgetCalibration } from './chip/chip-calibration';
import { compareBlock, Hunch, type SectorState } from './chip/compare';
import { place } from './place/place-on-chip';
import { planConfig } from './place/plan-config';

export { loadImage } from './place/load-image';

/** Backs up, compares, erases and programs what differs, and has the chip confirm all of it. */
export async function write(
  context: JobContext,
  options: WriteOptions,
  image: LoadedImage,
): Promise<JobOutcome<WriteSummary>> {
  const wanted = options.dryRun ? undefined : options.backup;
  const { plan: target, backup } = await planAndBackUp(context, wanted, async () => {
    const placed = await place(context, image, options);
    return { placed, planned: await planConfig(context, options, placed) };
  });
  const { placed, planned } = target;
  const config = (await planned?.complete(backup)) ?? null;
  if (config !== null) placed.push(config);
  const changer = new Changer(context);
  const plan = await change(context, changer, options, placed);

  const regions = placed.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  const bytes = totalOf(regions);
  const erased = options.dryRun ? plannedErases(plan) : changer.counts;
  const payload: WriteSummary = {
    image: {
      kind: image.detected.kind,
      chip: image.detected.chip,
      version: image.detected.version,
    },
    regions,
    bytes,
    bytesWritten: Math.min(bytes, options.dryRun ? plan.programBytes : changer.counts.bytesWritten),
    bytesUnchanged: Math.min(bytes, plan.unchangedBytes),
    sectorsErased: erased.sectorsErased,
    blocksErased: erased.blocksErased,
    verified: !options.dryRun,
    backup,
    ...(options.dryRun ? { seconds: secondsOf(plan, context.session.workingBaud) } : {}),
    ...(config === null
      ? {}
      : {
          openbeken: { offset: config.offset, pins: pinsIn(config, context.session.identity.chip) },
        }),
  };
  return { payload, offset: regions[0]?.offset ?? 0, length: bytes, bytes };
}

/** Plans the change of flash and, but for a dry run, carries it out. */
async function change(
  context: JobContext,
  changer: Changer,
  options: WriteOptions,
  placed: readonly Piece[],
): Promise<Plan> {
  const folder = options.backup?.folder;
  const edges = new Edges(context, folder);
  try {
    const pieces: Piece[] = [];
    for (const piece of placed) pieces.push(await edges.fill(piece));
    const plan = await makePlan(context, pieces, options);
    if (options.dryRun) return plan;
    await edges.keep(plan);
    await changer.run(plan, () => carryOut(context, changer, pieces, plan));
    const ranges = plan.blocks.map(({ range }) => range);
    await edges.close();
    await forgetEdges(context, folder, ranges);
    forgetCalibration(context);
    return plan;
  } finally {
    await edges.close();
  }
}

async function carryOut(
  context: JobContext,
  changer: Changer,
  pieces: readonly Piece[],
  plan: Plan,
): Promise<void> {
  const recoveries = context.recoveries.length;
  context.progress.begin('erase', plan.eraseBytes, 'Erasing what differs');
  context.progress.begin('write', plan.programBytes, 'Writing what differs');
  for (const block of plan.blocks) await changer.carryOut(block);
  context.progress.end('erase', 'Erased');
  context.progress.end('write', 'Written');
  // What compared equal and was not touched since has been confirmed by that very checksum. But once the
  // chip has stumbled nobody knows what it did on the way: then all of it is asked again.
  const steady = context.recoveries.length === recoveries;
  const all = plan.blocks.map(({ range }) => range);
  const ranges = steady ? plan.blocks.flatMap(touchedBy) : all;
  context.progress.begin('verify', totalOf(ranges), 'Verifying by the checksum of the chip');
  await changer.verify(ranges, all, (range) => bytesOf(pieces, range));
  await checkBootloader(context);
}

/** The bytes for a range that lies inside one piece. */
function bytesOf(pieces: readonly Piece[], { offset, length }: Region): Buffer {
  const piece = pieces.find(
    (one) => one.offset <= offset && offset + length <= one.offset + one.bytes.length,
  ) as Piece;
  return piece.bytes.subarray(offset - piece.offset, offset - piece.offset + length);
}

/** The whole plan is made before anything is touched. */
async function makePlan(
  context: JobContext,
  pieces: readonly Piece[],
  options: WriteOptions,
): Promise<Plan> {
  const blocks: BlockPlan[] = [];
  const rewrite = options.unchanged === 'rewrite';
  const hunch = new Hunch();
  const total = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  if (!rewrite) context.progress.begin('compare', total, 'Comparing with what flash holds');
  for (const { offset, bytes } of pieces) {
    for (const range of blocksOf({ offset, length: bytes.length })) {
      const wanted = bytes.subarray(range.offset - offset).subarray(0, range.length);
      const states: SectorState[] = rewrite
        ? sectorsOf(range).map(() => 'different')
        : await compareBlock(context, range, wanted, hunch);
      blocks.push(planBlock(range, wanted, states, context.session.workingBaud));
      if (!rewrite) {
        context.progress.advance('compare', range.length, range.offset, 'Comparing');
      }
    }
  }
  return planOf(blocks);
}

function plannedErases(plan: Plan): { sectorsErased: number; blocksErased: number } {
  const count = (by: 'block' | 'sector') =>
    plan.blocks
      .filter(({ erase }) => erase.by === by)
      .reduce((sum, { erase }) => sum + erase.addresses.length, 0);
  return { sectorsErased: count('sector'), blocksErased: count('block') };
}
