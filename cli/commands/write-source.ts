import { basename, resolve } from 'node:path';
import { BkError, type Note, RELEASE_NAMES, say, type WriteOptions } from '../../src';
import { type Given, oneOf, optional, text, typed } from '../words/option';

/** Where files of releases are kept unless somebody says otherwise. */
const FIRMWARE_FOLDER = 'bk-firmware';

/** What is written, where it is no file that is named. */
export const SOURCE = {
  source: optional(oneOf(['file', 'release', 'backup'], say('cli.optSource'))),
  release: optional(oneOf(RELEASE_NAMES, say('cli.optRelease'))),
  releaseVersion: text('VERSION', say('cli.optReleaseVersion')),
  releaseServer: text('URL', say('cli.optReleaseServer')),
  firmwareFolder: text('FOLDER', say('cli.optFirmwareFolder', { standard: FIRMWARE_FOLDER })),
};

/**
 * The image that was asked for.
 * @param folders where relative paths begin, and where backups are
 * @throws BkError BK_BAD_SETTING where none is, or two
 */
export function imageOf(
  options: Given<typeof SOURCE>,
  file: string | null,
  { folder, backupFolder }: { folder: string; backupFolder: string },
): WriteOptions['image'] {
  const { release: named, source = named === undefined ? 'file' : 'release' } = options;
  if (source !== 'release') {
    const alone = Object.keys(SOURCE).find(
      (name) => name !== 'source' && options[name as keyof typeof SOURCE] !== undefined,
    );
    if (alone !== undefined) throw misused(say('cli.onlyWithRelease', { option: typed(alone) }));
    if (source === 'backup')
      return {
        backups: resolve(folder, backupFolder),
        ...(file === null ? {} : { filename: basename(file) }),
      };
    if (file === null)
      throw misused(say('cli.missingOperand', { command: 'write', operand: 'FILE' }));
    return { path: resolve(folder, file) };
  }
  const { release = RELEASE_NAMES[0], releaseVersion, releaseServer, firmwareFolder } = options;
  if (file !== null) throw misused(say('cli.twoImages', { file }));
  return {
    release,
    ...(releaseVersion === undefined ? {} : { version: releaseVersion }),
    ...(releaseServer === undefined ? {} : { server: releaseServer }),
    folder: resolve(folder, firmwareFolder ?? FIRMWARE_FOLDER),
  };
}

function misused(text: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'open',
    advice: [say('cli.helpHint', { command: 'bk72xx write --help' })],
  });
}
