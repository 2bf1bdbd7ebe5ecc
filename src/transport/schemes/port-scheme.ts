import type { Clock } from '../../clock';
import type { Replays } from '../../replay/replays';
import type { Note } from '../../texts/note';
import type { Transport } from '../transport';
import type { SimulatedChips } from './simulated-chips';

/** How a port is opened. */
export interface OpenOptions {
  /** Bits per second, where the port lets it be chosen. */
  baudRate: number;
  clock: Clock;
  /** The simulated chips that there are. */
  chips: SimulatedChips;
  /** The records that are being played; without it one is played from its beginning. */
  replays?: Replays;
  /** Of the web pages of a module that is asked for the port; it is told to nobody else. */
  password?: string | undefined;
  /** Ends a wait for somebody who does not answer. */
  signal?: AbortSignal | undefined;
  /** What the transport is to call the port, where a person has named it otherwise than by this address. */
  named?: string;
}

/** What one physical port is called at a moment. */
export interface PortNames {
  /** One name however it is spelled; a port that is not there has one, too. */
  canonical: string;
  /** Whether it is an adapter of this computer that is plugged in. */
  isHere: boolean;
  /** Names by which it is surely told from all others, wherever it is plugged in next: its serial number, or its socket. */
  own: readonly string[];
  /** Names that lead to it now. While it is away, they are all that others may know it by. */
  others: readonly string[];
}

/** One kind of port: how its addresses look, and what it can. Whether it has another rate or modem lines says its Transport. */
export interface PortScheme {
  /** What stands before `://`, in lower case, of all its spellings; none for the paths of this computer. */
  readonly names: readonly string[];
  /** Which addresses of that spelling are of this kind, where there are several kinds; all where it is missing. */
  claims?(address: string): boolean;
  /** What its addresses look like, for people who gave none that is known; null where it is not to be offered. */
  readonly form: string | Note | null;
  /** Served by another computer: it is that one, and not an adapter, of which messages tell. */
  readonly isServed: boolean;
  /** Whether what was unplugged can be known again, also under another name. */
  readonly isFollowed: boolean;
  /** What answers is a program on the chip, asked over HTTP: there is no line to open. */
  readonly isWeb?: true;
  /** Whether its addresses say what an adapter is, and not where: another one of its kind has the same. */
  readonly isOfKind?: boolean;
  /** How long an opened port may still turn out to be taken by somebody else, ms. */
  readonly turnsAwayMs: number;

  /** The clock of all that happens on such a port, where it is not that of the others. */
  clock?(usual: Clock): Clock;

  /**
   * One name for one physical port however it is spelled, so that all who use it can take turns. A port that
   * is not there has a name too.
   * @param address without blanks around it
   * @throws BkError BK_BAD_SETTING for what names no port of this kind
   */
  canonical(address: string): string | Promise<string>;

  /** All that a port is called; without it, its one name. @throws BkError as canonical */
  called?(address: string): Promise<PortNames>;

  /** The files of this computer that opening an address would read. Never fails. */
  filesIn(address: string): string[];

  /** @throws BkError as openTransport */
  open(address: string, options: OpenOptions): Promise<Transport>;
}
