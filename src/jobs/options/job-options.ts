import { SECTOR } from '../../chip/geometry';
import { RELEASE_NAMES } from '../../chip/known/known-releases';
import { BkError, hex } from '../../errors';
import type { InspectOptions } from '../../image/inspect/inspect-types';
import { say } from '../../texts/note';
import type {
  EraseOptions,
  JobControl,
  ListenOptions,
  ReadOptions,
  WriteOptions,
} from '../base/job-types';
import type { ExamineOptions } from '../examine/examination';
import {
  bytes,
  callback,
  either,
  flag,
  folder,
  image,
  isRecord,
  number,
  object,
  type Rules,
  required,
  seconds,
  server,
  settings,
  signal,
  text,
  version,
  word,
} from './rules';
import { refused, take, type Whose } from './take';

const CONTROL: Rules = {
  signal,
  onProgress: callback,
  onRecord: callback,
  onSectors: callback,
  onChip: callback,
};

const FILE_MODE = word(['owner', 'group', 'all']);

const READ: Rules = {
  memory: word(['flash', 'rom', 'efuse', 'otp', 'openbeken', 'littlefs']),
  offset: bytes(0),
  length: bytes(1),
  file: object('{ folder, filename, keep, keepDays, keepFirst, incremental, fileMode }', () => ({
    folder: required(folder),
    filename: text,
    keep: number,
    keepDays: number,
    keepFirst: flag,
    incremental: flag,
    fileMode: FILE_MODE,
  })),
};

const BACKUP = object('{ mode, folder }', ({ mode }) => ({
  mode: required(word(['once', 'always', 'never'])),
  // Where what is beside an image is kept meanwhile, also without a backup.
  folder: mode === 'never' ? either(word(['']), folder) : required(folder),
  fileMode: FILE_MODE,
}));

const RELEASE: Rules = {
  release: required(word(RELEASE_NAMES)),
  version,
  server,
  folder: required(folder),
};

const BACKUPS: Rules = { backups: required(folder), filename: text };

const WRITE: Rules = {
  image: required(image),
  offset: either(word(['auto']), bytes(0)),
  part: word(['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader']),
  skip: bytes(0),
  length: bytes(1),
  backup: BACKUP,
  unchanged: word(['skip', 'rewrite']),
  bootloader: word(['keep', 'replace']),
  openbeken: settings,
  anyImage: flag,
  dryRun: flag,
  startCheck: flag,
};

const ERASE: Rules = {
  region: word(['app', 'range', 'data', 'all']),
  offset: bytes(0),
  length: bytes(1),
  calibration: word(['keep', 'erase']),
  bootloader: word(['keep', 'erase']),
  backup: BACKUP,
  dryRun: flag,
};

const INSPECT: Rules = { secrets: word(['hide', 'show']), signal, pause: callback };

/*
 * What code gives to a job, checked before the port is opened. Each raises BkError BK_BAD_SETTING or
 * BK_OUT_OF_RANGE, naming the option; null and unknown names are refused.
 */

export function takeControl(given: unknown, port: string): JobControl {
  return take(given, CONTROL, { job: say('option.anyJob'), port });
}

export function takeReadOptions(given: unknown, port: string): ReadOptions {
  return take(given, READ, { job: 'read', port });
}

export function takeWriteOptions(given: unknown, port: string): WriteOptions {
  const whose = { job: 'write', port };
  const options = take<WriteOptions>(given, rulesOfWrite(given), whose);
  const { offset = 'auto', part = 'image', skip, length } = options;
  if (offset !== 'auto' && part !== 'image') {
    throw refused(
      say('option.partAtOffset', { part, offset: hex(offset) }),
      say('option.setOffsetOrPart'),
      whose,
    );
  }
  if (offset === 'auto' && (skip !== undefined || length !== undefined)) {
    throw refused(
      say('option.bytesWithoutOffset', { name: skip === undefined ? 'length' : 'skip' }),
      say('option.setOffsetOrLeaveOut'),
      whose,
    );
  }
  const what = isSource(options.image, 'release')
    ? say('option.aRelease')
    : isSource(options.image, 'backups')
      ? say('option.aBackup')
      : null;
  if (offset !== 'auto' && what !== null) {
    throw refused(
      say('option.offsetForSource', { what, offset: hex(offset) }),
      say('option.setOffsetToAuto'),
      whose,
    );
  }
  return options;
}

/** What an image may be hangs on what kind of one is given. */
function rulesOfWrite(given: unknown): Rules {
  if (!isRecord(given)) return WRITE;
  const { image: source } = given;
  if (isSource(source, 'release')) {
    const form = '{ release, version, server, folder }';
    return { ...WRITE, image: required(object(form, () => RELEASE)) };
  }
  if (isSource(source, 'backups'))
    return { ...WRITE, image: required(object('{ backups, filename }', () => BACKUPS)) };
  return WRITE;
}

function isSource(image: unknown, name: string): boolean {
  return isRecord(image) && name in image;
}

export function takeEraseOptions(given: unknown, port: string): EraseOptions {
  const whose = { job: 'erase', port };
  const options = take<EraseOptions>(given, ERASE, whose);
  if (options.region === 'range') mustBeSectors(options, whose);
  else if (options.offset !== undefined || options.length !== undefined) {
    // Whoever names a range and gets the application erased has lost something.
    throw refused(
      options.region === undefined
        ? say('option.rangeWithoutRegion')
        : say('option.rangeWithRegion', { region: options.region }),
      say('option.setRegionToRange'),
      whose,
    );
  }
  return options;
}

export function takeExamineOptions(given: unknown, port: string): ExamineOptions {
  return take(given, { write: flag }, { job: 'examine', port });
}

export function takeListenOptions(given: unknown, port: string): ListenOptions {
  return take(given, { linkTimeout: seconds }, { job: 'listen', port });
}

/** What a check of a folder is given. */
export function takeCheckOptions(given: unknown): Pick<JobControl, 'signal' | 'onProgress'> {
  return take(given, { signal, onProgress: callback }, { job: 'checkBackups' });
}

export function takeInspectOptions(given: unknown): InspectOptions {
  return take(given, INSPECT, { job: 'inspect' });
}

function mustBeSectors({ offset, length }: EraseOptions, whose: Required<Whose>): void {
  for (const [name, value] of Object.entries({ offset, length })) {
    if (value === undefined) {
      throw refused(
        say('option.rangeIncomplete', { name }),
        say('option.giveMultiple', { name }),
        whose,
      );
    }
    if (value % SECTOR === 0) continue;
    const down = value - (value % SECTOR);
    const upper = hex(down + SECTOR);
    // A length of nothing is none.
    const isOnlyUp = name === 'length' && down === 0;
    throw new BkError(
      'BK_OUT_OF_RANGE',
      say('option.notMultiple', { name, value: hex(value), port: whose.port }),
      {
        phase: 'erase',
        ...(offset === undefined ? {} : { address: offset }),
        advice: [
          isOnlyUp
            ? say('option.useUpper', { upper, name })
            : say('option.useNearest', { lower: hex(down), upper, name }),
        ],
      },
    );
  }
}
