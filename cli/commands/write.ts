import { resolve } from 'node:path';
import {
  BkError,
  durationText,
  hex,
  type JobFacts,
  type OpenBekenOptions,
  readImageFile,
  say,
  sizeText,
  type WriteSummary,
} from '../../src';
import { rows, spans, tookRow } from '../show/rows';
import { BACKUP, backupOf } from '../words/backup-options';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { oneOf, pick, size, sizeOrAuto, switchOn, text } from '../words/option';
import { command } from './command';
import { imageOf, SOURCE } from './write-source';

const WRITE = {
  offset: sizeOrAuto(say('cli.optWriteOffset')),
  part: oneOf(
    ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'],
    say('cli.optPart'),
    'PART',
  ),
  skip: size(say('cli.optSkip')),
  length: size(say('cli.optWriteLength')),
  unchanged: oneOf(['skip', 'rewrite'], say('cli.optUnchanged')),
  bootloader: oneOf(['keep', 'replace'], say('cli.optWriteBootloader')),
  anyImage: switchOn(say('cli.optAnyImage')),
  dryRun: switchOn(say('cli.optDryRun')),
  startCheck: switchOn(say('cli.optStartCheck')),
};

export const write = command({
  name: 'write',
  about: say('cli.aboutWrite'),
  operand: {
    name: 'FILE',
    about: say('cli.operandWriteFile'),
    required: true,
    replaceableBy: ['release', 'source'],
  },
  options: {
    ...DEVICE,
    ...SOURCE,
    ...WRITE,
    ...BACKUP,
    openbeken: text('FILE.json', say('cli.optOpenbeken')),
    ...RECORD,
    ...SHOWN,
  },
  stopping: say('cli.stoppingChange'),
  run: async (options, file, surroundings) => {
    const { control, folder } = surroundings;
    const { openbeken } = options;
    const request = {
      image: imageOf(options, file, { folder, backupFolder: options.backupFolder }),
      ...pick(options, WRITE),
      backup: backupOf(options, folder),
      ...(openbeken === undefined ? {} : { openbeken: await settings(resolve(folder, openbeken)) }),
    };
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.write(request, control),
    );
    return { result: payload, facts, text: describe(payload, facts) };
  },
});

/**
 * OpenBeken's settings, as `msg.openbeken` has them. What is in them the engine checks.
 * @throws BkError BK_STORAGE, BK_BAD_SETTING; no message shows what is in the file: it may be a password
 */
async function settings(path: string): Promise<OpenBekenOptions> {
  const bytes = await readImageFile(path);
  try {
    const given: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  } catch {
    // Told below: what a parser says shows a piece of the text.
  }
  throw new BkError('BK_BAD_SETTING', say('cli.noSettings', { path }), {
    phase: 'open',
    advice: [say('cli.adviseSettings')],
  });
}

function describe(summary: WriteSummary, facts: JobFacts): string {
  const { image, regions, bytes, bytesWritten, bytesUnchanged, backup, openbeken } = summary;
  const { sectorsErased, blocksErased, verified, seconds = 0, startCheck } = summary;
  const { release, restored } = summary;
  const time = durationText(seconds * 1000);
  return rows([
    [say('cli.rowChip'), facts.chip],
    [say('cli.rowImage'), [image.kind, image.chip, image.version].filter(Boolean).join(', ')],
    [say('cli.rowRelease'), release && say('cli.releaseOf', releaseRow(release))],
    [say('cli.rowRestored'), restored && say('cli.restoredOf', restoredRow(restored))],
    [say('cli.rowRegions'), spans(regions)],
    [say('cli.rowBytes'), sizeText(bytes)],
    [say(verified ? 'cli.rowWritten' : 'cli.rowToWrite'), sizeText(bytesWritten)],
    [say('cli.rowUnchanged'), sizeText(bytesUnchanged)],
    [say('cli.rowErased'), say('cli.erased', { sectors: sectorsErased, blocks: blocksErased })],
    [say('cli.rowOpenbeken'), openbeken && say('cli.configured', configured(openbeken))],
    [say('cli.rowBackup'), backup],
    verified ? tookRow(facts) : [say('cli.rowTook'), say('cli.wouldTake', { time })],
    [say('cli.rowVerified'), say(verified ? 'cli.verified' : 'cli.nothingWritten')],
    [say('cli.rowStartCheck'), startCheck],
  ]);
}

function releaseRow({ file, path, from }: NonNullable<WriteSummary['release']>) {
  return {
    file: path ?? file,
    how: say(from === 'folder' ? 'cli.releaseKept' : 'cli.releaseFetched'),
  };
}

const TOLD_BY = {
  mac: say('cli.toldByMac'),
  contents: say('cli.toldByContents'),
  filename: say('cli.toldByName'),
};

function restoredRow({ path, mac, date, told }: NonNullable<WriteSummary['restored']>) {
  return { path, mac: mac ?? say('cli.noMac'), date, by: TOLD_BY[told] };
}

function configured({ offset, pins }: NonNullable<WriteSummary['openbeken']>) {
  return { address: hex(offset), pins: Object.keys(pins).length };
}
