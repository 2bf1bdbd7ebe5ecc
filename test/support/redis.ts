import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';

/** A real server of Debian's redis-server, for one spec: new, empty, and gone afterwards. */
export class RedisServer {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;

  /**
   * Skips the test, or the tests of the `describe`, where there is no redis-server; with BK72XX_REDIS=required that is a
   * failure.
   * @param args what is set otherwise, as `--requirepass`, `secret`
   */
  static async start(context: Mocha.Context, ...args: string[]): Promise<RedisServer> {
    if (!isInstalled()) {
      if (process.env.BK72XX_REDIS === 'required') throw new Error('redis-server is not installed');
      console.log('    skipped: no redis-server on this machine');
      context.skip();
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'bk72xx-redis-'));
    const server = new RedisServer(await freePort(), folder, args);
    await server.up();
    return server;
  }

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /** Starts it, with what it had before, and waits until it takes commands. */
  async up(): Promise<void> {
    this.#child = spawn(
      'redis-server',
      [
        ...['--bind', this.host, '--port', String(this.port), '--dir', this.#folder],
        ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', ...this.#args],
      ],
      { stdio: 'ignore' },
    );
    const client = new Redis({
      port: this.port,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
      lazyConnect: true,
    });
    client.on('error', () => {});
    const password = this.#args[this.#args.indexOf('--requirepass') + 1];
    if (this.#args.includes('--requirepass')) client.options.password = password ?? '';
    await client.connect().catch(() => {});
    await client.ping();
    client.disconnect();
  }

  /** Ends it as a power cut does, or as its own command. */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }

  /** Lets it hold still, or go on: as a cable that is out, it neither answers nor hangs up. */
  hold(isHeld: boolean): void {
    this.#child?.kill(isHeld ? 'SIGSTOP' : 'SIGCONT');
  }

  /** A client of it, for looking on; its user ends it. */
  client(options: object = {}): Redis {
    const client = new Redis({
      port: this.port,
      maxRetriesPerRequest: null,
      retryStrategy: () => 50,
      ...options,
    });
    client.on('error', () => {});
    return client;
  }

  async end(): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isInstalled(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
