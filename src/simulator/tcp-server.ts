import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { BkError, textOf } from '../errors';
import type { SimulatedChip } from './simulated-chip';

export interface TcpServerOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 lets the system choose one. */
  port: number;
  /** Takes one line about each client that comes, goes or is turned away. */
  log?: (line: string) => void;
}

const WORDS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has this port',
  EACCES: 'this user may not take this port',
  EADDRNOTAVAIL: 'this computer has no such address',
  ENOTFOUND: 'there is no host of that name',
};

/**
 * A simulated chip's UART as raw bytes on a TCP port, for one client at a time. TCP carries no line
 * rate, so whatever rate the client thinks it has counts as right, and no modem lines.
 */
export class SimulatedChipServer {
  readonly #chip: SimulatedChip;
  readonly #options: TcpServerOptions;
  readonly #server: Server;
  #client: Socket | null = null;

  constructor(chip: SimulatedChip, options: TcpServerOptions) {
    this.#chip = chip;
    this.#options = options;
    this.#server = createServer({ noDelay: true }, (socket) => this.#connect(socket));
  }

  /**
   * Resolves with the port when clients can come.
   * @throws BkError BK_PORT_BUSY, BK_PORT_DENIED, or BK_PORT_NOT_FOUND (no such host)
   */
  listen(): Promise<number> {
    const { host = '127.0.0.1', port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (reason: NodeJS.ErrnoException) => {
        const why = WORDS[reason.code ?? ''] ?? textOf(reason);
        const message = `The simulated chip cannot be served on ${host}:${port}: ${why}`;
        const advice = [
          'Choose another port (--tcp; 0 lets the system choose), or another --host.',
        ];
        reject(new BkError(codeOf(reason), message, { reason, advice }));
      });
      this.#server.listen(port, host, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Turns the client out; resolves when the port is free. */
  close(): Promise<void> {
    this.#client?.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #connect(socket: Socket): void {
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    // A client that resets its connection is one that went; 'close' follows.
    socket.on('error', () => {});
    if (this.#chip.attached) {
      this.#log(`${name} turned away: the chip's line is taken`);
      socket.destroy();
      return;
    }
    this.#client = socket;
    this.#chip.attach({ baudRate: null, receive: (bytes) => socket.write(bytes) });
    this.#log(`${name} connected`);
    socket.on('data', (bytes) => this.#chip.receive(bytes, null));
    socket.on('close', () => {
      this.#client = null;
      this.#chip.detach();
      this.#log(`${name} disconnected`);
    });
  }

  #log(line: string): void {
    this.#options.log?.(line);
  }
}

function codeOf(
  reason: NodeJS.ErrnoException,
): 'BK_PORT_BUSY' | 'BK_PORT_DENIED' | 'BK_PORT_NOT_FOUND' {
  if (reason.code === 'EADDRINUSE') return 'BK_PORT_BUSY';
  return reason.code === 'EACCES' ? 'BK_PORT_DENIED' : 'BK_PORT_NOT_FOUND';
}
