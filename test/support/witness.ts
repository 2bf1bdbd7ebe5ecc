import { crc32 } from 'node:zlib';
import { BOOTLOADERS } from '../../src/chip/bootloaders';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import type { Clock } from '../../src/clock';
import type { CommandKind, Fault, Found } from '../../src/diagnosis/evidence';
import { EvidenceLog } from '../../src/diagnosis/evidence-log';
import { BkError, isBkError } from '../../src/errors';
import { invertCrc } from '../../src/protocol/checksum';
import { ANSWER_SHAPES } from '../../src/protocol/commands';
import { type Frame, FrameReader } from '../../src/protocol/frames';
import type { RecoveryRecord, SessionReport } from '../../src/session/report';
import type { Session } from '../../src/session/session';
import type { Transport } from '../../src/transport/transport';

interface Request {
  key: string;
  kind: CommandKind;
  body: Buffer;
  at: number;
  baud: number;
  received: number;
  stray: number;
}

/** Kind of command by form and code; and the code of its answer where that is another one. */
const KINDS: Readonly<Record<string, CommandKind>> = {
  S00: 'link',
  S01: 'register',
  S03: 'register',
  S0F: 'baud',
  S10: 'checksum',
  S11: 'identity',
  L06: 'program',
  L07: 'program',
  L09: 'read',
  L0B: 'erase',
  L0C: 'status',
  L0D: 'status',
  L0E: 'identity',
  L0F: 'erase',
};

/** Bits that protect blocks, in parts with two status bytes. */
const PROTECT = 0x407c;
const BLANK_SECTOR = Buffer.alloc(SECTOR, 0xff);

/**
 * Fills an EvidenceLog from the wire and from what a session reports, in the place of a session that does
 * so itself: it stands between the session and its line and knows nothing of either's inside.
 */
export class Witness {
  readonly log = new EvidenceLog();
  readonly #clock: Clock;
  readonly #reader = new FrameReader(ANSWER_SHAPES);
  #request: Request | null = null;
  #unanswered: Request[] = [];
  /** The latest change of flash that failed. */
  #dropped: Request | null = null;
  #failure: { request: Request; fault: Fault } | null = null;
  /** What flash must hold by what was read or told, by sector. */
  #known = new Map<number, { bytes: Buffer; direction: 'read' | 'write'; baud: number }>();
  #status = { first: 0, second: 0, before: 0, written: null as number | null, seen: false };
  #baud = 0;
  /** Checksums of ranges before anything in them was changed, by start and length. */
  /** What was known of sectors that a command is about to change. */
  #before = new Map<number, Buffer>();
  #checksums = new Map<string, number>();
  #changes = new Set<number>();
  #tried: number | null = null;
  #proved = new Set<number>();
  #family: 'full' | 'basic' = 'full';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Listens in on a line; also on the one that comes after it was lost. */
  listen(line: Transport): Transport {
    const outer: Transport = {
      get port() {
        return line.port;
      },
      get baudRate() {
        return line.baudRate;
      },
      get canSetBaudRate() {
        return line.canSetBaudRate;
      },
      onData: null,
      onLost: null,
      write: (bytes) => {
        this.#sent(bytes, line.baudRate);
        return line.write(bytes);
      },
      drain: () => line.drain(),
      setBaudRate: async (baudRate) => {
        try {
          await line.setBaudRate(baudRate);
        } catch (error) {
          this.log.baudTried(baudRate, 'refused');
          throw error;
        }
        this.#reader.reset();
      },
      setLines: (lines) => line.setLines(lines),
      flush: () => line.flush(),
      close: () => line.close(),
    };
    line.onData = (bytes) => {
      this.#heard(bytes, line.baudRate);
      outer.onData?.(bytes);
    };
    line.onLost = (reason) => {
      this.log.adapterLost();
      outer.onLost?.(reason);
    };
    return outer;
  }

  /** Listens in on what a session tells. */
  report(inner: SessionReport): SessionReport {
    return {
      onPhase: (...told) => inner.onPhase(...told),
      onWarning: (text) => inner.onWarning(text),
      onRecovery: (recovery) => {
        this.#recovered(recovery);
        inner.onRecovery(recovery);
      },
    };
  }

  linked(session: Session): void {
    this.#family = session.identity.family;
    this.log.family(this.#family);
    this.log.flashId(session.identity.flash.id);
  }

  /** How it ended. */
  failed(error: unknown): void {
    this.#conclude();
    if (!(error instanceof BkError)) return;
    const { phase, address } = error.cause;
    if (error.code === 'BK_LINK_LOST' && phase !== null) {
      this.#drop(address, phase, 'lost');
    } else if (error.code === 'BK_BAD_SECTOR') {
      for (const [text] of error.message.matchAll(/0x[0-9a-f]+/g))
        this.log.sectorFailed(Number(text));
    } else if (error.code === 'BK_WRONG_CHIP') {
      const [, found, expected] =
        /is a (\w+), but the device is set to (\w+)/.exec(error.message) ?? [];
      if (found && expected) this.log.chip(expected, found);
    } else if (isBkError(error, 'BK_NO_RESPONSE', 'BK_BAD_RESPONSE') && phase !== null) {
      this.#drop(address, phase, 'alive');
    }
  }

  #recovered({ address, phase, action, cause }: RecoveryRecord): void {
    const found: Found = /back/.test(action)
      ? 'replugged'
      : /rebooted/.test(action)
        ? 'rebooted'
        : /reset/.test(action)
          ? 'relinked'
          : 'alive';
    if (found === 'replugged') this.log.adapterBack();
    this.#drop(address, phase, found, /checksum/.test(cause) ? 'checksum' : undefined);
  }

  #drop(address: number | null, phase: RecoveryRecord['phase'], found: Found, fault?: Fault): void {
    const failure = this.#failure;
    this.#failure = null;
    const { kind } = failure?.request ?? {};
    if (kind === 'program' || kind === 'erase') this.#dropped = failure?.request ?? null;
    this.log.drop({
      address,
      phase,
      baud: fault === 'checksum' ? this.#baud : (failure?.request.baud ?? this.#baud),
      kind: fault ?? failure?.fault ?? 'silence',
      command: fault === 'checksum' ? null : (failure?.request.kind ?? null),
      found,
      received: failure?.request.received ?? 0,
    });
  }

  #sent(bytes: Buffer, baud: number): void {
    this.#conclude();
    const key = keyOf(bytes);
    const kind = KINDS[key];
    if (kind === undefined) return;
    const body = Buffer.from(bytes.subarray(key.startsWith('L') ? 8 : 5));
    this.#request = { key, kind, body, at: this.#clock.now(), baud, received: 0, stray: 0 };
    if (kind !== 'link') this.#baud = baud;
    if (kind !== 'status') this.#statusDone();
    if (kind === 'baud') this.#rate(body.readUInt32LE(0));
    if (kind === 'program' || kind === 'erase') {
      for (const address of this.#touched(this.#request)) {
        const known = this.#known.get(address);
        if (known !== undefined) this.#before.set(address, known.bytes);
        this.#known.delete(address);
        this.#changes.add(address);
      }
    }
  }

  /** The host goes on: what is open now stays without an answer. */
  #conclude(): void {
    const request = this.#request;
    this.#request = null;
    if (request === null) return;
    const pending = this.#reader.pending;
    const fault: Fault = pending > 0 ? 'short' : request.stray > 0 ? 'garbled' : 'silence';
    this.log.failed(request.kind, request.baud, fault);
    this.#reader.reset();
    this.#unanswered = [...this.#unanswered.slice(-7), request];
    // What fails on the way back is not what the step failed by.
    if (request.kind !== 'link') this.#failure ??= { request, fault };
  }

  #heard(bytes: Buffer, baud: number): void {
    if (this.#request !== null) this.#request.received += bytes.length;
    const before = this.#reader.skipped;
    const kind = this.#request?.kind ?? null;
    this.#reader.push(bytes, (frame) => this.#frame(frame, baud));
    const skipped = this.#reader.skipped - before;
    if (skipped <= 0) return;
    if (this.#request !== null) this.#request.stray += skipped;
    this.log.stray(bytes, kind);
  }

  #frame(frame: Frame, baud: number): void {
    const request = this.#request;
    if (request !== null && isAnswer(request, frame)) {
      this.#request = null;
      if (frame.status !== 0) {
        this.log.failed(request.kind, baud, 'refused');
        this.#failure ??= { request, fault: 'refused' };
        return;
      }
      this.log.good(request.kind, baud);
      // Asked again and answered outside of any recovery: nothing came of it.
      if (this.#failure?.request.body.equals(request.body)) this.#failure = null;
      this.#learn(request, frame.payload, baud);
      return;
    }
    const late = this.#unanswered.findLast((one) => isAnswer(one, frame));
    if (late !== undefined) this.log.late(late.kind, late.baud, this.#clock.now() - late.at);
  }

  #learn(request: Request, payload: Buffer, baud: number): void {
    const { key, body } = request;
    if (key === 'L09') {
      const address = body.readUInt32LE(0);
      const bytes = Buffer.from(payload.subarray(4));
      if (this.#known.get(address)?.direction !== 'write') {
        this.#known.set(address, { bytes, direction: 'read', baud });
      }
    } else if (key === 'L07') {
      this.#known.set(body.readUInt32LE(0), { bytes: body.subarray(4), direction: 'write', baud });
    } else if (key === 'L06') {
      this.#page(body, baud);
    } else if (request.kind === 'erase') {
      for (const address of this.#touched(request)) {
        this.#known.set(address, { bytes: BLANK_SECTOR, direction: 'write', baud });
      }
    } else if (key === 'S10') {
      this.#checksum(body, invertCrc(payload.readUInt32LE(0)), baud);
    } else if (key === 'L0C') {
      this.#statusRead(payload);
    } else if (key === 'L0D') {
      this.#status.before = this.#status.first | (this.#status.second << 8);
      this.#status.written = body.length > 2 ? body.readUInt16LE(1) : (body[1] as number);
    }
  }

  /** A page goes into what is known of its sector; a sector of which nothing is known stays so. */
  #page(body: Buffer, baud: number): void {
    const address = body.readUInt32LE(0);
    const sector = address - (address % SECTOR);
    const before = this.#before.get(sector);
    if (before === undefined) return;
    const bytes = Buffer.from(before);
    bytes.set(body.subarray(4), address - sector);
    this.#known.set(sector, { bytes, direction: 'write', baud });
    this.#before.set(sector, bytes);
  }

  #checksum(body: Buffer, chip: number, baud: number): void {
    const start = body.readUInt32LE(0);
    const end = body.readUInt32LE(4);
    if (start === 0 && end === 256) {
      this.log.bootloader(
        chip,
        BOOTLOADERS.some(({ crc }) => crc === chip),
      );
    }
    const length = end - start + (this.#family === 'full' ? 1 : 0);
    const failure = this.#dropped;
    if (failure?.key === 'L07' && failure.body.readUInt32LE(0) === start && length === SECTOR) {
      if (crc32(failure.body.subarray(4)) === chip) this.log.carriedOut(start);
    } else if (failure?.kind === 'erase') {
      const touched = this.#touched(failure);
      const blank = crc32(Buffer.alloc(length, 0xff));
      if (touched[0] === start && touched.length * SECTOR === length && chip === blank) {
        this.log.carriedOut(start);
      }
    }
    if (length % SECTOR !== 0) return;
    const held = this.#checksums;
    if (!this.#changed(start, length)) held.set(`${start} ${length}`, chip);
    const parts = Array.from({ length: length / SECTOR }, (_, index) =>
      this.#known.get(start + index * SECTOR),
    );
    if (parts.some((part) => part === undefined)) return;
    const sure = parts as { bytes: Buffer; direction: 'read' | 'write'; baud: number }[];
    const direction = sure.some((part) => part.direction === 'write') ? 'write' : 'read';
    const host = crc32(Buffer.concat(sure.map((part) => part.bytes)));
    const rate = Math.max(...sure.map((part) => part.baud));
    if (this.#tried === baud && !this.#proved.has(baud) && start === BOOTLOADER_END) {
      if (host === chip) this.#proved.add(baud);
      this.log.baudTried(baud, host === chip ? 'proved' : 'failed');
      this.#tried = null;
    }
    const range = `${start} ${length}`;
    if (direction === 'write' && host !== chip && held.get(range) === chip) {
      this.log.notTaken(start);
    }
    this.log.checksumPair({ address: start, length, direction, baud: rate, host, chip });
  }

  #touched({ key, body }: Request): number[] {
    if (key !== 'L0F') return [body.readUInt32LE(0) & ~(SECTOR - 1)];
    const address = body.readUInt32LE(1);
    const count = body[0] === 0xd8 ? 16 : 1;
    return Array.from({ length: count }, (_, index) => address + index * SECTOR);
  }

  #statusRead(payload: Buffer): void {
    const [register, value = 0] = payload;
    if (register === 0x05) this.#status.first = value;
    else this.#status.second = value;
    this.#status.seen = true;
    if (register !== 0x05 && this.#status.written !== null) this.#statusDone();
  }

  #changed(start: number, length: number): boolean {
    for (let at = start; at < start + length; at += SECTOR) if (this.#changes.has(at)) return true;
    return false;
  }

  /** A look at the status register is over: with or without a write in it. */
  #statusDone(): void {
    const { first, second, before, written, seen } = this.#status;
    if (!seen) return;
    const after = first | (second << 8);
    this.log.statusRegisters({
      before: written === null ? after : before,
      written,
      after,
      mask: PROTECT,
    });
    this.#status.written = null;
    this.#status.seen = false;
  }

  #rate(baud: number): void {
    const tried = this.#tried;
    if (tried !== null && tried !== baud && tried !== 115_200 && !this.#proved.has(tried)) {
      this.log.baudTried(tried, 'failed');
    }
    this.#tried = baud;
  }
}

function isAnswer(request: Request, frame: Frame): boolean {
  const code = request.key === 'S00' ? 0x01 : Number.parseInt(request.key.slice(1), 16);
  if (frame.code !== code || (frame.form === 'long') !== request.key.startsWith('L')) return false;
  if (request.key === 'S00') return frame.payload.length === 1;
  if (request.kind === 'program' || request.kind === 'read') {
    return frame.payload.subarray(0, 4).equals(request.body.subarray(0, 4));
  }
  if (request.kind === 'erase' || request.key === 'S03' || request.key === 'S01') {
    const echo = frame.payload.subarray(0, request.body.length);
    return echo.equals(request.body.subarray(0, echo.length));
  }
  return true;
}

function keyOf(bytes: Buffer): string {
  if (bytes.subarray(0, 3).toString('hex') !== '01e0fc') return 'text';
  const long = bytes.subarray(3, 5).toString('hex') === 'fff4';
  const code = bytes[long ? 7 : 4] ?? 0;
  return `${long ? 'L' : 'S'}${code.toString(16).padStart(2, '0').toUpperCase()}`;
}
