import { SECTOR } from '../../chip/geometry';
import { outward, runsOf, sectorsOf, totalOf } from '../../chip/regions';
import { BkError, type FlashState, hex } from '../../errors';
import type { WriteOptions } from '../../jobs/base/job-types';
import type { Piece } from '../../placement/base/place-types';
import { throwIfAborted } from '../../session/base/abort';
import { say } from '../../texts/note';
import type { OpenBekenClient } from '../base/openbeken-client';
import { backUpFirst } from '../base/web-backup';
import type { WebContext } from '../base/web-context';
import { configRegion, readSure, USUAL_SPEED } from '../base/web-flash';
import { restart } from '../base/web-restart';
import { clearUploads, showUploaded, uploadChecked, uploadSeconds } from '../base/web-upload';

const TRIES = 3;

/** Runs of sectors that differ from what is wanted: their bytes, and what lies there. */
interface Change {
  wanted: Piece;
  before: Buffer;
}

/** What is to be done of the pieces, and how much of them is there already. */
export interface RawPlan {
  changes: Change[];
  /** Of whole sectors. */
  bytesUnchanged: number;
}

/**
 * Reads what lies there, and plans what has to be written. What of first and last sectors is not in the pieces stays.
 * @throws BkError as the client
 */
export async function planRaw(
  context: WebContext,
  pieces: readonly Piece[],
  unchanged: WriteOptions['unchanged'],
): Promise<RawPlan> {
  const changes: Change[] = [];
  let same = 0;
  const { progress } = context;
  const total = totalOf(pieces.map(wholeOf));
  progress.begin('compare', total, total / USUAL_SPEED, say('job.comparingWithFlash'));
  for (const piece of pieces) {
    const region = wholeOf(piece);
    const before = await readSure(context.client, region, 'compare');
    const wanted = Buffer.from(before);
    piece.bytes.copy(wanted, piece.offset - region.offset);
    progress.advance('compare', region.length, region.offset, say('job.comparing'));
    const at = (address: number, bytes: Buffer) =>
      bytes.subarray(address - region.offset, address - region.offset + SECTOR);
    const dirty = sectorsOf(region).filter(
      (address) => unchanged === 'rewrite' || !at(address, before).equals(at(address, wanted)),
    );
    same += region.length - dirty.length * SECTOR;
    for (const run of runsOf(dirty)) {
      const from = run.offset - region.offset;
      const cut = (bytes: Buffer) => bytes.subarray(from, from + run.length);
      changes.push({ wanted: { offset: run.offset, bytes: cut(wanted) }, before: cut(before) });
    }
  }
  return { changes, bytesUnchanged: same };
}

/** Writes what differs and reads it back; the firmware starts anew where that does no harm. @returns the backup's path */
export async function writeRaw(
  context: WebContext,
  plan: RawPlan,
  options: WriteOptions,
): Promise<string | null> {
  const { progress } = context;
  const total = plan.changes.reduce((sum, { wanted }) => sum + wanted.bytes.length, 0);
  const { write, verify } = uploadSeconds(total);
  progress.expect('write', write);
  progress.expect('verify', verify);
  const backup = await backUpFirst(context, options.backup, null);
  context.mayGoOn();
  if (plan.changes.length === 0) return backup;
  progress.begin('write', total, write, say('job.writingDifferences'));
  progress.begin('verify', total, verify, say('openbeken.willReadBack'));
  const client = context.client.undisturbed();
  await clearUploads(client, 'write');
  const state: FlashState = { fresh: [], written: [], blank: [], old: [], uncertain: [] };
  for (const { wanted } of plan.changes) state.old.push(wholeOf(wanted));
  try {
    for (const change of plan.changes) await put(context, client, change, state);
  } catch (error) {
    throw error instanceof BkError ? error.with({ state }) : error;
  }
  progress.end('write', say('job.written'));
  await takeEffect(context, client, plan.changes);
  return backup;
}

async function put(
  context: WebContext,
  client: OpenBekenClient,
  { wanted, before }: Change,
  state: FlashState,
): Promise<void> {
  const region = wholeOf(wanted);
  const settle = (list: 'fresh' | 'old' | 'uncertain'): void => {
    for (const other of ['old', 'uncertain'] as const)
      state[other] = state[other].filter(({ offset }) => offset !== region.offset);
    state[list].push(region);
  };
  for (let tries = 1; tries <= TRIES; tries++) {
    throwIfAborted(context.signal, context.port);
    const message = say('job.writing', { address: hex(region.offset) });
    context.progress.advance('write', 0, region.offset, message);
    const came = await uploadChecked(context, client, wanted, before);
    showUploaded(context, wanted, came);
    settle(came === 'whole' ? 'fresh' : came === 'dropped' ? 'old' : 'uncertain');
    if (came === 'whole') {
      context.progress.advance('write', region.length, region.offset, message);
      return;
    }
    // A device that drops what it is sent takes it again after a restart.
    if (came === 'dropped' && tries > 1) await restart(context, client, 'dropped');
    else await clearUploads(client, 'write');
  }
  throw new BkError(
    'BK_CRC_MISMATCH',
    say('openbeken.rawNeverWhole', {
      port: context.port,
      address: hex(region.offset),
      tries: TRIES,
    }),
    {
      phase: 'verify',
      address: region.offset,
      attempts: TRIES,
      advice: [say('openbeken.powerCycleAndAgain')],
    },
  );
}

/** Firmware that restarts saves its configuration as it has it in memory, over what was written. */
async function takeEffect(
  context: WebContext,
  client: OpenBekenClient,
  changes: readonly Change[],
): Promise<void> {
  const config = configRegion(context);
  const isConfig = changes.some(({ wanted }) => {
    const { offset, length } = wholeOf(wanted);
    return config.offset >= offset && config.offset < offset + length;
  });
  if (isConfig) context.warnings.push(say('openbeken.powerCycleForConfig'));
  else await restart(context, client);
}

function wholeOf({ offset, bytes }: Piece) {
  return outward({ offset, length: bytes.length });
}
