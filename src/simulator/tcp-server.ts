import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { BkError, textOf } from '../errors';
import { type Note, say } from '../texts/note';
import type { SimulatedChip } from './simulated-chip';

export interface TcpServerOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 lets the system choose one. */
  port: number;
  /** Is told of each client that comes, goes or is turned away. */
  log?: (line: Note) => void;
}

/** What an error of the operating system means, and its code here. */
const REFUSALS = {
  EADDRINUSE: ['simulator.portTaken', 'BK_PORT_BUSY'],
  EACCES: ['simulator.portNotAllowed', 'BK_PORT_DENIED'],
  EADDRNOTAVAIL: ['simulator.noSuchLocalAddress', 'BK_PORT_NOT_FOUND'],
  ENOTFOUND: ['simulator.noSuchHost', 'BK_PORT_NOT_FOUND'],
} as const;

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
        reject(refused(`${host}:${port}`, reason));
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
      this.#log(say('simulator.clientTurnedAway', { name }));
      socket.destroy();
      return;
    }
    this.#client = socket;
    this.#chip.attach({ baudRate: null, receive: (bytes) => socket.write(bytes) });
    this.#log(say('simulator.clientConnected', { name }));
    socket.on('data', (bytes) => this.#chip.receive(bytes, null));
    socket.on('close', () => {
      this.#client = null;
      this.#chip.detach();
      this.#log(say('simulator.clientDisconnected', { name }));
    });
  }

  #log(line: Note): void {
    this.#options.log?.(line);
  }
}

function refused(address: string, reason: NodeJS.ErrnoException): BkError {
  const known = Object.hasOwn(REFUSALS, reason.code ?? '')
    ? REFUSALS[reason.code as keyof typeof REFUSALS]
    : null;
  const text =
    known === null
      ? say('simulator.notServed', { address, reason: textOf(reason) })
      : say(known[0], { address });
  return new BkError(known?.[1] ?? 'BK_PORT_NOT_FOUND', text, {
    reason,
    advice: [say('simulator.chooseOtherPort')],
  });
}
