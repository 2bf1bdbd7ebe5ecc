import type { Node, NodeAPI } from 'node-red';
import type { FileOutput, ReadOptions } from '../../../src';
import type { JobMessage } from '../job-runner';
import { backupFolder } from '../paths';
import { choice, count, flag, isBlank, type Saved, size, text } from '../settings';
import { settingValue } from '../typed-values';

export type ReadDef = Saved<
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
  | 'keepDays'
  | 'keepFirst'
  | 'incremental'
  | 'fileMode'
>;

/** The last two of a device on the network alone. */
const MEMORIES = ['flash', 'rom', 'efuse', 'otp', 'openbeken', 'littlefs'] as const;

/** What a read is asked for by settings and a message. @throws BkError BK_BAD_SETTING */
export function readOptions(RED: NodeAPI, node: Node, def: ReadDef, msg: JobMessage): ReadOptions {
  const given = (name: 'offset' | 'length' | 'filename') =>
    isBlank(msg[name]) ? settingValue(RED, node, def, name, msg) : msg[name];
  const length = size('length', given('length'));
  return {
    memory: choice('memory', def.memory, MEMORIES, 'flash'),
    offset: size('offset', given('offset')) ?? 0,
    ...(length === undefined ? {} : { length }),
    ...(choice('output', def.output, ['buffer', 'file'], 'buffer') === 'file'
      ? { file: fileOutput(RED, def, text('filename', given('filename'))) }
      : {}),
  };
}

function fileOutput(RED: NodeAPI, def: ReadDef, filename: string): FileOutput {
  return {
    folder: backupFolder(RED, text('folder', def.folder)),
    filename,
    keep: count('keep', def.keep, 0),
    keepDays: count('keepDays', def.keepDays, 0),
    keepFirst: flag('keepFirst', def.keepFirst, true),
    incremental: flag('incremental', def.incremental, true),
    fileMode: choice('fileMode', def.fileMode, ['owner', 'group', 'all'], 'owner'),
  };
}
