import type { Node, NodeAPI } from 'node-red';
import type { FileOutput, ReadOptions } from '../src';
import { type JobMessage, runJobs } from './shared/job-runner';
import { inUserDir } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { choice, count, flag, isBlank, type Saved, size, text } from './shared/settings';
import { settingValue } from './shared/typed-values';

type ReadDef = Saved<
  | 'device'
  | 'memory'
  | 'offset'
  | 'offsetType'
  | 'length'
  | 'lengthType'
  | 'output'
  | 'folder'
  | 'filename'
  | 'filenameType'
  | 'keep'
  | 'incremental'
  | 'fileMode'
>;

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkReadNode(this: Node, def: ReadDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'read',
      prepare: (msg) => {
        const options = readOptions(RED, this, def, msg);
        return (device, control) => device.read(options, control);
      },
      doneText: () => 'readDone',
    });
  }

  RED.nodes.registerType('bk-read', BkReadNode);
};

function readOptions(RED: NodeAPI, node: Node, def: ReadDef, msg: JobMessage): ReadOptions {
  const given = (name: 'offset' | 'length' | 'filename') =>
    isBlank(msg[name]) ? settingValue(RED, node, def, name, msg) : msg[name];
  const length = size('length', given('length'));
  return {
    memory: choice('memory', def.memory, ['flash', 'rom', 'efuse', 'otp'], 'flash'),
    offset: size('offset', given('offset')) ?? 0,
    ...(length === undefined ? {} : { length }),
    ...(choice('output', def.output, ['buffer', 'file'], 'buffer') === 'file'
      ? { file: fileOutput(RED, def, text('filename', given('filename'))) }
      : {}),
  };
}

function fileOutput(RED: NodeAPI, def: ReadDef, filename: string): FileOutput {
  return {
    folder: inUserDir(RED, isBlank(def.folder) ? 'bk-backups' : text('folder', def.folder)),
    filename,
    keep: count('keep', def.keep, 0),
    incremental: flag('incremental', def.incremental, true),
    fileMode: choice('fileMode', def.fileMode, ['owner', 'group', 'all'], 'owner'),
  };
}
