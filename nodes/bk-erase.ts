import type { Node, NodeAPI } from 'node-red';
import { BkError, type EraseOptions, say } from '../src';
import { type JobMessage, runJobs } from './shared/job-runner';
import { backupFolder } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { choice, type Saved, size } from './shared/settings';

type EraseDef = Saved<
  'device' | 'region' | 'offset' | 'length' | 'calibration' | 'backup' | 'bootloader'
>;

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkEraseNode(this: Node, def: EraseDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'erase',
      prepare: (msg) => {
        const options = eraseOptions(RED, def, msg);
        return (device, control) => device.erase(options, control);
      },
      doneText: () => 'eraseDone',
    });
  }

  RED.nodes.registerType('bk-erase', BkEraseNode);
};

function eraseOptions(RED: NodeAPI, def: EraseDef, msg: JobMessage): EraseOptions {
  const region = choice('region', def.region, ['app', 'range', 'data', 'all'], 'app');
  return {
    region,
    ...(region === 'range' ? range(def, msg) : {}),
    calibration: choice('calibration', def.calibration, ['keep', 'erase'], 'keep'),
    bootloader: choice('bootloader', def.bootloader, ['keep', 'erase'], 'keep'),
    backup: {
      mode: choice('backup', def.backup, ['once', 'always', 'never'], 'once'),
      folder: backupFolder(RED),
    },
  };
}

/** Both ends have to be said: a forgotten one must not become "from the start" or "to the end". */
function range(def: EraseDef, msg: JobMessage): { offset: number; length: number } {
  return {
    offset: needed('offset', size('offset', msg.offset, def.offset)),
    length: needed('length', size('length', msg.length, def.length)),
  };
}

function needed(name: string, value: number | undefined): number {
  if (value !== undefined) return value;
  throw new BkError('BK_BAD_SETTING', say('node.rangeNeeds', { name }), {
    phase: 'open',
    advice: [say('node.giveForRange', { name })],
  });
}
