import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from './project';

/** The browser of the machine; null where there is none. */
export function findChromium(): string | null {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(path.delimiter)];
  const files = folders.map((folder) => path.join(folder, 'chromium'));
  return files.find((file) => existsSync(file)) ?? null;
}

/** A Node-RED with this package from the checkout and a user folder of its own, and a page of its editor. */
export class Editor {
  readonly page: Page;
  /** What the page wrote as errors to its console. */
  readonly errors: string[];
  readonly #close: () => Promise<void>;

  /** @param flow what stands in the flow file */
  static async open(executablePath: string, flow: unknown[]): Promise<Editor> {
    const userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-editor-'));
    const port = await freePort();
    const settings = {
      uiHost: '127.0.0.1',
      uiPort: port,
      flowFile: 'flows.json',
      nodesDir: [ROOT],
      credentialSecret: false,
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false },
    };
    writeFileSync(
      path.join(userDir, 'settings.js'),
      `module.exports = ${JSON.stringify(settings)};\n`,
    );
    writeFileSync(path.join(userDir, 'flows.json'), JSON.stringify(flow));
    const nodeRed = spawn(
      process.execPath,
      [require.resolve('node-red/red.js'), '--userDir', userDir],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let browser: Browser | null = null;
    const close = async () => {
      await browser?.close();
      await ended(nodeRed);
      rmSync(userDir, { recursive: true, force: true });
    };
    try {
      await isReady(nodeRed);
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
      const editor = new Editor(page, close);
      // The catalogue of all packages of the world: no test needs it, and many machines cannot reach it.
      await page.route(/catalogue\.nodered\.org/, (route) => route.fulfill({ json: {} }));
      await page.goto(`http://127.0.0.1:${port}/`);
      await page.waitForSelector('.red-ui-flow-node');
      return editor;
    } catch (error) {
      await close();
      throw error;
    }
  }

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.errors = [];
    this.#close = close;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  close(): Promise<void> {
    return this.#close();
  }
}

function isReady(nodeRed: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const listen = (piece: Buffer) => {
      log += piece;
      if (log.includes('Started flows')) resolve();
    };
    nodeRed.stdout?.on('data', listen);
    nodeRed.stderr?.on('data', listen);
    nodeRed.once('exit', () => reject(new Error(`Node-RED ended:\n${log}`)));
  });
}

function ended(nodeRed: ChildProcess): Promise<void> {
  if (nodeRed.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    nodeRed.once('exit', () => resolve());
    nodeRed.kill();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(address !== null && typeof address === 'object' ? address.port : 0),
      );
    });
  });
}
