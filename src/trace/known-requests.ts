import {
  answers,
  COMMANDS,
  type Command,
  checkCrc,
  flashErase,
  flashRead4K,
  flashWrite,
  flashWrite4K,
  readRegister,
  readStatusRegister,
  setBaudRate,
  writeRegister,
  writeStatusRegister,
} from '../protocol/commands/command-table';
import type { Form, Frame } from '../protocol/frames';

type AnyCommand = Command<never, unknown>;

/** A command as it was sent. */
export interface Request {
  command: AnyCommand;
  /** Of its payload the first bytes: addresses and values, no data for flash. */
  payload: Buffer;
  /** How many bytes of data for flash follow those. */
  data: number;
}

/** So many bytes of its request an answer begins with; all others echo nothing. */
const ECHOED = new Map<unknown, number>([
  [writeRegister, 8],
  [readRegister, 4],
  [setBaudRate, 5],
  [flashWrite, 4],
  [flashWrite4K, 4],
  [flashRead4K, 4],
  [readStatusRegister, 1],
  [writeStatusRegister, 1],
  [flashErase, 5],
]);

/** Commands that carry data for flash behind so many bytes of their payload. */
const PROGRAMS: readonly unknown[] = [flashWrite, flashWrite4K];
const ADDRESS = 4;

/** An answer may be late, or come twice: so many commands are remembered. */
const KEPT = 8;

/** Checksums are given away where both ends are multiples of it, bytes: then no two of them differ by a few bytes. */
const GRAIN = 64;

const BY_CODE = new Map<number, AnyCommand>(
  COMMANDS.map((command) => [keyOf(command.form, command.code), command as AnyCommand]),
);

function keyOf(form: Form, code: number): number {
  return (form === 'long' ? 0x100 : 0) | code;
}

/** What a command's bytes are; null where they are none. */
export function requestIn(bytes: Buffer): Request | null {
  if (bytes[0] !== 0x01 || bytes[1] !== 0xe0 || bytes[2] !== 0xfc || bytes.length < 5) return null;
  const isLong = bytes[3] === 0xff && bytes[4] === 0xf4;
  const code = bytes[isLong ? 7 : 4] ?? -1;
  const command = BY_CODE.get(keyOf(isLong ? 'long' : 'short', code));
  if (command === undefined) return null;
  const start = isLong ? 8 : 5;
  const isProgram = PROGRAMS.includes(command);
  const end = isProgram ? Math.min(bytes.length, start + ADDRESS) : bytes.length;
  return { command, payload: bytes.subarray(start, end), data: bytes.length - end };
}

/** A write that was remembered; what it is, is found out when somebody asks. */
interface Sent {
  bytes: Buffer;
  request: Request | null | undefined;
  isAnswered: boolean;
}

/** The latest commands: bytes that answer none of them may be anything. */
export class KnownRequests {
  /** The latest last. */
  readonly #sent: Sent[] = [];
  /** Checksums that were not told. */
  #hidden: number[] = [];

  /** The bytes of the command that was sent last. */
  get latest(): Buffer | null {
    return this.#sent.at(-1)?.bytes ?? null;
  }

  /** @param bytes that were sent, without data for flash */
  add(bytes: Buffer): void {
    const last = this.#sent.at(-1);
    if (last?.bytes.equals(bytes)) {
      last.isAnswered = false;
      return;
    }
    if (this.#sent.length === KEPT) this.#sent.shift();
    this.#sent.push({ bytes, request: undefined, isAnswered: false });
  }

  /** The command that a frame answers, by its code and by what it echoes; null where it is none of them. */
  answeredBy(frame: Frame): Request | null {
    const sent = this.#sent.findLast((one) => {
      const request = requestOf(one);
      return request !== null && isAnswer(frame, request);
    });
    if (sent === undefined) return null;
    // A chip answers in the order in which it was asked: of what was asked before, nothing is under way any more. But a
    // checksum does not tell what it is of, and may be an earlier one's.
    if ((sent.request?.command as unknown) !== checkCrc) {
      for (const one of this.#sent.slice(0, this.#sent.indexOf(sent) + 1)) one.isAnswered = true;
    }
    return sent.request ?? null;
  }

  /**
   * Whether the chip's checksum, as it answers this request, may be told: it must be of no stretch that is too short,
   * or too odd, nor may it be the late or the second answer to a request for such.
   */
  mayTellChecksum(asked: Request, checksum: number): boolean {
    let isDoubtful = !isWide(asked.payload) || this.#hidden.includes(checksum);
    for (const one of this.#sent) {
      const request = requestOf(one);
      if (request === asked) one.isAnswered = true;
      if (request === null || one.isAnswered || (request.command as unknown) !== checkCrc) continue;
      if (!isWide(request.payload)) isDoubtful = true;
    }
    if (isDoubtful) this.#hidden = [checksum, ...this.#hidden.slice(0, KEPT - 1)];
    return !isDoubtful;
  }

  /** The command that was sent last has its answer. */
  latestIsAnswered(): void {
    const last = this.#sent.at(-1);
    if (last !== undefined) last.isAnswered = true;
  }

  /** Whether bytes of no frame may be contents of flash: remains of an answer that was given up, or an echo. */
  get mayHoldFlash(): boolean {
    const last = this.#sent.at(-1);
    return this.#sent.some((one) => {
      const command: unknown = requestOf(one)?.command;
      return (
        (command === flashRead4K || PROGRAMS.includes(command)) && (one === last || !one.isAnswered)
      );
    });
  }

  /** Whether it is the address of a read that was asked for. */
  isReadOf(address: number): boolean {
    return this.#sent.some((one) => {
      const request = requestOf(one);
      const isRead = (request?.command as unknown) === flashRead4K;
      return isRead && request?.payload.readUInt32LE(0) === address;
    });
  }
}

function requestOf(sent: Sent): Request | null {
  if (sent.request === undefined) sent.request = requestIn(sent.bytes);
  return sent.request;
}

function isAnswer(frame: Frame, { command, payload }: Request): boolean {
  if (!answers(command, frame)) return false;
  const echoed = ECHOED.get(command) ?? 0;
  // A refusal may leave out a part of its echo.
  const length = frame.status === 0 ? echoed : Math.min(echoed, frame.payload.length);
  if (frame.payload.length < length || payload.length < length) return false;
  for (let at = 0; at < length; at++) if (frame.payload[at] !== payload[at]) return false;
  return true;
}

/** Full chips count the end, basic ones do not. */
function isWide(range: Buffer): boolean {
  if (range.length < 8) return false;
  const start = range.readUInt32LE(0);
  const end = range.readUInt32LE(4);
  const isAligned = start % GRAIN === 0 && (end % GRAIN === 0 || (end + 1) % GRAIN === 0);
  return isAligned && end - start >= GRAIN - 1;
}
