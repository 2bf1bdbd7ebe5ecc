import { resolve } from 'node:path';
import { BkError, type Note, RELEASE_NAMES, say, type WriteOptions } from '../../src';
import { type Given, oneOf, optional, text, typed } from '../words/option';

/** Where files of releases are kept unless somebody says otherwise. */
const FIRMWARE_FOLDER = 'bk-firmware';

/** What is written, where it is no file that is named. */
export const SOURCE = {
  release: optional(oneOf(RELEASE_NAMES, say('cli.optRelease'))),
  releaseVersion: text('VERSION', say('cli.optReleaseVersion')),
  releaseServer: text('URL', say('cli.optReleaseServer')),
  firmwareFolder: text('FOLDER', say('cli.optFirmwareFolder', { standard: FIRMWARE_FOLDER })),
};

/**
 * The image that was asked for.
 * @param folder where relative paths begin
 * @throws BkError BK_BAD_SETTING where none is, or two
 */
export function imageOf(
  options: Given<typeof SOURCE>,
  file: string | null,
  folder: string,
): WriteOptions['image'] {
  const { release, releaseVersion, releaseServer, firmwareFolder } = options;
  if (release === undefined) {
    const alone = Object.keys(SOURCE).find(
      (name) => options[name as keyof typeof SOURCE] !== undefined,
    );
    if (alone !== undefined) throw misused(say('cli.onlyWithRelease', { option: typed(alone) }));
    return { path: resolve(folder, file as string) };
  }
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
