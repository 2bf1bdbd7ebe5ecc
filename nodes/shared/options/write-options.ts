import type { Node, NodeAPI } from 'node-red';
import {
  BkError,
  GITHUB,
  NEWEST,
  type OpenBekenOptions,
  RELEASE_NAMES,
  say,
  type WriteOptions,
} from '../../../src';
import { imageBytes } from '../image-bytes';
import type { JobMessage } from '../job-runner';
import { backupFolder, firmwareFolder, sourceFile } from '../paths';
import { choice, flag, isBlank, type Saved, size, text } from '../settings';
import { holdsItself, isTrusted, settingValue } from '../typed-values';

export type WriteDef = Saved<
  | 'device'
  | 'source'
  | 'filename'
  | 'filenameType'
  | 'release'
  | 'releaseVersion'
  | 'releaseServer'
  | 'folder'
  | 'offset'
  | 'offsetType'
  | 'part'
  | 'skip'
  | 'skipType'
  | 'length'
  | 'lengthType'
  | 'backup'
  | 'unchanged'
  | 'bootloader'
  | 'openbeken'
  | 'anyImage'
  | 'dryRun'
  | 'startCheck'
>;

const SOURCES = ['payload', 'file', 'release', 'backup'] as const;
const PARTS = ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'] as const;

/** What a write is asked for by settings and a message. @throws BkError BK_BAD_SETTING, BK_BAD_IMAGE */
export function writeOptions(
  RED: NodeAPI,
  node: Node,
  def: WriteDef,
  msg: JobMessage,
): WriteOptions {
  const given = (name: string) => settingValue(RED, node, def, name, msg);
  const offset = offsetOf(isBlank(msg.offset) ? given('offset') : msg.offset);
  // The form hides both while the node's own offset is auto, and keeps what was in them.
  const isHidden =
    offset === 'auto' || (holdsItself(def, 'offset') && offsetOf(def.offset) === 'auto');
  const skip = isHidden ? undefined : size('skip', given('skip'));
  const length = isHidden ? undefined : size('length', given('length'));
  return {
    image: imageOf(RED, node, def, msg),
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
    ...(flag('startCheck', def.startCheck, false) ? { startCheck: true } : {}),
  };
}

function imageOf(RED: NodeAPI, node: Node, def: WriteDef, msg: JobMessage): WriteOptions['image'] {
  switch (choice('source', def.source, SOURCES, 'payload')) {
    case 'payload':
      return imageBytes(msg, {
        bytes: say('node.readBufferOrSetSource'),
        path: say('node.setSourceForPath'),
      });
    case 'file':
      return { path: imageFile(RED, node, def, msg) };
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
        filename: text('filename', msg.filename, settingValue(RED, node, def, 'filename', msg)),
      };
  }
}

/** A name that comes from the flow, and not from who edits it, reaches no further than one in msg.filename. */
function imageFile(RED: NodeAPI, node: Node, def: WriteDef, msg: JobMessage): string {
  const fromMessage = text('filename', msg.filename);
  if (isTrusted(def, 'filename')) {
    const setting = text('filename', settingValue(RED, node, def, 'filename', msg));
    return sourceFile(RED, setting, fromMessage);
  }
  const name = fromMessage || text('filename', settingValue(RED, node, def, 'filename', msg));
  return sourceFile(RED, '', name);
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
