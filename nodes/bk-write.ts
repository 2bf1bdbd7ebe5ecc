import type { Node, NodeAPI } from 'node-red';
import {
  BkError,
  GITHUB,
  NEWEST,
  type OpenBekenOptions,
  RELEASE_NAMES,
  say,
  type WriteOptions,
} from '../src';
import { imageBytes } from './shared/image-bytes';
import { type JobMessage, runJobs } from './shared/job-runner';
import { backupFolder, firmwareFolder, sourceFile } from './shared/paths';
import { serverLanguage } from './shared/server-language';
import { choice, flag, isBlank, type Saved, size, text } from './shared/settings';

type WriteDef = Saved<
  | 'device'
  | 'source'
  | 'filename'
  | 'release'
  | 'releaseVersion'
  | 'releaseServer'
  | 'folder'
  | 'offset'
  | 'part'
  | 'skip'
  | 'length'
  | 'backup'
  | 'unchanged'
  | 'bootloader'
  | 'openbeken'
  | 'anyImage'
  | 'dryRun'
>;

const SOURCES = ['payload', 'file', 'release', 'backup'] as const;
const PARTS = ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'] as const;

export = function register(RED: NodeAPI): void {
  const language = serverLanguage(RED);

  function BkWriteNode(this: Node, def: WriteDef): void {
    RED.nodes.createNode(this, def);
    runJobs(RED, language, this, def, {
      operation: 'write',
      prepare: (msg) => {
        const options = writeOptions(RED, def, msg);
        return (device, control) => device.write(options, control);
      },
      doneText: (summary) => (summary.verified ? 'writeDone' : 'planned'),
    });
  }

  RED.nodes.registerType('bk-write', BkWriteNode);
};

function writeOptions(RED: NodeAPI, def: WriteDef, msg: JobMessage): WriteOptions {
  const offset = offsetOf(isBlank(msg.offset) ? def.offset : msg.offset);
  // The form hides both while the node's own offset is auto, and keeps what was in them.
  const isHidden = offset === 'auto' || offsetOf(def.offset) === 'auto';
  const skip = isHidden ? undefined : size('skip', def.skip);
  const length = isHidden ? undefined : size('length', def.length);
  return {
    image: imageOf(RED, def, msg),
    offset,
    part: choice('part', def.part, PARTS, 'image'),
    ...(flag('openbeken', def.openbeken, false) ? { openbeken: openBeken(msg.openbeken) } : {}),
    ...(skip === undefined ? {} : { skip }),
    ...(length === undefined ? {} : { length }),
    backup: {
      mode: choice('backup', def.backup, ['once', 'always', 'never'], 'once'),
      folder: backupFolder(RED),
    },
    unchanged: choice('unchanged', def.unchanged, ['skip', 'rewrite'], 'skip'),
    bootloader: choice('bootloader', def.bootloader, ['keep', 'replace'], 'keep'),
    anyImage: flag('anyImage', def.anyImage, false),
    dryRun: flag('dryRun', def.dryRun, false),
  };
}

function imageOf(RED: NodeAPI, def: WriteDef, msg: JobMessage): WriteOptions['image'] {
  switch (choice('source', def.source, SOURCES, 'payload')) {
    case 'payload':
      return imageBytes(msg, {
        bytes: say('node.readBufferOrSetSource'),
        path: say('node.setSourceForPath'),
      });
    case 'file':
      return {
        path: sourceFile(RED, text('filename', def.filename), text('filename', msg.filename)),
      };
    case 'release':
      return {
        release: choice(
          'release',
          isBlank(msg.release) ? def.release : msg.release,
          RELEASE_NAMES,
          'openbeken',
        ),
        version: text('releaseVersion', msg.releaseVersion, def.releaseVersion).trim() || NEWEST,
        // Where anything is fetched from is up to who edits flows, not to who sends messages.
        server: text('releaseServer', def.releaseServer).trim() || GITHUB,
        folder: firmwareFolder(RED),
      };
    case 'backup':
      return {
        backups: backupFolder(RED, text('folder', def.folder)),
        filename: text('filename', msg.filename, def.filename),
      };
  }
}

/** Bytes from the start of flash; `auto` where nothing is given. */
function offsetOf(value: unknown): number | 'auto' {
  return value === 'auto' ? value : (size('offset', value) ?? 'auto');
}

/** A copy, two levels deep, as other branches of the flow may change the message; the engine looks into it. */
function openBeken(given: unknown): OpenBekenOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw noSettings(given);
  const settings: Record<string, unknown> = { ...given };
  const { pins } = settings;
  if (typeof pins === 'object' && pins !== null && !Array.isArray(pins))
    settings.pins = { ...pins };
  return settings;
}

/** What was given is left out: it may be a password. */
function noSettings(given: unknown): BkError {
  const text = given === undefined ? say('node.noOpenBeken') : say('node.wrongOpenBeken');
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'open',
    advice: [say('node.giveOpenBeken')],
  });
}
