import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NodeRed, prepareUserDir } from './node-red';
import type { RedisServer } from './redis';

/** A bench on a computer of its own, as far as a process is one: a real Node-RED with one worker. */
export class BenchProcess {
  readonly name: string;
  readonly #userDir: string;
  #nodeRed: NodeRed | null = null;

  /** @param port of the simulated chip at it */
  constructor(name: string, redis: RedisServer, port: string, queue: object = {}) {
    this.name = name;
    this.#userDir = mkdtempSync(path.join(tmpdir(), `bk72xx-${name}-`));
    const place = { z: 'tab', x: 100, y: 100 };
    prepareUserDir(
      this.#userDir,
      [
        { id: 'tab', type: 'tab', label: name },
        { id: 'queue', type: 'bk-queue', serverPort: redis.port, ...queue },
        { id: 'device', type: 'bk-device', name, port, idle: 0 },
        {
          ...place,
          id: `worker-${name}`,
          type: 'bk-worker',
          name,
          queue: 'queue',
          device: 'device',
          allowErase: true,
          allowNoBackup: true,
          wires: [[], []],
        },
      ],
      { disableEditor: true },
    );
  }

  /** Starts Node-RED, and waits until its flows run. */
  async start(): Promise<void> {
    this.#nodeRed = new NodeRed(this.#userDir);
    await this.#nodeRed.ready;
  }

  /** As when the power goes. */
  async kill(): Promise<void> {
    const { child } = this.#nodeRed ?? {};
    this.#nodeRed = null;
    if (child === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** As when somebody stops the service. */
  async stop(): Promise<void> {
    await this.#nodeRed?.end();
    this.#nodeRed = null;
  }

  get output(): string {
    return this.#nodeRed?.output ?? '';
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#userDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
