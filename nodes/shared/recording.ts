import type { Node, NodeAPI } from 'node-red';
import {
  addRecord,
  type BkError,
  type Catalogue,
  type EventLine,
  type JobResult,
  type Operation,
  render,
  say,
  textOf,
  WIRE_KINDS,
} from '../../src';

/** Of which jobs a device keeps records as files, and where. */
export interface RecordKeeping {
  of: 'off' | 'failures' | 'all';
  /** Absolute path. */
  folder: string;
}

type Keeps = RecordKeeping & { node: Node; language: Catalogue | undefined };

/**
 * Saves the record of a job that failed; not of one that somebody cancelled, unless all are wanted.
 * @returns the error with the record's path, or as it was
 */
export async function withRecord(
  keeps: Keeps,
  operation: Operation,
  error: BkError,
): Promise<BkError> {
  const { record } = error;
  const isWanted = keeps.of === 'all' || (keeps.of === 'failures' && error.code !== 'BK_CANCELLED');
  if (record === null || !isWanted) return error;
  const recordPath = await save(keeps, operation, 'failed', record);
  return recordPath === null ? error : error.with({ recordPath });
}

/** Where the record of a job that went well is now; null where it is not wanted, or cannot be saved. */
export async function recordOf(
  keeps: Keeps,
  operation: Operation,
  { record }: JobResult<unknown>,
): Promise<string | null> {
  if (keeps.of !== 'all' || record === undefined) return null;
  return save(keeps, operation, 'done', record);
}

/** A job does not fail because its record cannot be saved. */
async function save(
  { folder, node, language }: Keeps,
  operation: Operation,
  outcome: 'failed' | 'done',
  record: { text(): string },
): Promise<string | null> {
  try {
    return await addRecord(folder, record, { operation, outcome, date: new Date() });
  } catch (error) {
    node.warn(render(say('node.recordNotSaved', { folder, reason: textOf(error) }), language));
    return null;
  }
}

/** Levels of Node-RED's log, of the two that show what happens on a port. */
const DEBUG = ['debug', 'trace'];
const TRACE = ['trace'];

/**
 * Where the lines of a record go while a job runs: decisions to Node-RED's log at its level debug, what passes on the
 * wire at its level trace. Undefined where no log shows either: then no line is made.
 */
export function liveLog(RED: NodeAPI, node: Node): ((line: EventLine) => void) | undefined {
  if (!isLogged(RED, DEBUG)) return undefined;
  const isTraced = isLogged(RED, TRACE);
  return (line) => {
    if (!WIRE_KINDS.includes(line.kind)) node.debug(textOfLine(line));
    else if (isTraced) node.trace(textOfLine(line));
  };
}

/** Whether one of the logs that Node-RED's settings name shows what is told at one of these levels. */
function isLogged(RED: NodeAPI, levels: readonly string[]): boolean {
  const { logging } = RED.settings as { logging?: unknown };
  if (typeof logging !== 'object' || logging === null) return false;
  return Object.values(logging).some((log: unknown) => {
    const level = (log as { level?: unknown } | null)?.level;
    return typeof level === 'string' && levels.includes(level);
  });
}

/** A sentence where the line is one, else as it stands in a record. */
function textOfLine(line: EventLine): string {
  if (line.kind === 'phase') return `${line.phase}: ${render(line.text)}`;
  if (line.kind === 'warning') return render(line.text);
  return JSON.stringify(line);
}
