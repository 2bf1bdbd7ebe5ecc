import { BLOCK, SECTOR } from '../chip/geometry';
import type { Clock } from '../clock';
import type { ErrorCode } from '../errors';
import { ERASE_BLOCK, flashErase, flashRead4K } from '../protocol/commands/command-table';
import type { Transport } from '../transport/transport';
import { BoundedEntries, type Room } from './bounded-entries';
import { cleanOptions, cleanPort } from './clean-words';
import { InputDigest } from './input-digest';
import { KnownRequests, type Request, requestIn } from './known-requests';
import { MacMask } from './mac-mask';
import { MadeUp } from './made-up';
import { PortRecord } from './port-record';
import type {
  BaudLine,
  DecisionLine,
  EventLine,
  JobLine,
  LinesLine,
  RecordedSettings,
  Replaced,
} from './record-lines';
import { RecordedTransport } from './recorded-transport';
import { WireCleaner } from './wire-cleaner';
import { type OutEntry, replaced, type WireEntry } from './wire-entries';

/** How much of a link is kept: what a failure needs, or all of it within reason. */
export const RECORDINGS = ['failures', 'all'] as const;
export type Recording = (typeof RECORDINGS)[number];

const ROOMS: Readonly<Record<Recording, Room>> = {
  failures: { exchanges: 200, decisions: 500 },
  all: { exchanges: 50_000, decisions: 5_000 },
};

/** A line that has no time yet. */
export type Untimed<Line> = Line extends unknown ? Omit<Line, 't'> : never;

/** Where decisions are told, without words of people: `cleanNote` takes those out. */
export interface Decisions {
  decide(line: Untimed<DecisionLine>): void;
}

/** A job and how it is to be recorded. */
export interface RecordedJob {
  operation: JobLine['operation'];
  /** As they were given: what must not be told of them is not kept. */
  options: unknown;
  port: string;
  settings: RecordedSettings;
  recording: Recording;
  /** Is told each line until the job ends. */
  onLine: ((line: EventLine) => void) | undefined;
}

/** Bytes of the command that reads a sector. */
const READ_REQUEST = 12;
/** The longest write that is no command of which the bytes are kept. */
const LONGEST_RAW = 64;
/** What the engine changes its mind about while a promise is under way. */
type Pending = BaudLine | LinesLine;

/**
 * Takes down what happens on one port while a link lasts. It is cheap and never fails: it stands on the way of every
 * byte. What a saved record must not tell is not kept, or is taken out when lines are made of it.
 */
export class Recorder implements Decisions {
  readonly #clock: Clock;
  #entries = new BoundedEntries(ROOMS.failures);
  #madeUp = new MadeUp();
  #mask = new MacMask(this.#madeUp);
  #known = new KnownRequests();
  #input = this.#newInput();
  #live = new WireCleaner(this.#madeUp, this.#mask);
  #startedAt: number;
  #started: Date;
  #job: RecordedJob | null = null;
  #port = '';
  #settings: RecordedSettings | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#started = clock.date();
  }

  /** A job begins, on a link that is kept or on a new one. */
  beginJob(job: RecordedJob): void {
    this.#job = job;
    this.#port = cleanPort(job.port);
    this.#settings = job.settings;
    this.#entries.room = ROOMS[job.recording];
    this.#tellJob();
  }

  endJob(): void {
    this.#input.settle();
    this.#job = null;
  }

  /** The port is about to be opened for a new link: what was before is another link's. */
  beginLink(): void {
    this.#entries = new BoundedEntries(this.#entries.room);
    this.#madeUp = new MadeUp();
    this.#mask = new MacMask(this.#madeUp);
    this.#known = new KnownRequests();
    this.#input = this.#newInput();
    this.#live = new WireCleaner(this.#madeUp, this.#mask);
    this.#startedAt = this.#clock.now();
    this.#started = this.#clock.date();
    this.#tellJob();
  }

  decide(line: Untimed<DecisionLine>): void {
    this.#input.settle();
    const timed = { t: this.#now(), ...line } as DecisionLine;
    this.#entries.addDecision(timed);
    this.#tell(timed);
  }

  /** Takes down all that passes through a port that has just been opened. */
  tap(transport: Transport): Transport {
    const { baudRate: baud, canSetBaudRate: rates, roundTripMs = 0 } = transport;
    const way = Math.round(roundTripMs);
    this.#add({ t: this.#now(), kind: 'open', baud, rates, ...(way > 0 ? { way } : {}) });
    return new RecordedTransport(transport, this);
  }

  /** The port could not be opened. */
  refused(baud: number, error: ErrorCode): void {
    this.#add({ t: this.#now(), kind: 'open', baud, rates: false, error });
  }

  /** Bytes are handed to the port. */
  sent(bytes: Buffer): void {
    this.#input.flush();
    const t = this.#now();
    // Reads are most of all: what they are is found out when somebody asks.
    const isRead = bytes.length === READ_REQUEST && bytes[7] === flashRead4K.code;
    const { raw, body } = isRead ? { raw: bytes, body: null } : this.#outgoing(bytes, t);
    this.#known.add(raw);
    const last = this.#entries.lastWire;
    // Calls that nobody answers come in heaps.
    if (last?.kind === 'out' && this.#entries.isLast(last) && isAgain(last, raw, body)) {
      last.times++;
      last.until = t;
      return;
    }
    this.#add({ t, kind: 'out', raw, body, times: 1, until: t });
  }

  arrived(bytes: Buffer): void {
    this.#input.arrived(bytes, this.#clock.now() - this.#startedAt);
  }

  /** What is under way takes effect with its end: the line is completed then. */
  begun<Line extends Untimed<Pending>>(line: Line): Line {
    this.#input.flush();
    const timed = { t: this.#now(), ...line };
    this.#add(timed as Pending);
    return timed;
  }

  drained(): void {
    this.#input.flush();
    this.#add({ t: this.#now(), kind: 'drained' });
  }

  lost(error: ErrorCode | null): void {
    this.#input.flush();
    this.#add({ t: this.#now(), kind: 'lost', error });
  }

  closed(): void {
    this.#input.flush();
    this.#add({ t: this.#now(), kind: 'close' });
  }

  /** What was taken down until now; later events do not change it. */
  get record(): PortRecord {
    this.#input.settle();
    const { dropped } = this.#entries;
    const entries = this.#entries.all();
    // What may still be counted on or completed belongs to the record as it is now.
    const copies = entries.map((entry) => (isOpenEnded(entry) ? { ...entry } : entry));
    return new PortRecord(
      {
        kind: 'record',
        format: 1,
        started: this.#started.toISOString(),
        port: this.#port,
        settings: this.#settings,
        whole: dropped.exchanges === 0 && dropped.decisions === 0 && hasOpening(entries),
        dropped: { ...dropped },
      },
      copies,
      { madeUp: this.#madeUp, mask: this.#mask },
    );
  }

  #newInput(): InputDigest {
    return new InputDigest(this.#known, this.#mask, (entry) => this.#add(entry));
  }

  #now(): number {
    return this.#clock.now() - this.#startedAt;
  }

  #tellJob(): void {
    if (this.#job === null) return;
    const { operation, options } = this.#job;
    this.decide({ kind: 'job', operation, options: cleanOptions(options) });
  }

  /** What is kept of a write: all but data for flash. */
  #outgoing(bytes: Buffer, t: number): { raw: Buffer; body: Replaced | null } {
    const request = requestIn(bytes);
    if (request !== null) this.#noteChange(request, t);
    if (request === null && bytes.length > LONGEST_RAW) {
      return { raw: Buffer.alloc(0), body: { n: bytes.length } };
    }
    if (request === null || request.data === 0) return { raw: bytes, body: null };
    const head = bytes.length - request.data;
    const data = bytes.subarray(head);
    const address = request.payload.readUInt32LE(0);
    const masked = this.#mask.mask(address, data, t);
    const body = masked === null ? replaced(data) : { ...replaced(masked), masked: true as const };
    if (masked === null) this.#mask.wrote(address, body);
    return { raw: Buffer.from(bytes.subarray(0, head)), body };
  }

  #noteChange({ command, payload, data }: Request, t: number): void {
    if ((command as unknown) === flashErase) {
      const length = payload[0] === ERASE_BLOCK ? BLOCK : SECTOR;
      this.#mask.changed(payload.readUInt32LE(1), length, t);
    } else if (data > 0) {
      this.#mask.changed(payload.readUInt32LE(0), data, t);
    }
  }

  #add(entry: WireEntry): void {
    this.#entries.addWire(entry);
    if (this.#job?.onLine !== undefined) this.#tell(this.#live.line(entry));
  }

  #tell(line: EventLine): void {
    this.#job?.onLine?.(line);
  }
}

function isAgain(last: OutEntry, raw: Buffer, body: Replaced | null): boolean {
  return last.body === null && body === null && last.raw.equals(raw);
}

function isOpenEnded({ kind }: WireEntry | DecisionLine): boolean {
  return kind === 'out' || kind === 'baud' || kind === 'lines';
}

function hasOpening(entries: readonly (WireEntry | DecisionLine)[]): boolean {
  return entries.some(({ kind }) => kind === 'open');
}
