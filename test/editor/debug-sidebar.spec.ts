import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromiumFor, Editor } from '../support/editor';
import type { FlowNode } from '../support/flow';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

const PICTURES = process.env.BK72XX_PICTURES;

/** A worn flash, and no Catch node. */
const FLOW: FlowNode[] = [
  { id: 'tab', type: 'tab', label: 'no Catch node' },
  {
    id: 'worn',
    type: 'bk-device',
    name: '',
    port: 'sim://bk7231n?speed=fast&deadSector=0x12000',
    idle: 0,
  },
  {
    id: 'button',
    type: 'inject',
    z: 'tab',
    name: 'write',
    props: [{ p: 'payload', v: '[1,2,3]', vt: 'bin' }],
    x: 100,
    y: 100,
    wires: [['write']],
  },
  {
    id: 'write',
    type: 'bk-write',
    z: 'tab',
    name: 'Write',
    device: 'worn',
    offset: '0x12000',
    backup: 'never',
    x: 300,
    y: 100,
    wires: [[], []],
  },
];

describe('a failure that no Catch node takes, in the debug sidebar', function () {
  this.timeout(60_000);
  let editor: Editor;

  before(async function () {
    const chromium = chromiumFor(this);
    editor = await Editor.open(chromium, FLOW);
  });
  after(() => editor?.close());

  it('is a card that one click opens', async () => {
    const { page } = editor;
    await page.evaluate(() => RED.sidebar.show('debug'));
    await page.evaluate(() => fetch('inject/button', { method: 'POST' }));
    const entry = page.locator('.red-ui-debug-msg').first();
    await entry.waitFor();
    const shut = (await entry.textContent()) ?? '';
    assert.match(shut, /sector at 0x12000|0x12000/);
    await entry.locator('.red-ui-debug-msg-object-header').first().click();
    const card = (await entry.locator('pre').textContent()) ?? '';
    if (PICTURES) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: path.join(PICTURES, 'failure-card.png') });
    }
    for (const line of [/^To do: /m, /^Flash: .*0x12000/m, /^Code: BK_BAD_SECTOR/m])
      assert.match(card, line);
    assert.doesNotMatch((await entry.textContent()) ?? '', /object Object/);
  });
});
