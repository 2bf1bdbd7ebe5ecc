import { checkCrc, readRegister, writeRegister } from '../protocol/commands/command-table';
import { RegisterCleaner, type RegisterEvent } from './clean-registers';
import { requestIn } from './known-requests';
import type { MacMask } from './mac-mask';
import type { MadeUp } from './made-up';
import type { InLine, OutLine, WireLine } from './record-lines';
import type { InEntry, OutEntry, WireEntry } from './wire-entries';

const SHORT_HEADER = 7;
const REGISTER = 8;

/** Makes lines of entries, in their order, and takes out what they still hold of keys and MACs. */
export class WireCleaner {
  readonly #mask: MacMask;
  readonly #registers: RegisterCleaner;
  /** The range of the latest CheckCRC. */
  #range: { start: number; end: number } | null = null;

  /** @param ahead the entries that will be asked for: a key can be told from others by all of its bytes only */
  constructor(madeUp: MadeUp, mask: MacMask, ahead: readonly WireEntry[] = []) {
    this.#mask = mask;
    this.#registers = new RegisterCleaner(madeUp, ahead.flatMap(registerEvent));
  }

  line(entry: WireEntry): WireLine {
    if (entry.kind === 'out') return this.#out(entry);
    return entry.kind === 'in' ? this.#in(entry) : entry;
  }

  #out({ t, raw, body, times, until }: OutEntry): OutLine {
    const request = requestIn(raw);
    const command: unknown = request?.command;
    if (request !== null && command === checkCrc) this.#range = rangeIn(request.payload);
    const event = registerRequest(raw);
    if (event !== null) this.#registers.request(event.address, event.value);
    const bytes = [
      ...(raw.length > 0 ? [raw.toString('hex')] : []),
      ...(body === null ? [] : [body]),
    ];
    return { t, kind: 'out', bytes, ...(times > 1 ? { times, until } : {}) };
  }

  #in({ t, until, raw, address, body }: InEntry): InLine {
    const kept = `${this.#told(raw, t).toString('hex')}${address === null ? '' : word(address)}`;
    const bytes = [...(kept === '' ? [] : [kept]), ...body];
    return { t, kind: 'in', bytes, ...(until > t ? { until } : {}) };
  }

  #told(raw: Buffer, t: number): Buffer {
    const event = registerAnswer(raw);
    if (event !== null) {
      const value = this.#registers.answer(event.address, event.value);
      return withWord(raw, SHORT_HEADER + 4, value);
    }
    const range = this.#range;
    if (!isShort(raw, checkCrc.code, 4) || range === null) return raw;
    const value = raw.readUInt32LE(SHORT_HEADER);
    return withWord(raw, SHORT_HEADER, this.#mask.checksum(range.start, range.end, value, t));
  }
}

function registerEvent(entry: WireEntry): RegisterEvent[] {
  const event =
    entry.kind === 'out'
      ? registerRequest(entry.raw)
      : entry.kind === 'in'
        ? registerAnswer(entry.raw)
        : null;
  return event === null ? [] : [event];
}

function registerRequest(raw: Buffer): RegisterEvent | null {
  const request = requestIn(raw);
  if ((request?.command as unknown) !== writeRegister || request?.payload.length !== REGISTER) {
    return null;
  }
  const { payload } = request;
  return { kind: 'request', address: payload.readUInt32LE(0), value: payload.readUInt32LE(4) };
}

function registerAnswer(raw: Buffer): RegisterEvent | null {
  if (!isShort(raw, readRegister.code, REGISTER)) return null;
  const [address, value] = [raw.readUInt32LE(SHORT_HEADER), raw.readUInt32LE(SHORT_HEADER + 4)];
  return { kind: 'answer', address, value };
}

/** Whether this is a whole short answer with this code and so many bytes of payload. */
function isShort(raw: Buffer, code: number, payload: number): boolean {
  return raw.length === SHORT_HEADER + payload && raw[2] === 4 + payload && raw[6] === code;
}

/** Full chips count the end, basic ones do not. */
function rangeIn(payload: Buffer): { start: number; end: number } {
  const [start, end] = [payload.readUInt32LE(0), payload.readUInt32LE(4)];
  return { start, end: end % 2 === 1 ? end + 1 : end };
}

/** Four bytes, little-endian, in hex. */
function word(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes.toString('hex');
}

function withWord(bytes: Buffer, at: number, value: number): Buffer {
  if (bytes.readUInt32LE(at) === value) return bytes;
  const changed = Buffer.from(bytes);
  changed.writeUInt32LE(value, at);
  return changed;
}
