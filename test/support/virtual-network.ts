import net from 'node:net';
import { Duplex } from 'node:stream';
import sinon from 'sinon';
import * as tables from '../../src/transport/arrival-watch';
import type { VirtualClock } from './virtual-clock';

/** How long anything takes from one end to the other, ms. */
const LATENCY_MS = 0.4;

/**
 * How a connection ends: `reset` for both sides, `end` by the server after all that it sent, `vanish` without a word to
 * either, `forgotten` for the client while the server still believes in it.
 */
export type Cut = 'reset' | 'end' | 'vanish' | 'forgotten';

/** What becomes of a client that comes now: it is served, refused, closed at once, or nobody says anything. */
export type Welcome = 'served' | 'refused' | 'closed' | 'nothing';

/** One end of a connection that exists in this process only, with the methods of a socket that anybody uses. */
export class VirtualSocket extends Duplex {
  readonly localPort: number;
  readonly remotePort: number;
  readonly #clock: VirtualClock;
  #peer: VirtualSocket | null = null;
  #hasEnded = false;
  /** Nothing goes out any more, and nobody says so. */
  isDead = false;
  /** Bytes that the other side has not said to have got. */
  unacknowledged = 0;

  constructor(clock: VirtualClock, localPort: number, remotePort: number) {
    super({ allowHalfOpen: false });
    this.#clock = clock;
    this.localPort = localPort;
    this.remotePort = remotePort;
  }

  join(peer: VirtualSocket): void {
    this.#peer = peer;
  }

  setKeepAlive(): this {
    return this;
  }

  destroySoon(): void {
    this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    this.#send((peer) => peer.reset());
    this.#hasEnded = true;
    return this.destroy();
  }

  reset(): void {
    this.#hasEnded = true;
    this.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    const own = Buffer.from(bytes);
    if (this.isDead) this.unacknowledged += own.length;
    this.#send((peer) => {
      if (peer.destroyed) this.reset();
      else peer.push(own);
    });
    done();
  }

  override _final(done: () => void): void {
    this.#sendEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#sendEnd();
    done(error);
  }

  #sendEnd(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#send((peer) => {
      if (!peer.destroyed) peer.push(null);
    });
  }

  #send(what: (peer: VirtualSocket) => void): void {
    const peer = this.#peer;
    if (peer === null || this.isDead) return;
    this.#clock.setTimeout(() => {
      if (!peer.isDead) what(peer);
    }, LATENCY_MS);
  }
}

/** A network with one server in it, in the place of the computer's until `sinon.restore()`. */
export class VirtualNetwork {
  readonly #clock: VirtualClock;
  readonly #serve: (socket: VirtualSocket) => void;
  #client: VirtualSocket | null = null;
  #server: VirtualSocket | null = null;
  #ports = 40_000;
  welcome: Welcome = 'served';
  /** Whether the server's program stands still: what is sent to it stays with the sender. */
  takesNothing: () => boolean = () => false;
  /** How many connections were asked for. */
  connects = 0;

  constructor(clock: VirtualClock, serve: (socket: VirtualSocket) => void) {
    this.#clock = clock;
    this.#serve = serve;
    sinon.replace(net, 'connect', ((address: { port: number }) =>
      this.#connect(address.port)) as never);
    sinon.replace(tables, 'unacknowledged', async (socket) =>
      socket instanceof VirtualSocket ? socket.unacknowledged + Number(this.takesNothing()) : null,
    );
  }

  /** Breaks the connection that there is. @param noticedMs after it the server, too, believes it */
  cut(how: Cut, noticedMs = 0): void {
    const [client, server] = [this.#client, this.#server];
    if (client === null || server === null || client.destroyed) return;
    if (how === 'end') server.end();
    if (how === 'reset') server.resetAndDestroy();
    if (how === 'reset') client.reset();
    if (how === 'forgotten') client.reset();
    if (how !== 'vanish' && how !== 'forgotten') return;
    client.isDead = true;
    server.isDead = true;
    this.#clock.setTimeout(() => server.destroy(), noticedMs, { background: true });
  }

  #connect(port: number): VirtualSocket {
    this.connects++;
    const own = this.#ports++;
    const client = new VirtualSocket(this.#clock, own, port);
    const server = new VirtualSocket(this.#clock, port, own);
    client.join(server);
    server.join(client);
    this.#clock.setTimeout(() => this.#arrive(client, server), LATENCY_MS);
    return client;
  }

  #arrive(client: VirtualSocket, server: VirtualSocket): void {
    if (this.welcome === 'nothing' || client.destroyed) return;
    if (this.welcome === 'refused') {
      client.destroy(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
      return;
    }
    client.emit('connect');
    server.on('error', () => {});
    if (this.welcome === 'closed') {
      server.destroy();
      return;
    }
    [this.#client, this.#server] = [client, server];
    this.#serve(server);
  }
}
