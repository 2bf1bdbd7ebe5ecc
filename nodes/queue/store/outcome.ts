import {
  BkError,
  type Catalogue,
  ERROR_CODES,
  type ErrorCause,
  type ErrorCode,
  type JobFacts,
  type Note,
  say,
} from '../../../src';

/** Where a file is that a job has made. */
export interface KeptFile {
  bench: string;
  /** The name of the bench's computer. */
  computer: string;
  /** On that computer. */
  path: string;
  /** Its SHA-256 where it is in the shared store, too; else null. */
  stored: string | null;
}

type Likely = NonNullable<NonNullable<ConstructorParameters<typeof BkError>[2]>['likely']>[number];

interface Told {
  bench: string;
  computer: string;
  /** How often it was tried, this time included. */
  tries: number;
}

/** How a job ended, as it is told to who has enqueued it: plain data. */
export type Outcome = Told &
  (
    | {
        ok: true;
        /** Null where it is bytes, which are in the shared store. */
        payload: unknown;
        bytes: string | null;
        facts: JobFacts;
        kept: readonly KeptFile[];
      }
    | { ok: false; cause: ErrorCause }
  );

/** What somebody has told of a job's end; null for what no worker of ours has written. */
export function outcomeIn(text: string): Outcome | null {
  try {
    const told = JSON.parse(text) as Partial<Outcome> | null;
    if (typeof told !== 'object' || told === null || typeof told.bench !== 'string') return null;
    if (told.ok === true)
      return isObject(told.facts) && Array.isArray(told.kept) ? (told as Outcome) : null;
    return told.ok === false && isObject(told.cause) ? (told as Outcome) : null;
  } catch {
    return null;
  }
}

/** The error of a job that failed elsewhere, with its sentences in the language of who reads it. */
export function errorOf(cause: ErrorCause, language?: Catalogue): BkError {
  const code = ERROR_CODES.includes(cause.code) ? cause.code : ('BK_INTERNAL' satisfies ErrorCode);
  const text = isNote(cause.text) ? cause.text : say('queue.untold');
  const likely = listOf(cause.likely).flatMap((one): Likely[] =>
    isNote(one) && isNote(one.evidenceCode)
      ? [
          {
            cause: { code: one.code, params: one.params },
            confidence: Number(one.confidence) || 0,
            evidence: one.evidenceCode,
          },
        ]
      : [],
  );
  return new BkError(
    code,
    text,
    {
      phase: cause.phase ?? undefined,
      address: cause.address ?? undefined,
      attempts: cause.attempts,
      likely,
      advice: listOf(cause.adviceCodes).filter(isNote),
      ...(cause.reason === null ? {} : { reason: cause.reason }),
      state: cause.state ?? undefined,
      recordPath: cause.record,
    },
    language,
  );
}

function listOf<T>(given: readonly T[] | undefined): readonly T[] {
  return Array.isArray(given) ? given : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isNote<T>(value: T): value is T & Note {
  if (!isObject(value)) return false;
  const { code, params } = value as Partial<Note>;
  return typeof code === 'string' && isObject(params);
}
