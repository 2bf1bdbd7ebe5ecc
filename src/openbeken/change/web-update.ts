import type { Region } from '../../chip/layouts';
import { BkError, isBkError } from '../../errors';
import { readOpenBekenConfig } from '../../image/openbeken/openbeken-config';
import type { WriteOptions } from '../../jobs/base/job-types';
import type { Piece } from '../../placement/base/place-types';
import { say } from '../../texts/note';
import type { DeviceInfo } from '../base/device-info';
import type { OpenBekenClient } from '../base/openbeken-client';
import { backUpFirst } from '../base/web-backup';
import type { WebContext } from '../base/web-context';
import { configRegion, readFiles, readSure, USUAL_SPEED } from '../base/web-flash';
import { restart } from '../base/web-restart';
import { uploadSeconds } from '../base/web-upload';
import { filesLost, isFileSystem, restoreFiles } from './web-files';
import { disarmSlot, fillSlot } from './web-slot';

/** An update over the network, and the code in it. */
export interface Update {
  piece: Piece;
  code: Buffer;
}

/** What an update has done. */
export interface Updated {
  backup: string | null;
  /** What the device says of itself afterwards. */
  info: DeviceInfo;
}

/** Whether a device runs the very build that an update has: the firmware tells it by the text that is in its code. */
export function runs({ build }: DeviceInfo, { code }: Update): boolean {
  return code.includes(build, 0, 'latin1');
}

/** How long an update takes, as a rule, seconds, without a backup. */
export function updateSeconds({ piece }: Update): number {
  const { write, verify } = uploadSeconds(piece.bytes.length);
  return write + verify + 60;
}

/**
 * Puts an update into the device, restarts it, looks whether it runs, and puts back what the update has wiped of its
 * files. From the moment on in which the update lies whole in the slot it is not cancelled any more.
 * @throws BkError
 */
export async function update(
  context: WebContext,
  update: Update,
  options: WriteOptions,
): Promise<Updated> {
  const { progress } = context;
  const { write, verify } = uploadSeconds(update.piece.bytes.length);
  if (options.backup !== undefined && options.backup.mode !== 'never')
    progress.expect('backup', context.identity.readable / USUAL_SPEED);
  progress.expect('write', write);
  progress.expect('verify', verify);
  const files = await readFiles(context, 'backup');
  const config = await readSure(context.client, configRegion(context), 'backup');
  const backup = await backUpFirst(context, options.backup, files);
  context.mayGoOn();
  const { length } = update.piece.bytes;
  progress.begin('write', length, write, say('openbeken.sendingUpdate', { port: context.port }));
  progress.begin('verify', length, verify, say('openbeken.willReadBack'));
  const client = context.client.undisturbed();
  await fillSlot(context, client, update.piece).catch(async (error: unknown) => {
    throw await withFiles(context, client, files, error);
  });
  progress.end('write', say('job.written'));
  const info = await startUpdate(context, client, backup);
  if (files !== null) await disarmSlot(context, client, update.piece.offset);
  const restored = files !== null && (await restoreFiles(context, client, files));
  // Scripts among them run with a start only.
  const last = restored ? await restart(context, client) : info;
  if (restored) await mustHaveFiles(context, client, files);
  if (!runs(last, update)) throw notInstalled(context, last, backup);
  await compareConfig(context, client, config, backup);
  return { backup, info: last };
}

/** From here on the way leads forward only. */
async function startUpdate(
  context: WebContext,
  client: OpenBekenClient,
  backup: string | null,
): Promise<DeviceInfo> {
  try {
    return await restart(context, client);
  } catch (error) {
    if (!isBkError(error) || backup === null) throw error;
    throw error.advised(say('openbeken.cableWithBackup', { backup }));
  }
}

/** An update that was given up may have gone over files already. */
async function withFiles(
  context: WebContext,
  client: OpenBekenClient,
  files: Buffer | null,
  error: unknown,
): Promise<unknown> {
  if (files === null || !isBkError(error)) return error;
  try {
    await restoreFiles(context, client, files);
    return error;
  } catch (reason) {
    if (!isBkError(reason)) return error;
    return error.advised(say('openbeken.filesMayBeLost'));
  }
}

async function mustHaveFiles(
  context: WebContext,
  client: OpenBekenClient,
  files: Buffer,
): Promise<void> {
  const now = await client.readFiles('verify');
  if (now?.equals(files)) return;
  if (now === null || !isFileSystem(now)) throw filesLost(context);
  // A script that ran with the start may have written to a file.
  context.warnings.push(say('openbeken.filesChangedByStart'));
}

/** Its firmware counts in it, and makes it longer with newer versions; what people set has to be as it was. */
async function compareConfig(
  context: WebContext,
  client: OpenBekenClient,
  before: Buffer,
  backup: string | null,
): Promise<void> {
  const region: Region = configRegion(context);
  const { chip } = context.identity;
  const was = readOpenBekenConfig(before, chip);
  if (was === null) return;
  const is = readOpenBekenConfig(await readSure(client, region, 'verify'), chip);
  const isAlike =
    is !== null &&
    JSON.stringify({ ...is, version: 0, checksum: '' }) ===
      JSON.stringify({ ...was, version: 0, checksum: '' });
  if (isAlike) return;
  context.warnings.push(
    backup === null
      ? say('openbeken.configChanged')
      : say('openbeken.configChangedSince', { backup }),
  );
}

function notInstalled({ port }: WebContext, { build }: DeviceInfo, backup: string | null): BkError {
  return new BkError('BK_WRONG_IMAGE', say('openbeken.notInstalled', { port, build }), {
    phase: 'reboot',
    advice: [
      say('openbeken.bootloaderTookNone'),
      ...(backup === null ? [] : [say('openbeken.cableWithBackup', { backup })]),
    ],
  });
}
