import type { Node, NodeAPI } from 'node-red';
import { type ReadOptions, readImageFile, say, type WriteOptions } from '../../../src';
import type { JobMessage } from '../../shared/job-runner';
import { eraseOptions } from '../../shared/options/erase-options';
import { type ReadDef, readOptions } from '../../shared/options/read-options';
import { type WriteDef, writeOptions } from '../../shared/options/write-options';
import { badSetting, choice, count, flag, isBlank, type Saved, text } from '../../shared/settings';
import { settingValue } from '../../shared/typed-values';
import { type Target, targetOf } from '../server/queue-names';
import { OPERATIONS, type OrderedOperation, type OrderSettings } from './order';

export type EnqueueDef = ReadDef &
  WriteDef &
  Saved<'queue' | 'operation' | 'target' | 'targetType' | 'priority' | 'tries' | 'share'>;

const PRIORITIES = ['high', 'normal', 'low'] as const;
/** In BullMQ lower numbers come first; 0 would come before all others, at their cost. */
const PRIORITY_OF = { high: 1, normal: 10, low: 100 } as const;

/** What a message asks for, ready for the queue but for its bytes, which go to the shared store. */
export interface WantedJob {
  operation: OrderedOperation;
  target: Target;
  settings: OrderSettings;
  /** Bytes, or the absolute path of a file. */
  image: Uint8Array | { path: string } | null;
  openbeken: object | null;
  share: boolean;
  priority: number;
  tries: number;
}

/** By settings and a message, as the node of the operation reads them. @throws BkError BK_BAD_SETTING, BK_BAD_IMAGE */
export function wantedJob(RED: NodeAPI, node: Node, def: EnqueueDef, msg: JobMessage): WantedJob {
  const operation = choice('operation', def.operation, OPERATIONS, 'write');
  return {
    operation,
    ...settingsOf(RED, node, def, msg, operation),
    target: targetFor(RED, node, def, msg),
    share: flag('share', def.share, false),
    priority: PRIORITY_OF[choice('priority', def.priority, PRIORITIES, 'normal')],
    tries: triesOf(def.tries),
  };
}

function settingsOf(
  RED: NodeAPI,
  node: Node,
  def: EnqueueDef,
  msg: JobMessage,
  operation: OrderedOperation,
): Pick<WantedJob, 'settings' | 'image' | 'openbeken'> {
  switch (operation) {
    case 'connect':
      return { settings: {}, image: null, openbeken: null };
    case 'read':
      return { settings: ofRead(readOptions(RED, node, def, msg)), image: null, openbeken: null };
    case 'erase': {
      const { backup, ...settings } = eraseOptions(RED, node, def, msg);
      return {
        settings: plain({ ...settings, backup: backup?.mode }),
        image: null,
        openbeken: null,
      };
    }
    case 'write':
      return ofWrite(writeOptions(RED, node, def, msg));
  }
}

function ofRead({ file, ...settings }: ReadOptions): OrderSettings {
  if (file === undefined) return plain({ ...settings, output: 'buffer' });
  const { filename, incremental } = file;
  return plain({ ...settings, output: 'file', filename: filename || undefined, incremental });
}

function ofWrite({
  image,
  openbeken,
  backup,
  ...settings
}: WriteOptions): Pick<WantedJob, 'settings' | 'image' | 'openbeken'> {
  const common = { ...settings, backup: backup?.mode };
  const configuration = (openbeken as object | undefined) ?? null;
  if ('release' in image)
    return {
      settings: plain({
        ...common,
        source: 'release',
        release: image.release,
        releaseVersion: image.version,
      }),
      image: null,
      openbeken: configuration,
    };
  if ('backups' in image)
    return {
      settings: plain({ ...common, source: 'backup', filename: image.filename || undefined }),
      image: null,
      openbeken: configuration,
    };
  return { settings: plain({ ...common, source: 'payload' }), image, openbeken: configuration };
}

/** The bytes of an image. @throws BkError BK_STORAGE, BK_BAD_IMAGE */
export async function bytesOf(image: Uint8Array | { path: string }): Promise<Buffer> {
  return 'path' in image ? readImageFile(image.path) : Buffer.from(image);
}

/** Without what is not given. */
function plain(settings: object): OrderSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function targetFor(RED: NodeAPI, node: Node, def: EnqueueDef, msg: JobMessage): Target {
  const { target: fromMessage } = msg as { target?: unknown };
  const given = isBlank(fromMessage) ? settingValue(RED, node, def, 'target', msg) : fromMessage;
  const target = targetOf(text('target', given));
  if (target !== null) return target;
  throw badSetting('target', given, say('queue.wantedTarget'));
}

function triesOf(value: unknown): number {
  const tries = count('tries', value, 3);
  if (tries >= 1 && tries <= 10) return tries;
  throw badSetting('tries', value, say('queue.wantedTries'));
}
