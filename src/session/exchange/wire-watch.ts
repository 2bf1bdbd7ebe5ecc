import type { Fault } from '../../diagnosis/evidence/evidence';
import { EvidenceLog } from '../../diagnosis/evidence/evidence-log';
import { type CommandKind, isBkError } from '../../errors';
import { answers, type Command, changedBy, linkCheck } from '../../protocol/commands/command-table';
import type { Frame } from '../../protocol/frames';

/** The exchange that is or was under way last. */
interface Latest {
  kind: CommandKind | null;
  baudRate: number;
  begun: number;
  /** What its bytes take on the wire, ms. */
  onWire: number;
  /** Bytes that had been received before it. */
  received: number;
  /** Whether an answer had begun to arrive when the time for it was over. */
  brokenOff: boolean;
}

/** A command that got no answer in time. */
interface Expired {
  command: Command<never, unknown>;
  args: unknown;
  begun: number;
  onWire: number;
}

/** Bytes of an answer that is worth being compared with the next one. */
const SHORT = 64;

/** Looks on while commands and answers pass, and keeps what a diagnosis needs. */
export class WireWatch {
  /** Each job has its own. */
  evidence = new EvidenceLog();
  /** The host tries a rate at which the chip need not be: what is heard at it tells nothing. */
  astray = false;
  #received = 0;
  #elsewhere: { offset: number; length: number }[] = [];
  #latest: Latest = {
    kind: null,
    baudRate: 0,
    begun: 0,
    onWire: 0,
    received: 0,
    brokenOff: false,
  };
  /** The latest answer that was waited for, if it is short and no link check's: those are asked for in heaps. */
  #claimed: Frame | null = null;
  #doubles = false;
  /** The latest command that got no answer in time: it may come yet. */
  #expired: Expired | null = null;
  #late = false;

  begin(kind: CommandKind, baudRate: number, now: number, onWire: number): void {
    const received = this.#received;
    this.#latest = { kind, baudRate, begun: now, onWire, received, brokenOff: false };
    if (kind !== 'link') this.#late = false;
  }

  received(bytes: number): void {
    this.#received += bytes;
    if (!this.astray) this.evidence.received(bytes);
  }

  answered(): void {
    const { kind, baudRate } = this.#latest;
    if (kind !== null) this.evidence.good(kind, baudRate);
  }

  /** An answer was the one that is waited for. */
  claimed(frame: Frame): void {
    const short = frame.payload.length <= SHORT;
    this.#claimed =
      short && !answers(linkCheck as Command<never, unknown>, frame)
        ? { ...frame, payload: Buffer.from(frame.payload) }
        : null;
  }

  /** Whether the answer came after all for which the command before the latest link checks was given up. */
  get cameLate(): boolean {
    return this.#late;
  }

  /** An answer that came was the one before, once more. */
  expectDoubles(): void {
    this.#doubles = true;
  }

  /** Whether answers have come twice: one that echoes nothing may then be the one before. */
  get doubles(): boolean {
    return this.#doubles;
  }

  /** The time for an answer is over. @param pending bytes of an answer that had begun to arrive */
  timeUp(pending: number): void {
    this.#latest.brokenOff = pending > 0;
  }

  failed(command: Command<never, unknown>, args: unknown, error: unknown): void {
    const { kind, baudRate, begun, onWire } = this.#latest;
    // All others are neither the line's nor the chip's doing.
    const isTold = isBkError(error, 'BK_BAD_RESPONSE', 'BK_NO_RESPONSE');
    if (!isTold || kind === null) return;
    this.evidence.failed(kind, baudRate, this.faultOf(error));
    // Link checks are sent faster than any adapter answers, and to find out what became of another command.
    const waited = isBkError(error, 'BK_NO_RESPONSE') && kind !== 'link';
    if (waited) this.#expired = { command, args, begun, onWire };
  }

  /**
   * An answer that nobody waits for any more tells that the host gave up too early.
   * @returns the command that it answers, and how long it took besides its way over the wire, ms
   */
  unclaimed(
    frame: Frame,
    baudRate: number,
    now: number,
  ): (Pick<Expired, 'command' | 'args'> & { took: number }) | null {
    const change = changedBy(frame);
    if (change !== null) this.#elsewhere.push(change);
    if (this.#claimed !== null && isSame(this.#claimed, frame)) this.#doubles = true;
    const expired = this.#expired;
    if (expired === null || !answers(expired.command, frame) || frame.status !== 0) return null;
    if (expired.command.parse(frame.payload, expired.args as never) === undefined) return null;
    this.#expired = null;
    this.#late = true;
    const took = now - expired.begun;
    this.evidence.late(expired.command.kind, baudRate, took);
    return { ...expired, took: took - expired.onWire };
  }

  /**
   * Changes of flash that the chip has told of since the last time this was asked, and that nobody had asked
   * for there: either the answer was changed on the line, or the command was, and then it was carried out
   * elsewhere.
   */
  takeElsewhere(): { offset: number; length: number }[] {
    const all = this.#elsewhere;
    this.#elsewhere = [];
    return all;
  }

  /** Bytes that were part of no answer: text of a running application, an echo, another talker. */
  strayed(bytes: Buffer): void {
    if (!this.astray) this.evidence.stray(bytes, this.#latest.kind);
  }

  /** The command of the exchange that failed last, and how many bytes came for it. */
  get lastFailure(): { kind: CommandKind | null; received: number } {
    const { kind, received } = this.#latest;
    return { kind, received: this.#received - received };
  }

  /** When the latest exchange began, and what its bytes take on the wire, ms. */
  get latest(): { begun: number; onWire: number } {
    return this.#latest;
  }

  /** How the exchange that failed last did so. */
  faultOf(error: unknown): Fault {
    if (isBkError(error, 'BK_BAD_RESPONSE')) return 'refused';
    if (this.#latest.brokenOff) return 'short';
    return this.lastFailure.received > 0 ? 'garbled' : 'silence';
  }
}

function isSame(a: Frame, b: Frame): boolean {
  return (
    a.form === b.form && a.code === b.code && a.status === b.status && a.payload.equals(b.payload)
  );
}
