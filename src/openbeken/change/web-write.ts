import { SECTOR } from '../../chip/geometry';
import { outward, totalOf } from '../../chip/regions';
import type { World } from '../../jobs/base/job';
import type { JobOutcome } from '../../jobs/base/job-facts';
import type { WriteOptions, WriteSummary } from '../../jobs/base/job-types';
import { takeWriteOptions } from '../../jobs/options/job-options';
import { refused } from '../../jobs/options/take';
import type { LoadedImage } from '../../placement/base/place-types';
import { type Note, say } from '../../texts/note';
import type { WebContext } from '../base/web-context';
import { uploadSeconds } from '../base/web-upload';
import { planOverWeb, type WebPlan } from './web-place';
import { planRaw, type RawPlan, writeRaw } from './web-raw';
import { type WebSource, webSource } from './web-source';
import { runs, type Update, update, updateSeconds } from './web-update';

/** What is wanted, and where the image comes from. */
export interface PreparedWebWrite {
  options: WriteOptions;
  source: WebSource;
}

/**
 * Checks what can be checked without the device.
 * @throws BkError BK_BAD_SETTING for what cannot be done over the network, and as `webSource`
 */
export async function prepareWebWrite(
  given: WriteOptions,
  port: string,
  world: World,
  signal: AbortSignal,
): Promise<PreparedWebWrite> {
  const options = takeWriteOptions(given, port);
  mustBeFeasible(options, port);
  return { options, source: await webSource(options, world, signal) };
}

/** Updates the firmware, or writes data as it is. A dry run plans only. */
export async function writeOverWeb(
  context: WebContext,
  { options, source }: PreparedWebWrite,
): Promise<JobOutcome<WriteSummary>> {
  const { image, told } = await source(context);
  const plan = planOverWeb(context, image, options);
  const summary =
    plan.kind === 'update'
      ? await writeUpdate(context, plan, options)
      : await writeData(context, plan, options);
  const payload = { ...summary, image: whatItIs(image), verified: !options.dryRun, ...told };
  const offset = payload.regions[0]?.offset ?? 0;
  return { payload, offset, length: payload.bytes, bytes: payload.bytes };
}

type Done = Omit<WriteSummary, 'image' | 'verified'>;

async function writeUpdate(
  context: WebContext,
  { piece, code }: Update,
  options: WriteOptions,
): Promise<Done> {
  const { info } = context.identity;
  const bytes = piece.bytes.length;
  const wanted: Update = { piece, code };
  const before = { version: info.version, build: info.build };
  const isThere = options.unchanged !== 'rewrite' && runs(info, wanted);
  const summary = {
    regions: [{ offset: piece.offset, length: bytes }],
    bytes,
    bytesWritten: isThere ? 0 : bytes,
    bytesUnchanged: isThere ? bytes : 0,
    bytesErased: 0,
    sectorsErased: isThere ? 0 : bytes / SECTOR,
    blocksErased: 0,
    backup: null,
  };
  if (isThere) {
    context.warnings.push(say('openbeken.runsAlready', { build: info.build }));
    return {
      ...summary,
      ...(options.dryRun ? { seconds: 0 } : {}),
      update: { before, after: before },
    };
  }
  if (options.dryRun)
    return { ...summary, seconds: updateSeconds(wanted), update: { before, after: null } };
  const { backup, info: now } = await update(context, wanted, options);
  const after = { version: now.version, build: now.build };
  return { ...summary, backup, update: { before, after } };
}

async function writeData(
  context: WebContext,
  { pieces }: Extract<WebPlan, { kind: 'raw' }>,
  options: WriteOptions,
): Promise<Done> {
  const plan = await planRaw(context, pieces, options.unchanged);
  const regions = pieces.map(({ offset, bytes }) => ({ offset, length: bytes.length }));
  const written = writtenBytes(plan);
  const bytes = totalOf(regions);
  const { write, verify } = uploadSeconds(written);
  const backup = options.dryRun ? null : await writeRaw(context, plan, options);
  // What fills first and last sectors up is not counted.
  const bytesWritten = Math.min(bytes, written);
  return {
    regions,
    bytes,
    bytesWritten,
    bytesUnchanged: bytes - bytesWritten,
    bytesErased: 0,
    sectorsErased: written / SECTOR,
    blocksErased: 0,
    backup,
    ...(options.dryRun ? { seconds: write + verify } : {}),
  };
}

function writtenBytes({ changes }: RawPlan): number {
  return totalOf(
    changes.map(({ wanted }) => outward({ offset: wanted.offset, length: wanted.bytes.length })),
  );
}

function whatItIs({ detected }: LoadedImage): WriteSummary['image'] {
  const { kind, chip, version } = detected;
  return { kind, chip, version };
}

/** @throws BkError BK_BAD_SETTING */
function mustBeFeasible(options: WriteOptions, port: string): void {
  const refuse = (why: Note, advice: Note) => {
    throw refused(why, advice, { port });
  };
  if (options.openbeken !== undefined)
    refuse(say('openbeken.keepsItsConfig'), say('openbeken.setUpByWebPage'));
  if (options.anyImage && typeof options.offset !== 'number')
    refuse(say('openbeken.noOtherImage'), say('openbeken.useCable'));
  if (options.bootloader === 'replace' || options.part === 'bootloader')
    refuse(say('openbeken.noBootloader'), say('openbeken.useCable'));
}
