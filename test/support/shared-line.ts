import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { SimulatedChip } from '../../src/simulator/simulator';

/** An adapter on a TCP port, and whichever simulated chip somebody has wired to it at the moment. */
export class SharedLine {
  readonly #server: Server = createServer({ noDelay: true }, (socket) => this.#connect(socket));
  #socket: Socket | null = null;
  #chip: SimulatedChip | null = null;

  /** Resolves with its address. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Takes the wires off one chip and puts them to another, or to none. */
  wire(chip: SimulatedChip | null): void {
    if (this.#socket !== null) this.#chip?.detach();
    this.#chip = chip;
    this.#attach();
  }

  async close(): Promise<void> {
    this.#socket?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #attach(): void {
    const socket = this.#socket;
    if (socket !== null)
      this.#chip?.attach({ baudRate: null, receive: (bytes) => socket.write(bytes) });
  }

  #connect(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => {});
    this.#attach();
    socket.on('data', (bytes) => this.#chip?.receive(bytes, null));
    socket.on('close', () => {
      this.#chip?.detach();
      this.#socket = null;
    });
  }
}
