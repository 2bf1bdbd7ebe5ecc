import { isUint8Array } from 'node:util/types';
import type { Region } from '../chip/layouts';
import { totalOf } from '../chip/regions';
import type { LoadedImage, Piece } from '../placement/base/place-types';
import { pinsIn } from '../placement/settings/openbeken-settings';
import type { Web } from '../releases/web';
import { say } from '../texts/note';
import type { JobContext } from './base/job-context';
import type { JobOutcome } from './base/job-facts';
import type { WriteOptions, WriteSummary } from './base/job-types';
import { isLate, type LateImage } from './base/late-image';
import { checkSeconds } from './base/step-costs';
import { backupThere } from './change/backup-first';
import { Changer } from './change/change';
import { expectWrite } from './change/change-estimate';
import {
  changeSeconds,
  type Plan,
  planLine,
  secondsOf,
  sharesOf,
  touchedBy,
} from './change/change-plan';
import { forgetPartialSectors, PartialSectors } from './change/partial-sectors';
import { planAndBackUp } from './change/plan-and-backup';
import { tellSpared } from './change/spared';
import { planWrite } from './change/write-plan';
import { checkBootloader } from './chip/bootloader-check';
import { forgetLayout } from './chip/chip-calibration';
import { checkStart } from './chip/start-check';
import { backupImage } from './place/backup-image';
import { loadImage } from './place/load-image';
import { place } from './place/place-on-chip';
import { planConfig } from './place/plan-config';
import { releaseImage } from './place/release-image';

/**
 * The image that a job is to write; or, where the chip has a say in which it is, how it will be found.
 * @throws BkError as `loadImage` and `releaseImage` do
 */
export async function prepareImage(
  options: WriteOptions,
  world: { web: Web; now: () => Date },
  signal: AbortSignal | undefined,
): Promise<LoadedImage | LateImage> {
  const { image } = options;
  if (!isUint8Array(image) && 'backups' in image) return backupImage(options, image);
  if (!isUint8Array(image) && 'release' in image)
    return releaseImage(options, image, world, signal);
  return loadImage(options);
}

/** Backs up, compares, erases and programs what differs, and has the chip confirm all of it. */
export async function write(
  context: JobContext,
  given: WriteOptions,
  source: LoadedImage | LateImage,
): Promise<JobOutcome<WriteSummary>> {
  const { image: file } = given;
  if (!isUint8Array(file) && 'path' in file) await context.hold(file.path);
  const chosen = isLate(source) ? await source.load(context) : { image: source, told: {} };
  const { image, told } = chosen;
  const options = { ...given, ...('wish' in chosen ? chosen.wish : {}) };
  const wanted = options.dryRun ? undefined : options.backup;
  const { plan: target, backup } = await planAndBackUp(context, wanted, async () => {
    const placed = await place(context, image, options);
    const planned = await planConfig(context, options, placed);
    expectWrite(context, placed, options);
    return { placed, planned };
  });
  const { placed, planned } = target;
  const isThere = options.dryRun === true && planned?.wantsPins === true;
  const pinsFrom = isThere ? await backupThere(context, options.backup) : backup;
  const config = (await planned?.complete(pinsFrom)) ?? null;
  if (config !== null) placed.push(config);
  const changer = new Changer(context);
  const plan = await change(context, changer, options, placed);

  const regions = placed.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  const bytes = totalOf(regions);
  const erased = options.dryRun
    ? { sectorsErased: plan.sectorErases, blocksErased: plan.blockErases }
    : changer.counts;
  const startCheck = options.startCheck && !options.dryRun ? await checkStart(context) : null;
  const payload: WriteSummary = {
    image: {
      kind: image.detected.kind,
      chip: image.detected.chip,
      version: image.detected.version,
    },
    regions,
    bytes,
    ...sharesOf(plan, regions),
    sectorsErased: erased.sectorsErased,
    blocksErased: erased.blocksErased,
    verified: !options.dryRun,
    backup,
    ...told,
    ...(options.dryRun ? { seconds: secondsOf(plan, context.session.workingBaud) } : {}),
    ...(config === null
      ? {}
      : {
          openbeken: { offset: config.offset, pins: pinsIn(config, context.session.identity.chip) },
        }),
    ...(startCheck === null ? {} : { startCheck }),
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
  const partials = new PartialSectors(context, options.backup);
  try {
    const pieces: Piece[] = [];
    for (const piece of placed) pieces.push(await partials.fill(piece));
    const plan = await planWrite(context, pieces, options);
    context.session.report.decisions?.decide(planLine(plan));
    const ranges = plan.blocks.map(({ range }) => range);
    tellSpared(context, ranges);
    if (options.dryRun) return plan;
    await partials.keep(plan);
    await changer.run(plan, () => carryOut(context, changer, pieces, plan));
    await partials.close();
    await forgetPartialSectors(context, folder, ranges);
    forgetLayout(context);
    return plan;
  } finally {
    await partials.close();
  }
}

async function carryOut(
  context: JobContext,
  changer: Changer,
  pieces: readonly Piece[],
  plan: Plan,
): Promise<void> {
  const { progress } = context;
  const recoveries = context.recoveries.length;
  const { erase, write } = changeSeconds(plan.blocks, context.session.workingBaud);
  progress.begin('erase', plan.eraseBytes, erase, say('job.erasingDifferences'));
  progress.begin('write', plan.programBytes, write, say('job.writingDifferences'));
  for (const block of plan.blocks) await changer.carryOut(block);
  progress.end('erase', say('job.erased'));
  progress.end('write', say('job.written'));
  // What compared equal and was not touched since has been confirmed by that very checksum. But once the
  // chip has stumbled nobody knows what it did on the way: then all of it is asked again.
  const steady = context.recoveries.length === recoveries;
  const all = plan.blocks.map(({ range }) => range);
  const ranges = steady ? plan.blocks.flatMap(touchedBy) : all;
  const bytes = totalOf(ranges);
  progress.begin('verify', bytes, checkSeconds(bytes), say('job.verifyingByChecksum'));
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
