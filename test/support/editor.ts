import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { installPacked, NodeRed, prepareUserDir } from './node-red';

/** The browser of the machine; null where there is none. */
export function findChromium(): string | null {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(path.delimiter)];
  const files = folders.map((folder) => path.join(folder, 'chromium'));
  return files.find((file) => existsSync(file)) ?? null;
}

/** The same for tests of the editor, which are left out, with a word, where there is none. */
export function chromiumFor(context: Mocha.Context): string {
  const chromium = findChromium();
  if (chromium !== null) return chromium;
  console.log('    no chromium on this machine');
  return context.skip();
}

/** The dialog that was opened has slid in, and would take a click to close it: the editor raises it then. */
export async function dialogStands(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#red-ui-editor-stack')?.style.zIndex === '13',
  );
}

/** What has changed on a page is laid out, and whatever moves to an end has come to it. */
export async function pageStands(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
    await frame();
  });
}

/** A Node-RED with this package from the checkout and a user folder of its own, and a page of its editor. */
export class Editor {
  readonly page: Page;
  readonly nodeRed: NodeRed;
  readonly userDir: string;
  /** What the page wrote as errors to its console. */
  readonly errors: string[];
  readonly #close: () => Promise<void>;

  /**
   * @param flow what stands in the flow file
   * @param prepare what is to be done with the page before it goes anywhere
   * @param fresh the package as people install it, and a script that runs in Node-RED before anything else
   */
  static async open(
    executablePath: string,
    flow: unknown[],
    prepare: (page: Page) => Promise<void> = async () => {},
    fresh?: { preload: string },
  ): Promise<Editor> {
    const userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-editor-'));
    prepareUserDir(userDir, flow, {}, fresh && installPacked);
    const nodeRed = new NodeRed(userDir, fresh?.preload);
    let browser: Browser | null = null;
    const close = async () => {
      await browser?.close();
      await nodeRed.end();
      rmSync(userDir, { recursive: true, force: true });
    };
    try {
      const url = await nodeRed.ready;
      browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
      const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
      const editor = new Editor(page, nodeRed, userDir, close);
      // The catalogue of all packages of the world: no test needs it, and many machines cannot reach it.
      await page.route(/catalogue\.nodered\.org/, (route) => route.fulfill({ json: {} }));
      await prepare(page);
      await page.goto(url);
      // An empty editor has no node; its sidebar is whole once the plugins are there.
      if (flow.length > 0) await page.waitForSelector('.red-ui-flow-node');
      else await page.waitForSelector('#red-ui-tab-bk-flasher', { state: 'attached' });
      return editor;
    } catch (error) {
      await close();
      throw error;
    }
  }

  private constructor(page: Page, nodeRed: NodeRed, userDir: string, close: () => Promise<void>) {
    this.page = page;
    this.nodeRed = nodeRed;
    this.userDir = userDir;
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
