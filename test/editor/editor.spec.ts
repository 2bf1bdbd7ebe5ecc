import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromiumFor, dialogStands, Editor } from '../support/editor';
import { projectFiles, readText } from '../support/project';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any, $: any;

type FlowNode = { id: string; type: string; once?: boolean; [setting: string]: unknown };

/** All example flows, but nothing starts by itself. */
const FLOW: FlowNode[] = projectFiles('examples').flatMap((file) =>
  (JSON.parse(readText(file)) as FlowNode[]).map((node) =>
    node.type === 'inject' ? { ...node, once: false, crontab: '' } : node,
  ),
);
const TYPES = [
  'bk-connect',
  'bk-read',
  'bk-write',
  'bk-erase',
  'bk-inspect',
  'bk-port',
  'bk-enqueue',
  'bk-worker',
];
const CONFIGS = ['bk-device', 'bk-queue'];
const ANY_FIELD: Record<string, string> = {
  'bk-device': '#node-config-input-port',
  'bk-inspect': '#node-input-secrets',
  'bk-port': '#node-input-filter',
  'bk-queue': '#node-config-input-server',
  'bk-enqueue': '#node-input-operation',
};

/** A folder for pictures of every form, for people who want to look at them. */
const PICTURES = process.env.BK72XX_PICTURES;

describe('the editor', function () {
  this.timeout(60_000);
  let editor: Editor;

  before(async function () {
    const chromium = chromiumFor(this);
    editor = await Editor.open(chromium, FLOW);
  });
  after(() => editor?.close());

  const idOf = (type: string) => FLOW.find((node) => node.type === type)?.id ?? '';

  async function openForm(type: string): Promise<void> {
    const id = idOf(type);
    if (CONFIGS.includes(type)) {
      await editor.page.evaluate(([what, it]) => RED.editor.editConfig('', what, it), [type, id]);
    } else {
      await editor.page.evaluate((it) => RED.editor.edit(RED.nodes.node(it)), id);
    }
    const anyField = ANY_FIELD[type] ?? '#node-input-device';
    await editor.page.waitForSelector(anyField, { state: 'visible' });
    await dialogStands(editor.page);
    if (PICTURES) await picture(type);
  }

  async function picture(name: string): Promise<void> {
    mkdirSync(PICTURES ?? '', { recursive: true });
    await editor.page.screenshot({ path: path.join(PICTURES ?? '', `${name}.png`) });
  }

  async function closeForm(type: string, button: 'ok' | 'cancel'): Promise<void> {
    const prefix = CONFIGS.includes(type) ? 'node-config-dialog' : 'node-dialog';
    await editor.page.click(`#${prefix}-${button}`);
    await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
  }

  const hasError = (field: string) =>
    editor.page.evaluate((it) => $(it).hasClass('input-error'), field);

  /** What a person sees of a field: a typed input hides the field itself. */
  const seen = async (field: string) => {
    const typed = `${field} + .red-ui-typedInput-container input.red-ui-typedInput-input`;
    return (await editor.page.locator(typed).count()) > 0 ? typed : field;
  };

  async function type(field: string, text: string): Promise<void> {
    await editor.page.fill(await seen(field), text);
    // The editor validates when the field is left.
    await editor.page.press(await seen(field), 'Tab');
    await editor.page.waitForTimeout(50);
  }

  const saved = (of: string, setting: string) =>
    editor.page.evaluate(([id, key]) => RED.nodes.node(id)[key as string], [idOf(of), setting]);

  it('knows the nodes of all examples, and finds nothing wrong with them', async () => {
    const found = await editor.page.evaluate(() => {
      const wrong: string[] = [];
      const look = (node: { id: string; type: string; valid?: boolean }) => {
        if (node.type === 'unknown' || node.valid === false) wrong.push(`${node.type} ${node.id}`);
      };
      RED.nodes.eachNode(look);
      RED.nodes.eachConfig(look);
      return wrong;
    });
    assert.deepEqual(found, []);
  });

  it('offers the nodes in its palette', async () => {
    const labels = await editor.page.$$eval(
      '#red-ui-palette-container .red-ui-palette-node[data-palette-type^="bk-"]',
      (nodes) =>
        nodes.map((node) =>
          (node as unknown as { textContent: string }).textContent.replace(/\s+/g, ' ').trim(),
        ),
    );
    assert.deepEqual(labels.sort(), [
      'bk connect',
      'bk enqueue',
      'bk erase',
      'bk inspect',
      'bk port',
      'bk read',
      'bk worker',
      'bk write',
    ]);
    const config = await editor.page.evaluate(() => RED.nodes.getType('bk-device').category);
    assert.equal(config, 'config');
  });

  it('finds its nodes by what people call these chips', async () => {
    const finds = async (words: string, count: number) => {
      const field = editor.page.locator('#red-ui-palette-search input');
      // It looks at keys, and waits whether more is typed.
      await field.fill('');
      await field.press('Backspace');
      if (words !== '') await field.pressSequentially(words);
      await editor.page.waitForFunction(
        (wanted) => $('.red-ui-palette-node[data-palette-type^="bk-"]:visible').length === wanted,
        count,
      );
    };
    await finds('zigbee', 0);
    for (const words of ['beken', 'Tuya', 'openbeken', 'BK7231N']) {
      await finds(words, TYPES.length);
      await finds('bk read', 1);
    }
    await finds('', TYPES.length);
  });

  for (const node of [...TYPES, ...CONFIGS]) {
    it(`opens the form of ${node}, with texts everywhere, and saves it unchanged`, async () => {
      const before = FLOW.find((one) => one.type === node);
      await openForm(node);
      const untranslated = await editor.page.evaluate(() => $('.red-ui-tray').text());
      assert.doesNotMatch(untranslated, /bk-\w+\.\w+/);
      await closeForm(node, 'ok');
      for (const [setting, value] of Object.entries(before ?? {})) {
        if (['x', 'y', 'z', 'wires', 'type', 'id'].includes(setting)) continue;
        assert.deepEqual(String(await saved(node, setting)), String(value), setting);
      }
    });
  }

  it('checks offsets and lengths as they are typed, and saves them', async () => {
    await openForm('bk-read');
    for (const bad of ['abc', '-1', '1.5K', '0x']) {
      await type('#node-input-offset', bad);
      assert.equal(await hasError('#node-input-offset'), true, bad);
    }
    if (PICTURES) await picture('bk-read-wrong');
    for (const good of ['0x11000', '64K', '4096', '']) {
      await type('#node-input-offset', good);
      assert.equal(await hasError('#node-input-offset'), false, good);
    }
    await type('#node-input-offset', '64K');
    await closeForm('bk-read', 'ok');
    assert.equal(await saved('bk-read', 'offset'), '64K');
  });

  it('tells what is wrong with a node that is saved all the same', async () => {
    await openForm('bk-erase');
    await editor.page.selectOption('#node-input-region', 'range');
    await type('#node-input-length', 'much');
    await closeForm('bk-erase', 'ok');
    const errors = await editor.page.evaluate(
      (id) => RED.nodes.node(id).validationErrors,
      idOf('bk-erase'),
    );
    assert.deepEqual(errors, ['Length: a number of bytes, like 4096, 0x1000 or 64K']);
  });

  it('shows only the fields that matter', async () => {
    await openForm('bk-write');
    const isVisible = async (field: string) => editor.page.isVisible(await seen(field));
    await editor.page.selectOption('#node-input-source', 'payload');
    assert.equal(await isVisible('#node-input-filename'), false);
    await editor.page.selectOption('#node-input-source', 'file');
    assert.equal(await isVisible('#node-input-filename'), true);
    assert.equal(await isVisible('#node-input-skip'), false);
    assert.equal(await isVisible('#node-input-part'), true);
    assert.equal(await isVisible('#node-input-openbeken'), true);
    await type('#node-input-offset', '0x11000');
    assert.equal(await isVisible('#node-input-skip'), true);
    if (PICTURES) await picture('bk-write-range');
    assert.equal(await isVisible('#node-input-part'), false);
    await closeForm('bk-write', 'cancel');
    await openForm('bk-device');
    for (const [port, isWired] of [
      ['http://192.168.1.20', false],
      ['/dev/ttyUSB0', true],
    ] as const) {
      await type('#node-config-input-port', port);
      for (const field of ['baud', 'reset', 'idle', 'after'])
        assert.equal(await isVisible(`#node-config-input-${field}`), isWired, `${field}: ${port}`);
    }
    await closeForm('bk-device', 'cancel');
  });

  it('offers ports and rates, and still takes any text', async () => {
    await openForm('bk-device');
    await editor.page.click('#bk-device-list-ports');
    await editor.page.waitForSelector('.bk-device-offer');
    await editor.page.waitForTimeout(200);
    if (PICTURES) await picture('bk-device-ports');
    await editor.page.click('.bk-device-offer >> text=sim://bk7231t');
    assert.equal(await editor.page.inputValue('#node-config-input-port'), 'sim://bk7231t');
    await editor.page.click('#bk-device-list-bauds');
    await editor.page.waitForTimeout(200);
    if (PICTURES) await picture('bk-device-bauds');
    await editor.page.click('.bk-device-offer >> text=460800');
    assert.equal(await editor.page.inputValue('#node-config-input-baud'), '460800');
    await type('#node-config-input-baud', 'quick');
    assert.equal(await hasError('#node-config-input-baud'), true);
    await type('#node-config-input-baud', '250000');
    assert.equal(await hasError('#node-config-input-baud'), false);
    await type('#node-config-input-port', '/dev/my-chip');
    await closeForm('bk-device', 'ok');
    assert.equal(await saved('bk-device', 'port'), '/dev/my-chip');
    assert.equal(await saved('bk-device', 'baud'), '250000');
  });

  it('has help for every node', async () => {
    for (const node of [...TYPES, ...CONFIGS]) {
      const help = await editor.page.evaluate((it) => RED.nodes.getNodeHelp(it), node);
      assert.match(help, /Details/, node);
    }
    if (PICTURES) {
      await editor.page.evaluate(() => RED.sidebar.help.show('bk-read'));

      await editor.page.waitForTimeout(500);
      await picture('help');
    }
  });

  it('has no error in its console', () => assert.deepEqual(editor.errors, []));
});
