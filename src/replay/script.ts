import { readFileSync, type Stats, statSync } from 'node:fs';
import { BkError, textOf } from '../errors';
import { type Note, say } from '../texts/note';
import {
  type EventLine,
  type HeaderLine,
  RECORD_FORMAT,
  type RecordLine,
  WIRE_KINDS,
  type WireLine,
} from '../trace/record-lines';

/** Records that are longer than this are none of ours, bytes. */
const LONGEST = 256 * 1024 * 1024;

/** A line of the record about the wire, with its number in the file: from 1 on. */
export type Step = WireLine & { readonly line: number };

/** What happened on a port, in order. */
export interface Script {
  readonly file: string;
  readonly header: HeaderLine;
  readonly steps: readonly Step[];
  /** All lines but the first. */
  readonly events: readonly EventLine[];
}

/**
 * A record from its file.
 * @param file absolute path
 * @throws BkError BK_STORAGE where it cannot be read, BK_REPLAY where it is no record, or not a whole one
 */
export function readScript(file: string): Script {
  const lines = textIn(file)
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '')
    .map(({ text, line }) => ({ parsed: parseLine(text, line, file), line }));
  const header = lines[0]?.parsed;
  if (header?.kind !== 'record') throw unusable(say('replay.noRecord', { file }));
  if (header.format !== RECORD_FORMAT) {
    const had = String(header.format);
    throw unusable(say('replay.otherFormat', { file, format: had, known: RECORD_FORMAT }));
  }
  if (!header.whole) {
    throw new BkError('BK_REPLAY', say('replay.notWhole', { file }), {
      phase: 'open',
      advice: [say('replay.keepAll')],
    });
  }
  const events: EventLine[] = [];
  const steps: Step[] = [];
  for (const { parsed, line } of lines.slice(1)) {
    if (parsed.kind === 'record') throw unusable(say('replay.twoRecords', { file, line }));
    events.push(parsed);
    if (isWire(parsed)) steps.push(...single({ ...parsed, line }));
  }
  return { file, header, steps, events };
}

function isWire(line: EventLine): line is WireLine {
  return WIRE_KINDS.includes(line.kind);
}

/** The same bytes written many times in a row stand in one line. */
function single(step: Step): Step[] {
  if (step.kind !== 'out' || step.times === undefined) return [step];
  const { times, until = step.t, ...once } = step;
  const gap = times > 1 ? (until - step.t) / (times - 1) : 0;
  return Array.from({ length: times }, (_, index) => ({ ...once, t: step.t + index * gap }));
}

function parseLine(text: string, line: number, file: string): RecordLine {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isLine(parsed)) return parsed;
  } catch {
    // Told below: what a parser says shows a piece of the text.
  }
  throw unusable(
    line === 1 ? say('replay.noRecord', { file }) : say('replay.badLine', { file, line }),
  );
}

/** As far as a replay could break on it; what the recorder has written is right beyond that. */
function isLine(parsed: unknown): parsed is RecordLine {
  if (typeof parsed !== 'object' || parsed === null) return false;
  const { kind, t, bytes } = parsed as { kind?: unknown; t?: unknown; bytes?: unknown };
  if (kind === 'record') return true;
  const hasBytes = kind === 'out' || kind === 'in';
  return typeof kind === 'string' && Number.isFinite(t) && (!hasBytes || Array.isArray(bytes));
}

function textIn(file: string): string {
  const refuse = (what: Note, reason?: unknown): BkError =>
    new BkError('BK_STORAGE', what, {
      phase: 'open',
      ...(reason === undefined ? {} : { reason }),
      advice: [say('replay.checkFileName')],
    });
  let stats: Stats | undefined;
  try {
    // Asked before it is opened: a pipe would have the whole program wait for somebody to write to it.
    stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() && stats.size <= LONGEST) return readFileSync(file, 'utf8');
  } catch (reason) {
    throw refuse(say('replay.unreadable', { file, reason: textOf(reason) }), reason);
  }
  if (stats === undefined) throw refuse(say('replay.noSuchFile', { file }));
  throw refuse(say('replay.noPlainFile', { file }));
}

function unusable(what: Note): BkError {
  return new BkError('BK_REPLAY', what, { phase: 'open', advice: [say('replay.giveRecord')] });
}
