import { basename, dirname, resolve } from 'node:path';
import {
  BkError,
  type FileOutput,
  type JobFacts,
  type Note,
  type ReadOptions,
  say,
  sizeText,
  writeImageFile,
} from '../../src';
import { rows, spans, tookRow } from '../show/rows';
import { BACKUP_FOLDER, FILE_MODE } from '../words/backup-options';
import { DEVICE, onDevice, RECORD, SHOWN } from '../words/device-options';
import { count, type Given, oneOf, pick, size, switchOff, text } from '../words/option';
import { command, type Surroundings } from './command';

/** In place of a file: the bytes themselves, to standard output. */
const PIPE = '-';

const RANGE = {
  memory: oneOf(['flash', 'rom', 'efuse', 'otp', 'openbeken', 'littlefs'], say('cli.optMemory')),
  offset: size(say('cli.optReadOffset')),
  length: size(say('cli.optReadLength')),
};

const OPTIONS = {
  ...DEVICE,
  ...RANGE,
  folder: text('FOLDER', say('cli.optFolder', { standard: BACKUP_FOLDER })),
  keep: count(say('cli.optKeep'), 0),
  keepDays: count(say('cli.optKeepDays'), 0),
  keepFirst: switchOff(say('cli.optNoKeepFirst')),
  incremental: switchOff(say('cli.optNoIncremental')),
  ...FILE_MODE,
  ...RECORD,
  ...SHOWN,
};

type Options = Given<typeof OPTIONS>;

export const read = command({
  name: 'read',
  about: say('cli.aboutRead'),
  operand: { name: 'FILE', about: say('cli.operandReadFile'), required: false },
  options: OPTIONS,
  stopping: say('cli.stoppingRead'),
  run: async (options, file, surroundings) => {
    check(options, file, surroundings);
    const range: ReadOptions = pick(options, RANGE);
    const isFlash = options.memory === 'flash';
    const request =
      isFlash && file !== PIPE ? { ...range, file: output(options, file, surroundings) } : range;
    const { payload, facts } = await onDevice(options, surroundings, (device) =>
      device.read(request, surroundings.control),
    );
    if (typeof payload === 'string')
      return { result: payload, facts, text: describe(facts, payload) };
    if (file === null || file === PIPE)
      return { result: null, facts, text: describe(facts), bytes: payload };
    const path = resolve(surroundings.folder, file);
    await writeImageFile(path, payload, options.fileMode);
    return { result: path, facts: { ...facts, filename: path }, text: describe(facts, path) };
  },
});

/** @throws BkError BK_BAD_SETTING for words that contradict each other */
function check(options: Options, file: string | null, { toTerminal }: Surroundings): void {
  if (file === PIPE) {
    if (toTerminal) throw contradiction(say('cli.bytesOnTerminal'), say('cli.adviseRedirect'));
    if (options.json) throw contradiction(say('cli.bytesAndJson'), say('cli.adviseReadFile'));
  }
  if (file !== null && options.folder !== undefined)
    throw contradiction(say('cli.fileAndFolder'), say('cli.adviseFileOrFolder'));
  if (file !== null && options.keep + options.keepDays > 0)
    throw contradiction(say('cli.fileAndKeep'), say('cli.adviseFileOrFolder'));
  if (file === null && options.memory !== 'flash') {
    const { memory } = options;
    throw contradiction(say('cli.memoryNeedsFile', { memory }), say('cli.adviseReadFile'));
  }
}

function contradiction(what: Note, advice: Note): BkError {
  return new BkError('BK_BAD_SETTING', what, { phase: 'open', advice: [advice] });
}

function output(
  { folder = BACKUP_FOLDER, keep, keepDays, keepFirst, incremental, fileMode }: Options,
  file: string | null,
  surroundings: Surroundings,
): FileOutput {
  if (file === null) {
    const rules = { keep, keepDays, keepFirst };
    return { folder: resolve(surroundings.folder, folder), ...rules, incremental, fileMode };
  }
  const path = resolve(surroundings.folder, file);
  return { folder: dirname(path), filename: basename(path), incremental, fileMode };
}

function describe(facts: JobFacts, path?: string): string {
  const { bytes, offset, length, sha256, crc32, removed = [] } = facts;
  const { bytesRead = 0, bytesReused = 0, bytesBlank = 0 } = facts;
  const sizes = {
    read: sizeText(bytesRead),
    reused: sizeText(bytesReused),
    blank: sizeText(bytesBlank),
  };
  return rows([
    [say('cli.rowChip'), facts.chip],
    [say('cli.rowFile'), path],
    [say('cli.rowBytes'), `${bytes} (${spans([{ offset, length }])})`],
    [say('cli.rowReused'), bytesReused + bytesBlank > 0 ? say('cli.reused', sizes) : null],
    [say('cli.rowSha256'), sha256],
    [say('cli.rowCrc32'), crc32],
    [say('cli.rowRemoved'), removed.map((one) => basename(one)).join('\n') || null],
    tookRow(facts),
  ]);
}
