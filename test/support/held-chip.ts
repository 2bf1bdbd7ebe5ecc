import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { systemClock } from '../../src';
import {
  createSimulatedChip,
  type SimulatedChip,
  type SimulatorOptions,
} from '../../src/simulator/simulator';

/**
 * A simulated chip on a TCP port for programs of their own; its flash can be looked at from here. Its answers can be
 * held back from a certain point on, so that a program stands still just there.
 */
export class HeldChip {
  readonly chip: SimulatedChip;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #holdsFrom: () => boolean = () => false;
  #held: (() => void)[] | null = null;
  #tellHeld: () => void = () => {};

  constructor(options: Partial<SimulatorOptions> = {}) {
    this.chip = createSimulatedChip({ chip: 'bk7231n', speed: 'fast', ...options }, systemClock);
    this.#server = createServer({ noDelay: true }, (socket) => this.#connect(socket));
  }

  /** Resolves with its address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Holds answers back as soon as this is so. @returns resolves when the first one is held */
  holdWhen(isSo: () => boolean): Promise<void> {
    this.#holdsFrom = isSo;
    return new Promise((resolve) => {
      this.#tellHeld = resolve;
    });
  }

  release(): void {
    this.#holdsFrom = () => false;
    for (const send of this.#held ?? []) send();
    this.#held = null;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #connect(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    this.chip.attach({
      baudRate: null,
      receive: (bytes) => {
        if (this.#held === null && this.#holdsFrom()) {
          this.#held = [];
          this.#tellHeld();
        }
        const send = (): void => {
          socket.write(bytes);
        };
        if (this.#held === null) send();
        else this.#held.push(send);
      },
    });
    socket.on('data', (bytes) => this.chip.receive(bytes, null));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.chip.detach();
    });
  }
}
