import type { CommandKind, Phase } from '../../errors';

export type { CommandKind };

/**
 * How an exchange failed: nothing came, an answer broke off, bytes came that are no answer, the chip
 * refused, or the bytes contradict the chip's checksum.
 */
export type Fault = 'silence' | 'short' | 'garbled' | 'refused' | 'checksum';

/** As what the chip was found after a failure; `replugged`: after its adapter had been away. */
export type Found = 'alive' | 'rebooted' | 'relinked' | 'replugged' | 'lost';

/** One failure in a job. */
export interface Drop {
  address: number | null;
  phase: Phase;
  /** Bits per second at which it happened. */
  baud: number;
  kind: Fault;
  /** The command that failed; null where it was none, as with bytes that contradict a checksum. */
  command: CommandKind | null;
  found: Found;
  /** It answered calls only after a while: it was still at work, and slow. */
  busy: boolean;
  /** How many bytes came in for the command that failed. */
  received: number;
  /** True where the chip had done what it was told, so that only its answer was lost. */
  carriedOut: boolean;
}

/** Exchanges of one kind at one rate. */
export interface Tally extends Record<Fault, number> {
  kind: CommandKind;
  baud: number;
  good: number;
  /** Answers that came after the host had given up on them. */
  late: number;
  /** The longest of those took so long from the request, ms. */
  latestMs: number;
}

/** A range whose bytes and whose checksum by the chip did not agree. */
export interface Mismatch {
  address: number;
  /** Bytes. */
  length: number;
  /** Bits per second at which the bytes were carried; null where it is not known. */
  baud: number | null;
  /** `read`: the host holds other bytes than flash; `write`: flash holds other bytes than it was given. */
  direction: 'read' | 'write';
  times: number;
  /** Whether it agreed after all. */
  healed: boolean;
}

/** What came in that was part of no answer, by what it looks like. Counts of bytes but for the frames. */
export interface Heard {
  bytes: number;
  /** Commands of this program that came back. */
  echoes: number;
  /** Frames 55 AA with a right checksum: from the module's own firmware (version 0), and from a second controller. */
  tuyaFrames: number;
  controllerFrames: number;
  text: number;
  noise: number;
  /** The latest text. */
  excerpt: string;
  /** Remains of answers to reads; what they look like tells nothing. */
  wreckage: number;
}

/** A status register before and after it was to be unprotected. */
export interface StatusChange {
  before: number;
  /** Null where it did not need to be written. */
  written: number | null;
  after: number;
  /** How often it was written and read back; 1 where it is not told. */
  tries?: number;
  /** The protect bits. */
  mask: number;
}

export type BaudOutcome = 'proved' | 'failed' | 'lost' | 'refused';

/** All that was seen of a chip and its line. Plain data: it can be kept and judged later. */
export interface Evidence {
  linked: boolean;
  /** Link checks that got no answer since the chip was heard last. */
  calls: number;
  /** Bytes that came in, of whatever kind. */
  received: number;
  family: 'full' | 'basic' | null;
  heard: Heard;
  /** The same at the slow rate of second controllers, where the host has listened at that. */
  slow: Heard;
  tallies: Tally[];
  drops: Drop[];
  checksumsRight: number;
  mismatches: Mismatch[];
  /** Places where a change was answered with success, and flash held what it held before. */
  notTaken: number[];
  /** Sectors that were given up. */
  failedSectors: number[];
  status: StatusChange[];
  bauds: { baud: number; outcome: BaudOutcome }[];
  bootloader: { crc: number; known: boolean } | null;
  /** JEDEC id, six hex digits. */
  flashId: string | null;
  chip: { expected: string | null; found: string | null } | null;
  /** What the chip's code is stored with, and an image that was to be written. */
  key: { chip: string | null; image: string | null } | null;
  /** How often the port went away, and how often it came back; whether another computer serves it. */
  adapter: { lost: number; back: number; isServed: boolean };
}

/** What a log may be asked to tell at once, by its name: plain facts without contents of flash. */
export type Sighting =
  | 'failed'
  | 'late'
  | 'drop'
  | 'carriedOut'
  | 'checksum'
  | 'notTaken'
  | 'sectorFailed'
  | 'status'
  | 'baud'
  | 'rebootAsked'
  | 'adapterLost'
  | 'adapterBack';

/** Is told of what is worth a line in a record, as it is taken down. Must not fail. */
export type Witness = (what: Sighting, facts: Readonly<Record<string, Fact>>) => void;

type Fact = number | string | boolean | null;
