import { distinct, type Note, say } from './texts/note';
import { type Catalogue, render, renderAll } from './texts/render';

/** Every code that an error of this package can carry; flows switch on them. */
export const ERROR_CODES = [
  'BK_PORT_NOT_FOUND',
  'BK_PORT_DENIED',
  'BK_PORT_BUSY',
  'BK_PORT_LOST',
  'BK_NO_LINK',
  'BK_LINK_LOST',
  'BK_NO_RESPONSE',
  'BK_BAD_RESPONSE',
  'BK_CRC_MISMATCH',
  'BK_UNKNOWN_CHIP',
  'BK_WRONG_CHIP',
  'BK_UNKNOWN_FLASH',
  'BK_FLASH_PROTECTED',
  'BK_BAD_SECTOR',
  'BK_BOOTLOADER_PROTECTED',
  'BK_OUT_OF_RANGE',
  'BK_BAD_IMAGE',
  'BK_WRONG_IMAGE',
  'BK_BAD_SETTING',
  'BK_BACKUP_FAILED',
  'BK_STORAGE',
  'BK_DOWNLOAD',
  'BK_QUEUE',
  'BK_REFUSED',
  'BK_BENCH_LOST',
  'BK_CANCELLED',
  'BK_REPLAY',
  'BK_INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a job was doing, in the words that progress and errors share. */
export type Phase =
  | 'open'
  | 'link'
  | 'identify'
  | 'compare'
  | 'backup'
  | 'read'
  | 'erase'
  | 'write'
  | 'verify'
  | 'recover'
  | 'reboot';

/** What a command is for; `read` loads the line towards the host with 4 KiB, `program` towards the chip. */
export type CommandKind =
  | 'link'
  | 'register'
  | 'baud'
  | 'checksum'
  | 'read'
  | 'program'
  | 'erase'
  | 'status'
  | 'identity';

/** One possible cause of a failure, with what speaks for it. */
export interface Likely {
  cause: Note;
  /** 0 to 1. */
  confidence: number;
  evidence: Note;
}

/** The same as flows see it: the sentences in English, and their codes. */
export interface LikelyCause {
  cause: string;
  /** 0 to 1. */
  confidence: number;
  evidence: string;
  /** Code of the cause, as `diagnosis.power`, and what its sentence was told. */
  code: string;
  params: Note['params'];
  evidenceCode: Note;
}

/** What the sectors that a job was to change hold when it ends early. Offsets and lengths in bytes. */
export interface FlashState {
  /** What the job was to put there, confirmed by the chip's checksum. */
  fresh: { offset: number; length: number }[];
  /** The chip said that it took what the job was to put there; its checksum was not asked yet. */
  written: { offset: number; length: number }[];
  blank: { offset: number; length: number }[];
  old: { offset: number; length: number }[];
  /** An erase or a program was under way. */
  uncertain: { offset: number; length: number }[];
}

/** What happened on the port, as it may be posted: without contents of flash, keys, passwords. */
export interface SavableRecord {
  /** JSON, one line each. */
  text(): string;
  /** Saves the text as a file that its owner alone may read: complete or not at all. @throws Error of the file system */
  save(path: string): Promise<void>;
}

export interface ErrorDetails {
  phase?: Phase | undefined;
  /** Flash address in bytes. */
  address?: number | undefined;
  /** How often it was tried before giving up. */
  attempts?: number | undefined;
  likely?: readonly Likely[] | undefined;
  /** What a person can do, most useful first. */
  advice?: readonly Note[] | undefined;
  /** The error underneath, of the operating system or a library. */
  reason?: unknown;
  state?: FlashState | undefined;
  /** The status, not 0, with which the chip itself refused: it had understood, and the line is not to blame. */
  refusal?: number | undefined;
  record?: SavableRecord | undefined;
  /** Where that was saved. */
  recordPath?: string | undefined;
}

/** The plain-data form that Catch nodes see as `msg.error.cause`. */
export interface ErrorCause {
  code: ErrorCode;
  phase: Phase | null;
  address: number | null;
  attempts: number;
  likely: readonly LikelyCause[];
  advice: readonly string[];
  /** The text of the error underneath, where there is one. */
  reason: string | null;
  /** What flash holds, where the job had begun to change it. */
  state: FlashState | null;
  /** The file with the record of what happened on the port, where one was saved. */
  record?: string;
  /** Code and values of the error's message, and of each piece of advice. */
  text: Note;
  adviceCodes: readonly Note[];
}

/**
 * The one error class of the package; it is never changed after it was made. `code` and `cause` are own,
 * enumerable properties because Node-RED copies nothing else to Catch nodes. The message is English, or in the
 * language that it was asked for `in`; `text` is what it was made of.
 */
export class BkError extends Error {
  readonly code: ErrorCode;
  override readonly cause: ErrorCause;
  readonly #details: ErrorDetails;
  readonly #language: Catalogue | undefined;

  /** @param language of the sentences, where it is not English */
  constructor(code: ErrorCode, text: Note, details: ErrorDetails = {}, language?: Catalogue) {
    const note = text;
    super(render(note, language));
    this.name = 'BkError';
    this.code = code;
    this.#details = details;
    this.#language = language;
    const advice = details.advice ?? [];
    this.cause = Object.freeze({
      code,
      phase: details.phase ?? null,
      address: details.address ?? null,
      attempts: details.attempts ?? 1,
      likely: Object.freeze((details.likely ?? []).map((one) => likelyCause(one, language))),
      advice: Object.freeze(renderAll(advice, language)),
      reason: details.reason === undefined ? null : reasonIn(language, details.reason),
      state: details.state ?? null,
      text: note,
      adviceCodes: Object.freeze([...advice]),
      ...(details.recordPath === undefined ? {} : { record: details.recordPath }),
    });
    for (const name of ['code', 'cause']) Object.defineProperty(this, name, { writable: false });
    const { reason } = details;
    // What failed underneath is told where a developer looks; flows see its text.
    if (reason instanceof Error && reason.stack) this.stack += `\n  because of ${reason.stack}`;
  }

  /** What the message was made of. */
  get text(): Note {
    return this.cause.text;
  }

  /** What it was made with: the error underneath is whole there. */
  get details(): Readonly<ErrorDetails> {
    return this.#details;
  }

  /** The latest of what happened on the port; null where it was not opened. Flows do not get it with the error. */
  get record(): SavableRecord | null {
    return this.#details.record ?? null;
  }

  /** The same error with more or other details, or another text; it keeps its stack. */
  with(changes: ErrorDetails & { text?: Note }): BkError {
    const { text = this.text, ...details } = changes;
    return this.#again(text, { ...this.#details, ...details }, this.#language);
  }

  /** The same error with its sentences in another language; without one, itself. */
  in(language: Catalogue | undefined): BkError {
    return language === undefined ? this : this.#again(this.text, this.#details, language);
  }

  #again(text: Note, details: ErrorDetails, language: Catalogue | undefined): BkError {
    const error = new BkError(this.code, text, details, language);
    const stack = this.stack ?? '';
    // Behind the message, which may have lines of its own.
    const at = stack.indexOf(FRAMES, stack.indexOf(this.message) + this.message.length);
    error.stack = `${error.name}: ${error.message}${at < 0 ? '' : stack.slice(at)}`;
    return error;
  }

  /** The same error with advice in front of what it has. */
  advised(...first: Note[]): BkError {
    return this.with({ advice: distinct([...first, ...this.cause.adviceCodes]) });
  }
}

/** Where the frames of a stack begin, behind a message that may have several lines. */
const FRAMES = '\n    at ';

/** The sentences of a likely cause, in English unless a language is given, and their codes. */
export function likelyCause(
  { cause, confidence, evidence }: Likely,
  language?: Catalogue,
): LikelyCause {
  const [what, why] = [cause, evidence];
  return {
    cause: render(what, language),
    confidence,
    evidence: render(why, language),
    code: what.code,
    params: what.params,
    evidenceCode: why,
  };
}

function reasonIn(language: Catalogue | undefined, reason: unknown): string {
  return textOf(isBkError(reason) ? reason.in(language) : reason);
}

export function isBkError(error: unknown, ...codes: ErrorCode[]): error is BkError {
  return error instanceof BkError && (codes.length === 0 || codes.includes(error.code));
}

/** The message of anything that was thrown. */
export function textOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  try {
    return String(reason);
  } catch {
    return 'something that has no text';
  }
}

/** An address or a size as people in this field write it: `0x11000`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The longest text that `shown` gives as it is. */
const LONGEST_SHOWN = 60;

/** Any value, short enough for a message. What is inside of objects stays there. */
export function shown(value: unknown): string | Note {
  if (typeof value === 'string') {
    // Who writes an address with a password in it does not want to read it in a log.
    const text = value.replace(/(:\/+).*@/s, '$1…@');
    const start = text.slice(0, LONGEST_SHOWN);
    return JSON.stringify(start === text ? text : `${start}…`);
  }
  if (value instanceof Uint8Array) return say('common.someBytes', { length: value.length });
  if (Array.isArray(value)) return say('common.aList');
  if (typeof value === 'function') return say('common.aFunction');
  return typeof value === 'object' && value !== null ? say('common.anObject') : String(value);
}
