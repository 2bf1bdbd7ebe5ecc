/** Telnet's own bytes. Source: RFC 854. */
export const IAC = 255;
const [SE, SB, WILL, WONT, DO, DONT] = [240, 250, 251, 252, 253, 254];
/** Options by number: RFC 856 (bytes as they are), 858 (no go-ahead), 2217 (a serial port). */
export const BINARY = 0;
export const NO_GO_AHEAD = 3;
export const COM_PORT = 44;

/** Longer than any message that means something here, bytes: what a server sends beyond it is dropped. */
const LONGEST_MESSAGE = 64;

/** What a stream is made of besides its data. */
export interface TelnetListener {
  onData(bytes: Buffer): void;
  /** An option's message, without what frames it. */
  onMessage(option: number, message: Buffer): void;
  /** What the other side says of an option: whether it uses it itself, or what we are to do. */
  onOption(verb: 'will' | 'wont' | 'do' | 'dont', option: number): void;
}

const VERBS: ReadonlyMap<number, 'will' | 'wont' | 'do' | 'dont'> = new Map([
  [WILL as number, 'will'],
  [WONT as number, 'wont'],
  [DO as number, 'do'],
  [DONT as number, 'dont'],
]);

type State = 'data' | 'command' | 'option' | 'message' | 'message command';

/** Takes a telnet stream apart, in pieces of any size. */
export class TelnetReader {
  readonly #listener: TelnetListener;
  #state: State = 'data';
  #verb: 'will' | 'wont' | 'do' | 'dont' = 'wont';
  #message: number[] = [];

  constructor(listener: TelnetListener) {
    this.#listener = listener;
  }

  push(bytes: Buffer): void {
    const data = Buffer.allocUnsafe(bytes.length);
    let filled = 0;
    const flush = (): void => {
      if (filled > 0) this.#listener.onData(Buffer.from(data.subarray(0, filled)));
      filled = 0;
    };
    for (const byte of bytes) {
      if (this.#state === 'data' && byte !== IAC) data[filled++] = byte;
      else if (this.#state === 'command' && byte === IAC) {
        data[filled++] = IAC;
        this.#state = 'data';
      } else {
        // What an option means for the data holds from its place on.
        if (this.#state !== 'data') flush();
        this.#take(byte);
      }
    }
    flush();
  }

  #take(byte: number): void {
    switch (this.#state) {
      case 'data':
        this.#state = 'command';
        return;
      case 'command':
        this.#command(byte);
        return;
      case 'option':
        this.#state = 'data';
        this.#listener.onOption(this.#verb, byte);
        return;
      case 'message':
        if (byte === IAC) this.#state = 'message command';
        else this.#collect(byte);
        return;
      case 'message command':
        this.#state = 'message';
        if (byte === IAC) this.#collect(byte);
        else if (byte === SE) this.#endMessage();
    }
  }

  #command(byte: number): void {
    const verb = VERBS.get(byte);
    this.#message = [];
    if (verb !== undefined) this.#verb = verb;
    this.#state = verb !== undefined ? 'option' : byte === SB ? 'message' : 'data';
  }

  #collect(byte: number): void {
    if (this.#message.length < LONGEST_MESSAGE) this.#message.push(byte);
  }

  #endMessage(): void {
    this.#state = 'data';
    const [option, ...message] = this.#message;
    if (option !== undefined) this.#listener.onMessage(option, Buffer.from(message));
  }
}

/** Data as it goes over the line: a byte that could be a command is sent twice. */
export function escaped(bytes: Buffer): Buffer {
  let count = 0;
  for (const byte of bytes) if (byte === IAC) count++;
  if (count === 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length + count);
  let at = 0;
  for (const byte of bytes) {
    out[at++] = byte;
    if (byte === IAC) out[at++] = byte;
  }
  return out;
}

export function optionRequest(verb: 'will' | 'wont' | 'do' | 'dont', option: number): Buffer {
  const bytes = { will: WILL, wont: WONT, do: DO, dont: DONT } as Record<typeof verb, number>;
  return Buffer.from([IAC, bytes[verb], option]);
}

/** @param message without its frame */
export function optionMessage(option: number, message: Buffer): Buffer {
  const head = Buffer.from([IAC, SB as number, option]);
  return Buffer.concat([head, escaped(message), Buffer.from([IAC, SE as number])]);
}
