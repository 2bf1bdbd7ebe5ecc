import type { ChipName, Family } from '../../chip/known/chips';
import type { Region } from '../../chip/layouts';
import type { RateFinding } from '../../session/baud/rate-survey';
import type { LinkOutcome } from '../../session/link/link';
import type { LinkWindow } from '../../session/probe/link-window';
import type { Wire } from '../../session/probe/restarts';
import type { HexValues } from '../../session/probe/told-values';
import type { Note } from '../../texts/note';
import type { EncryptionKey } from '../base/job-types';

export interface ExamineOptions {
  /**
   * Also measures how long erasing and programming take, on a stretch of flash that is proved blank, and blank again
   * afterwards. Default false: nothing on the chip is changed.
   */
  write?: boolean;
}

/** Least, median and worst of several times, ms. */
export interface Spread {
  least: number;
  median: number;
  worst: number;
}

/** What eFuse shows of the chip's key; never the key. */
export type ShownKey = 'tuya' | 'zeros' | 'custom' | 'not readable';

/** What is unusual about a chip or its line, and what to do about it. */
export interface Unusual {
  what: string;
  advice: string;
  whatCode: Note;
  adviceCode: Note;
}

/** What could not be measured, and why. */
export interface Unmeasured {
  probe: 'answers' | 'ahead' | 'checksum' | 'reading' | 'rates' | 'restarts' | 'flash';
  why: string;
  whyCode: Note;
}

/**
 * What was measured on one chip, its adapter and the line between them: plain data without secrets. Null is what
 * could not be measured. Written to a file it is the profile of a simulated chip.
 */
export interface Examination {
  format: 'bk72xx-report';
  version: 1;
  /** ISO 8601, UTC. */
  made: string;
  chip: {
    model: ChipName | null;
    family: Family;
    chipId: string | null;
    bootloader: { name: string; version: string | null; crc: string; known: boolean };
    flash: { id: string | null; name: string | null; size: number };
    /** Of eFuse. */
    key: ShownKey;
    /** With which key its code is stored. */
    codeKey: EncryptionKey | null;
    /** `aa:bb:cc:**:**:**`: the half that tells the maker. */
    mac: string | null;
    /** By address, in hex. */
    registers: HexValues | null;
    /** Status bytes of the flash part by the command that reads each, in hex; as they were after the link. */
    status: HexValues | null;
  };
  link: {
    by: LinkOutcome['by'];
    /** From the first call to the first answer, a person's reset included. */
    ms: number;
    wire: Wire | null;
    /** By what it was restarted to look at the window; null where it was not. */
    restart: 'wire' | 'command' | null;
    window: LinkWindow | null;
  };
  line: {
    /** At which all of it was measured, bits per second. */
    baud: number;
    /** Of short answers, beyond the time that their bytes take on the line. */
    answerMs: Spread | null;
    answers: number;
    lost: number;
    /** From a request to the answer's first byte, where nothing is kept back. */
    delayMs: number | null;
    /** For how long the adapter keeps a short answer back; 0 where it does not. */
    holdMs: number | null;
    /** Whether the chip takes the next command while it still answers. */
    commandAhead: boolean | null;
    /** The fastest rate that proved itself both ways, where a faster one did not; null where none failed. */
    fastestBaud: number | null;
    rates: RateFinding[];
  };
  checksum: { blankBytesPerSecond: number | null; otherBytesPerSecond: number | null };
  /** Sectors that were read twice, how many of them came differently, and how many the chip's checksum contradicted. */
  reading: { sectors: number; differed: number; contradicted: number } | null;
  /** Null where nothing was to be written, or no blank stretch was there. */
  flash: FlashTimes | null;
  unmeasured: Unmeasured[];
  unusual: Unusual[];
}

/** How long flash takes, by bytes, beyond the line; null for what the chip does not know. */
export interface FlashTimes {
  at: Region;
  eraseMs: { 4096: Spread; 32768: Spread | null; 65536: Spread };
  programMs: { 256: Spread; 4096: Spread };
}
