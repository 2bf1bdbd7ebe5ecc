import assert from 'node:assert/strict';
import { chromiumFor, dialogStands, Editor } from '../support/editor';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

const FLOW = [
  { id: 'tab', type: 'tab', label: 'Lamps' },
  { id: 'lamp', type: 'bk-device', name: 'Lamp', port: '', record: 'off' },
  { id: 'read', type: 'bk-read', z: 'tab', device: 'lamp', x: 200, y: 80, wires: [[], []] },
];

describe('the dialog of a device, on simulated chips that are not deployed,', function () {
  this.timeout(120_000);
  let editor: Editor;

  before(async function () {
    const chromium = chromiumFor(this);
    editor = await Editor.open(chromium, FLOW);
  });
  after(() => editor?.close());

  beforeEach(async () => {
    await editor.page.evaluate(() => RED.editor.editConfig('', 'bk-device', 'lamp'));
    await editor.page.waitForSelector('#bk-device-identify', { state: 'visible' });
    await dialogStands(editor.page);
  });
  afterEach(() => close());

  async function close(): Promise<void> {
    const button = editor.page.locator('.red-ui-tray-header button[id$="dialog-cancel"]');
    if ((await button.count()) === 0) return;
    await button.click();
    await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
  }

  const setPort = (port: string) => editor.page.fill('#node-config-input-port', port);
  const press = (what: 'identify' | 'listen') => editor.page.click(`#bk-device-${what}`);
  const has = (selector: string, what: string) =>
    editor.page.waitForSelector(`.bk-in-form ${selector} >> text=${what}`);

  for (const [port, chip] of [
    ['sim://bk7231n?speed=fast', 'BK7231N (T2, BL2028N)'],
    ['sim://bk7231t?speed=fast', 'BK7231T'],
  ] as const) {
    it(`identifies what is there: ${chip}`, async () => {
      await setPort(port);
      await press('identify');
      await has('.bk-card-good', chip);
      await has('.bk-card-good', '2 MiB');
    });
  }

  it('says that another chip is there than is chosen', async () => {
    await setPort('sim://bk7231n?speed=fast');
    await editor.page.selectOption('#node-config-input-chip', 'BK7238');
    await press('identify');
    await has('.bk-card-bad', 'BK_WRONG_CHIP');
    assert.equal(await editor.page.isVisible('.bk-wiring-drawing'), true);
  });

  it('says what cannot be used, before anything is opened', async () => {
    await setPort('/dev/no-such-adapter');
    await editor.page.fill('#node-config-input-linkTimeout', 'long');
    await press('identify');
    await has('.bk-card-bad', 'BK_BAD_SETTING');
  });

  it('finds wires that are joined, and then the chip', async () => {
    await setPort('sim://bk7231n?joined=true');
    await press('listen');
    await has('.bk-try-live', 'Your own bytes come back');
    await setPort('sim://bk7231n?speed=fast');
    await press('listen');
    await has('.bk-card-good', 'Found: BK7231N');
  });

  it('lets the port go when it is closed in the midst of it', async () => {
    await setPort('sim://bk7231n?app=silent&reset=none&seed=3');
    await press('identify');
    await has('.bk-try-live', 'Reset the chip now');
    await close();
    await editor.page.waitForFunction(async () => {
      const answer = await fetch('bk72xx/devices');
      const devices: { id: string }[] = await answer.json();
      return devices.every(({ id }) => id === 'lamp');
    });
  });

  it('has no error in its console but for what the server refused', () => {
    const others = editor.errors.filter((error) => !/status of 400/.test(error));
    assert.deepEqual(others, []);
  });
});
