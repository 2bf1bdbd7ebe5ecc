import { realpath, stat } from 'node:fs/promises';
import { resolve as absolute } from 'node:path';
import type { SerialPort } from 'serialport';
import { BkError } from '../../errors';
import { say } from '../../texts/note';
import type { ModemLines, Transport } from '../transport';
import { namesOf, portsHere } from './described-ports';
import type { PortNames, PortScheme } from './port-scheme';
import { codeOf, deniedError, lostError, notFoundError, openingError } from './serial-errors';

/** A rate that is further off than this is not received: start and eight data bits add up to it. */
const BAUD_TOLERANCE = 0.02;

const WINDOWS_PORT = /^(?:\\\\\.\\)?(com\d+)$/i;

type Done = (error: Error | null | undefined) => void;

/** The serial ports of this computer, by their paths. */
export const serialScheme: PortScheme = {
  names: [],
  form: say('transport.serialForm'),
  isServed: false,
  isFollowed: true,
  turnsAwayMs: 0,
  canonical: async (path) => (await deviceAt(path)).device,
  called: namesOfPath,
  filesIn: () => [],
  open: (path, { baudRate, named }) => openSerial(path, baudRate, named),
};

/** What a path leads to; without a link to follow, itself. */
async function deviceAt(path: string): Promise<{ device: string; mayBeHere: boolean }> {
  const windows = WINDOWS_PORT.exec(path)?.[1];
  if (windows !== undefined) return { device: windows.toUpperCase(), mayBeHere: true };
  try {
    return { device: await realpath(path), mayBeHere: true };
  } catch {
    return { device: absolute(path), mayBeHere: false };
  }
}

async function namesOfPath(path: string): Promise<PortNames> {
  const { device, mayBeHere } = await deviceAt(path);
  const port = mayBeHere ? (await portsHere()).find((one) => one.device === device) : undefined;
  const given = absolute(path);
  if (port !== undefined) return namesOf(port, given);
  return { canonical: device, isHere: false, own: [], others: [given] };
}

/**
 * Opens a serial port of this computer: 8N1, no flow control, both modem lines released.
 * @param path as `/dev/ttyUSB0` or `COM4`
 * @param named what the transport and all that is said of it call the port
 * @throws BkError BK_PORT_NOT_FOUND, BK_PORT_DENIED, BK_PORT_BUSY, BK_PORT_LOST, BK_BAD_SETTING (the rate)
 */
export async function openSerial(path: string, baudRate: number, named = path): Promise<Transport> {
  await mustBeDevice(path);
  const stream = await createStream(path, baudRate);
  // Without a listener, an error that no call waits for would end the process.
  stream.on('error', () => {});
  try {
    await new Promise<void>((resolve, reject) => {
      stream.open((error) => (error ? reject(error) : resolve()));
    });
  } catch (reason) {
    throw await openingError(path, baudRate, reason);
  }
  const transport = new SerialTransport(named, stream);
  try {
    // Opening asserts both lines, which can hold a chip in reset.
    await transport.setLines({ rts: false, dtr: false });
    await transport.verifyBaudRate(baudRate);
  } catch (error) {
    await transport.close();
    throw error;
  }
  return transport;
}

/** The library would open a plain file too, and complain in words that help nobody. */
async function mustBeDevice(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  let stats: Awaited<ReturnType<typeof stat>>;
  try {
    stats = await stat(path);
  } catch (reason) {
    if (codeOf(reason) === 'BK_PORT_DENIED') throw deniedError(path, reason);
    throw await notFoundError(say('transport.noSuchPort', { port: path }), reason);
  }
  if (stats.isCharacterDevice()) return;
  throw await notFoundError(
    stats.isDirectory()
      ? say('transport.folderIsNoPort', { port: path })
      : say('transport.fileIsNoPort', { port: path }),
  );
}

async function createStream(path: string, baudRate: number): Promise<SerialPort> {
  let library: typeof import('serialport');
  try {
    // Loaded when it is needed: where its native part is missing, all other kinds of ports still work.
    library = await import('serialport');
  } catch (reason) {
    throw new BkError('BK_PORT_NOT_FOUND', say('transport.noSerialLibrary', { port: path }), {
      phase: 'open',
      reason,
      advice: [say('transport.installAnew')],
    });
  }
  return new library.SerialPort({
    path,
    baudRate,
    dataBits: 8,
    parity: 'none',
    stopBits: 1,
    autoOpen: false,
    lock: true,
    // Closing must not pulse DTR, which can be wired to reset.
    hupcl: false,
  });
}

class SerialTransport implements Transport {
  readonly port: string;
  readonly canSetBaudRate = true;
  onData: ((bytes: Buffer) => void) | null = null;
  onLost: ((reason: Error) => void) | null = null;
  readonly #stream: SerialPort;
  /** Calls that wait for the port; when it ends, no answer comes any more. */
  readonly #waiting = new Set<(error: BkError) => void>();
  #baudRate: number;
  #open = true;
  #closing: Promise<void> | null = null;
  #lastError: Error | null = null;
  /** Adapters that gather input for 16 ms can be told not to; not all drivers know of it. */
  #lowLatency = process.platform === 'linux';

  constructor(port: string, stream: SerialPort) {
    this.port = port;
    this.#stream = stream;
    this.#baudRate = stream.baudRate;
    stream.on('error', (error) => {
      this.#lastError = error;
    });
    stream.on('close', (error: Error | null) => this.#lose(error ?? this.#lastError));
    stream.on('data', (bytes: Buffer) => {
      if (this.#open) this.onData?.(bytes);
    });
  }

  get baudRate(): number {
    return this.#baudRate;
  }

  write(bytes: Buffer): Promise<void> {
    return this.#transfer((done) => this.#stream.write(bytes, done));
  }

  drain(): Promise<void> {
    return this.#transfer((done) => this.#stream.drain(done));
  }

  async setBaudRate(baudRate: number): Promise<void> {
    if (!Number.isInteger(baudRate) || baudRate <= 0) throw this.#badRate(baudRate);
    if (baudRate === this.#baudRate) return;
    const before = this.#baudRate;
    try {
      await this.#update(baudRate);
      await this.verifyBaudRate(baudRate);
    } catch (error) {
      if (this.#open) await this.#update(before).catch(() => {});
      this.#baudRate = before;
      if (error instanceof BkError) throw error;
      throw this.#badRate(baudRate, error);
    }
  }

  async setLines(lines: ModemLines): Promise<boolean> {
    if (this.#lowLatency && (await this.#set({ ...lines, lowLatency: true }))) return true;
    const done = await this.#set(lines);
    // It was not the lines that failed, so it was this.
    if (done) this.#lowLatency = false;
    return done;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** @throws BkError BK_BAD_SETTING when the operating system set another rate than it was asked for */
  async verifyBaudRate(wanted: number): Promise<void> {
    const actual = await this.#actualBaudRate();
    if (actual === null || Math.abs(actual - wanted) <= wanted * BAUD_TOLERANCE) return;
    const other = say('transport.otherRate', { baud: actual });
    throw this.#badRate(wanted, new BkError('BK_BAD_SETTING', other));
  }

  /** Null where it cannot be told. */
  async #actualBaudRate(): Promise<number | null> {
    const told = await this.#stream.port?.getBaudRate().catch(() => null);
    const rate = told?.baudRate ?? 0;
    return rate > 0 ? rate : null;
  }

  async #update(baudRate: number): Promise<void> {
    await this.#call((done) => this.#stream.update({ baudRate }, done));
    this.#baudRate = baudRate;
  }

  /** False where the port does not do that, as terminals without modem lines. */
  async #set(flags: ModemLines & { lowLatency?: boolean }): Promise<boolean> {
    try {
      await this.#call((done) => this.#stream.set(flags, done));
      return true;
    } catch {
      return false;
    }
  }

  async #close(): Promise<void> {
    this.#end(null);
    if (!this.#stream.isOpen) return;
    await new Promise<void>((resolve) => this.#stream.close(() => resolve()));
  }

  #lose(reason: Error | null): void {
    if (!this.#open) return;
    this.#end(reason);
    if (this.#stream.isOpen && !this.#stream.closing) this.#stream.close(() => {});
    this.onLost?.(this.#lost(reason));
  }

  #end(reason: Error | null): void {
    this.#open = false;
    for (const reject of this.#waiting) reject(this.#lost(reason));
    this.#waiting.clear();
  }

  /** A call that fails only when the port is gone, which the library does not always say by itself. */
  async #transfer(start: (done: Done) => void): Promise<void> {
    try {
      await this.#call(start);
    } catch (error) {
      this.#lose(error instanceof Error ? error : null);
      throw this.#lost(error);
    }
  }

  /** One call of the library, which ends at the latest when the port does. */
  #call(start: (done: Done) => void): Promise<void> {
    if (!this.#open) return Promise.reject(this.#lost(this.#lastError));
    return new Promise<void>((resolve, reject) => {
      this.#waiting.add(reject);
      start((error) => {
        this.#waiting.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  #lost(reason: unknown): BkError {
    return reason instanceof BkError ? reason : lostError(this.port, reason);
  }

  #badRate(baudRate: number, reason?: unknown): BkError {
    return new BkError(
      'BK_BAD_SETTING',
      say('transport.rateNotDone', { port: this.port, baud: baudRate }),
      {
        ...(reason === undefined ? {} : { reason }),
        advice: [say('transport.chooseLowerBaud')],
      },
    );
  }
}
