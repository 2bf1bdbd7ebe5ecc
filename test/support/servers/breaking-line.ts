import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { resetSocket } from '../reset-socket';

/**
 * How a connection breaks: `reset` and `end` for both sides, `forgotten` for the client while the server still believes
 * in it.
 */
export type Break = 'reset' | 'end' | 'forgotten';

/** A line between client and server, on loopback, that breaks when it is told to. */
export class BreakingLine {
  readonly #to: number;
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#join(socket));
  #pair: { client: Socket; server: Socket } | null = null;
  readonly #forgotten = new Set<Socket>();

  /** @param to the server's port */
  constructor(to: number) {
    this.#to = to;
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  break(how: Break): void {
    const pair = this.#pair;
    this.#pair = null;
    if (pair === null) return;
    const { client, server } = pair;
    client.unpipe();
    server.unpipe();
    if (how === 'end') client.destroy();
    else resetSocket(client);
    if (how !== 'forgotten') server.destroy();
    else this.#forgotten.add(server.resume());
  }

  /** The server learns of all that it still believed in. */
  notice(): void {
    for (const socket of this.#forgotten) socket.destroy();
    this.#forgotten.clear();
  }

  async close(): Promise<void> {
    this.break('reset');
    this.notice();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Whoever cannot be joined to the server is closed, as by a server that is not there. */
  #join(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#to, noDelay: true });
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      socket.on('error', () => {});
      socket.pipe(other);
      socket.on('close', () => {
        if (!this.#forgotten.has(socket) && !this.#forgotten.has(other)) other.destroy();
      });
    }
    this.#pair = { client, server };
  }
}
