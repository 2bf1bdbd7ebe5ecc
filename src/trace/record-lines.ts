/*
 * The lines of a saved record: JSON, one a line, the header first, all others in the order in which things happened.
 *
 * What is replaced, and by what:
 * - Flash contents, read or written, by their length and their zlib CRC-32 (see `Replaced`); never the bytes. Of
 *   some sectors stretches are kept that are public and that the engine concludes something from: the first words
 *   of code, the partition table, the layout of a calibration sector with its values left out.
 * - Bytes that belong to no answer to one of the latest commands (text of an application, garbled or late answers),
 *   by their length and what they look like; without a checksum, as it would give away a few missing bytes.
 * - Keys (eFuse, OTP) and the last half of a MAC, by made-up values of the same length. One value is made up for each
 *   true value and differs for different ones, so that comparisons come out alike; the public key of Tuya and a key
 *   of zeros stay as they are. Made-up values look like kept ones, and differ from one record to the next.
 * - Checksums that the chip made of short or odd stretches, as `of: 'checksum'` (see `Replaced`).
 * - Words in sentences, but for those that `cleanNote` knows: names of chips and commands, addresses, sizes. `…`
 *   stands for one that was left out. So do paths, names of files, hosts, and whatever came out of options.
 *
 * Times are milliseconds on the injected clock since the record began, with three decimals at most.
 */

import type { ErrorCode, Phase } from '../errors';
import type { Note } from '../texts/note';

/** Changes with what older readers would misunderstand; new fields and new kinds of lines are none of that. */
export const RECORD_FORMAT = 1;

/** Bytes as they were, in lower-case hex; or what stands for them. */
export type Stretch = string | Replaced;

/** Bytes that are not in the record. */
export interface Replaced {
  /** How many, 1 or more. */
  n: number;
  /**
   * zlib's CRC-32 of all `n`, 8 lower-case hex digits. Only where `n` is 64 or more; missing where the bytes are part
   * of something broken. Whoever makes bytes up gives them this checksum: those of larger ranges come out right then.
   */
  crc?: string;
  /**
   * `ff`, `00`: all of them are that. `text`: printable, as of an application's log. `noise`: neither text nor any
   * frame. `checksum`: the four bytes of a CheckCRC answer about a range too short or too odd to give its checksum
   * away; to be worked out from what was made up for that range, `wrong` where the true one did not fit the bytes that
   * were read of it. Missing: anything. Made-up bytes hold no start of a frame, 04 0E.
   */
  of?: 'ff' | '00' | 'text' | 'noise' | 'checksum';
  wrong?: true;
  /** What is known of them, in order, `n` in all. Where there is a `crc` as well, it is the checksum of the whole. */
  parts?: Stretch[];
  /**
   * They are code under a key that is nobody else's, in packets from the first byte on: 32 bytes and their CRC-16, high
   * byte first (src/chip/code-packets.ts). Of made-up ones nearly all have to be right as well, the first among them,
   * and must not begin like code: by that the key is known to be the chip's own.
   */
  packets?: true;
  /**
   * There is a made-up value among them, and `crc` is that of the bytes with it: the true ones have another. So is what
   * the chip answers to CheckCRC about ranges with these bytes.
   */
  masked?: true;
}

/** The first line. */
export interface HeaderLine {
  kind: 'record';
  format: typeof RECORD_FORMAT;
  /** When it began, by the calendar: ISO 8601, UTC. */
  started: string;
  /** As the person named it; files, hosts and secrets in it are `…`: see `cleanPort`. */
  port: string;
  /** Of the device, at the latest job; null where no job has begun. */
  settings: RecordedSettings | null;
  /** Nothing is missing between the opening of the port and the last line: only such a record can be replayed. */
  whole: boolean;
  /** What was dropped for lack of room, oldest first. An exchange is one write and all input up to the next. */
  dropped: { exchanges: number; decisions: number };
}

export interface RecordedSettings {
  chip: string;
  baud: number | 'auto';
  reset: string;
  /** Seconds. */
  linkTimeout: number;
  idle: number;
  after: 'reboot' | 'leave';
}

interface Timed {
  /** Ms since the record began. */
  t: number;
}

/** The port was opened, for the first time or anew after it was lost; or could not be, and `error` says why. */
export interface OpenLine extends Timed {
  kind: 'open';
  /** Bits per second. */
  baud: number;
  /** Whether the host may change the rate. */
  rates: boolean;
  /** What the opening took for one round trip, where another computer serves the port, ms. */
  way?: number;
  error?: ErrorCode;
}

/** The host closed the port. */
export interface CloseLine extends Timed {
  kind: 'close';
}

/** The port went away by itself. */
export interface LostLine extends Timed {
  kind: 'lost';
  /** Null where the reason was no error of ours. */
  error: ErrorCode | null;
}

/** One call of `Transport.write`: one command, or raw bytes. */
export interface OutLine extends Timed {
  kind: 'out';
  bytes: Stretch[];
  /**
   * The same bytes were written so often in a row, the first time at `t` and the last time at `until`, and nothing
   * arrived between them. Missing: once.
   */
  times?: number;
  until?: number;
}

/**
 * Bytes that arrived: one answer, or bytes that are part of none. What arrived in several pieces is one line where
 * nothing depends on it.
 */
export interface InLine extends Timed {
  kind: 'in';
  bytes: Stretch[];
  /** When the last of them arrived; missing where they came at once. */
  until?: number;
}

/** `Transport.drain` came back: all that was written has left. */
export interface DrainedLine extends Timed {
  kind: 'drained';
}

/** The host changed its rate; `t` is when it asked the port for it. */
export interface BaudLine extends Timed {
  kind: 'baud';
  /** Bits per second. */
  baud: number;
  /** The port refused; null where the reason was no error of ours. */
  error?: ErrorCode | null;
}

/** The host set both modem lines. */
export interface LinesLine extends Timed {
  kind: 'lines';
  rts: boolean;
  dtr: boolean;
  /** Whether the port has them. */
  done: boolean;
}

/** Whatever passed between host and port. */
export type WireLine =
  | OpenLine
  | CloseLine
  | LostLine
  | OutLine
  | InLine
  | DrainedLine
  | BaudLine
  | LinesLine;

/** A job began. */
export interface JobLine extends Timed {
  kind: 'job';
  operation: 'connect' | 'read' | 'write' | 'erase' | 'examine' | 'listen';
  /**
   * Its options, by the names of ReadOptions, WriteOptions, EraseOptions, ExamineOptions and ListenOptions, as far as they are numbers, booleans and
   * fixed words. An image is `{ n, crc }`; a file to read into, and a configuration of OpenBeken, are `true`; of
   * `backup` there is the mode.
   */
  options: Record<string, OptionValue>;
}

export type OptionValue = number | boolean | string | null | Replaced;

/** What a job is doing, as it tells those who look on; not every sector. */
export interface PhaseLine extends Timed {
  kind: 'phase';
  phase: Phase;
  text: Note;
  /** It waits for a person's hand. */
  waits?: true;
}

/** A chip answered. */
export interface LinkLine extends Timed {
  kind: 'link';
  /** What it took: it was listening already, modem lines, its firmware obeyed, or a person. */
  by: 'listening' | 'lines' | 'firmware' | 'person';
  baud: number;
}

/** It is about to go to another rate; what earlier links to this chip have found out of rates, bits per second. */
export interface RatesLine extends Timed {
  kind: 'rates';
  /** The one that worked last, null where none did. */
  proved: number | null;
  /** Those that are not tried again for now. */
  failed: number[];
}

/** What is to be changed of flash, sector by sector, once it was compared: all else of the regions is right already. */
export interface PlanLine extends Timed {
  kind: 'plan';
  erase: Range[];
  write: Range[];
}

/** What identification concluded. */
export interface ChipLine extends Timed {
  kind: 'chip';
  family: 'full' | 'basic';
  chip: string | null;
  chipId: string | null;
  /** Of the first bytes of flash, by which bootloaders are known. */
  bootloader: { name: string; version: string | null; crc: string; known: boolean };
  /** JEDEC id; bytes. */
  flash: { id: string | null; size: number };
  encryption: 'tuya' | 'none' | 'custom' | null;
  warnings: Note[];
}

/** A decision or an observation of the engine, as its evidence holds it: plain data without contents of flash. */
export interface SeenLine extends Timed {
  kind: 'seen';
  /** Which: see `Sighting` in src/diagnosis/evidence. */
  what: string;
  /** Its facts: addresses, rates, kinds of faults. */
  facts: Record<string, OptionValue>;
}

/** A break in a job was mended. */
export interface RecoveryLine extends Timed {
  kind: 'recovery';
  phase: Phase;
  address: number | null;
  cause: Note;
  action: Note;
  /** How long that took. */
  ms: number;
}

export interface WarningLine extends Timed {
  kind: 'warning';
  text: Note;
}

/** A job ended well. */
export interface DoneLine extends Timed {
  kind: 'done';
  /** Numbers of its facts. */
  bytes: number;
  baud: number;
  recoveries: number;
  warnings: Note[];
  /** The diagnosis of what had to be mended: causes by code, most likely first. */
  likely: { code: string; confidence: number }[];
}

/** A job failed. */
export interface FailedLine extends Timed {
  kind: 'failed';
  error: ErrorCode;
  text: Note;
  phase: Phase | null;
  address: number | null;
  attempts: number;
  /** The status with which the chip refused, where it did. */
  refusal?: number;
  likely: { code: string; confidence: number }[];
  /** Codes. */
  advice: string[];
  /** What flash holds, where the job had begun to change it. Bytes. */
  state?: Record<'fresh' | 'written' | 'blank' | 'old' | 'uncertain', Range[]>;
}

export interface Range {
  offset: number;
  length: number;
}

export type DecisionLine =
  | JobLine
  | PhaseLine
  | LinkLine
  | ChipLine
  | RatesLine
  | PlanLine
  | SeenLine
  | RecoveryLine
  | WarningLine
  | DoneLine
  | FailedLine;

/** Every line but the header. */
export type EventLine = WireLine | DecisionLine;

export type RecordLine = HeaderLine | EventLine;

/** The kinds of lines about the wire; all others are decisions. */
export const WIRE_KINDS: readonly EventLine['kind'][] = [
  'open',
  'close',
  'lost',
  'out',
  'in',
  'drained',
  'baud',
  'lines',
] satisfies WireLine['kind'][];
