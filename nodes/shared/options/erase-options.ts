import type { Node, NodeAPI } from 'node-red';
import { BkError, type EraseOptions, say } from '../../../src';
import type { JobMessage } from '../job-runner';
import { backupFolder } from '../paths';
import { choice, flag, isBlank, type Saved, size } from '../settings';
import { settingValue } from '../typed-values';

export type EraseDef = Saved<
  | 'device'
  | 'region'
  | 'offset'
  | 'offsetType'
  | 'length'
  | 'lengthType'
  | 'calibration'
  | 'backup'
  | 'bootloader'
  | 'dryRun'
>;

/** What an erase is asked for by settings and a message. @throws BkError BK_BAD_SETTING */
export function eraseOptions(
  RED: NodeAPI,
  node: Node,
  def: EraseDef,
  msg: JobMessage,
): EraseOptions {
  const region = choice('region', def.region, ['app', 'range', 'data', 'all'], 'app');
  return {
    region,
    ...(region === 'range' ? range(RED, node, def, msg) : {}),
    calibration: choice('calibration', def.calibration, ['keep', 'erase'], 'keep'),
    bootloader: choice('bootloader', def.bootloader, ['keep', 'erase'], 'keep'),
    backup: {
      mode: choice('backup', def.backup, ['once', 'always', 'never'], 'once'),
      folder: backupFolder(RED),
    },
    ...(flag('dryRun', def.dryRun, false) ? { dryRun: true } : {}),
  };
}

/** Both ends have to be said: a forgotten one must not become "from the start" or "to the end". */
function range(
  RED: NodeAPI,
  node: Node,
  def: EraseDef,
  msg: JobMessage,
): { offset: number; length: number } {
  const given = (name: 'offset' | 'length') =>
    isBlank(msg[name]) ? settingValue(RED, node, def, name, msg) : msg[name];
  return {
    offset: needed('offset', size('offset', given('offset'))),
    length: needed('length', size('length', given('length'))),
  };
}

function needed(name: string, value: number | undefined): number {
  if (value !== undefined) return value;
  throw new BkError('BK_BAD_SETTING', say('node.rangeNeeds', { name }), {
    phase: 'open',
    advice: [say('node.giveForRange', { name })],
  });
}
