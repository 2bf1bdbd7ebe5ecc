import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  createSimulatedChip,
  PreciseClock,
  type SimulatedChip,
  type SimulatorOptions,
} from '../../../src/simulator/simulator';
import type { ModemLines } from '../../../src/transport/transport';
import { ROOT } from '../project';
import { openPty, type Pty } from '../pty';
import { nextSeed } from '../seed';

/** A chip at the far end of a terminal, which a serial server can have as its port, with all that a wire carries. */
export class ServedChip {
  readonly chip: SimulatedChip;
  /** Every rate that the server's port was given; the chip understands what comes at its own only. */
  readonly rates: number[] = [];
  /** Every state that its modem lines were given. */
  readonly lines: ModemLines[] = [];
  /** For files of the server. */
  readonly folder = mkdtempSync(join(tmpdir(), 'bk72xx-served-'));
  readonly #pty: Pty;
  readonly #told: Server = createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => this.#take(line));
  });

  private constructor(pty: Pty, chip: SimulatedChip) {
    this.#pty = pty;
    this.chip = chip;
    const served = this;
    chip.attach({
      get baudRate() {
        return served.rate;
      },
      receive: (bytes) => pty.write(bytes),
    });
    pty.onData((bytes) => chip.receive(bytes, this.rate));
  }

  /** A chip that only its reset wire, on RTS, gets into download mode; its bytes take their time on the line. */
  static async make(extras: Partial<SimulatorOptions> = {}): Promise<ServedChip> {
    const options = { chip: 'bk7231n', app: 'silent', reset: 'rts', speed: 'real' } as const;
    const seed = nextSeed();
    const chip = createSimulatedChip({ ...options, seed, ...extras }, new PreciseClock());
    const served = new ServedChip(await openPty(), chip);
    await new Promise<void>((resolve) => served.#told.listen(served.#socket, resolve));
    return served;
  }

  /**
   * Terminals have no modem lines, and a server that is to set some fails: a library loaded into it adds them. To be
   * called before a server is started.
   */
  addModemLines(): void {
    const source = join(ROOT, 'test', 'support', 'servers', 'modem-lines.c');
    execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', this.#library, source]);
  }

  /** What the server opens. */
  get path(): string {
    return this.#pty.path;
  }

  /** The rate of the server's port, bits per second; null until it has one. */
  get rate(): number | null {
    return this.rates.at(-1) ?? null;
  }

  /** What a server has to be started with. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, LD_PRELOAD: this.#library, BK72XX_LINES: this.#socket };
  }

  async close(): Promise<void> {
    this.chip.detach();
    this.#told.close();
    await this.#pty.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.folder, 'lines');
  }

  get #library(): string {
    return join(this.folder, 'modem-lines.so');
  }

  #take(line: string): void {
    const [what, ...values] = line.split(' ');
    const [first = 0, second = 0] = values.map(Number);
    if (what === 'rate') {
      this.rates.push(first);
      this.chip.hostRateChanged();
      return;
    }
    const lines = { rts: first === 1, dtr: second === 1 };
    this.lines.push(lines);
    this.chip.setLines(lines);
  }
}
