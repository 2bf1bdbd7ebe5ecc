import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from '../../src';
import { chromiumFor, dialogStands, Editor } from '../support/editor';
import { stepsOf } from '../support/first-steps';
import {
  hashOf,
  openBekenRelease,
  ReleaseStandIn,
  type StandInFile,
} from '../support/release-server';

/** A person has as many at most. */
const MOST_CLICKS = 30;

const PORT = 'sim://bk7231n?contents=tuya&speed=fast';
const WIFI = { name: 'home', password: 'wifi-secret-0001' };
const RELEASE = openBekenRelease();
const FILE = RELEASE.files.find(({ name }) => name.includes('BK7231N_QIO_1.18.2.b')) as StandInFile;
const APP_AT = 0x11000;
const CONFIG_AT = 0x1d1000;
/** Of the lamp, by what its storage says; in OpenBeken's words. */
const PINS = {
  6: { role: 'PWM', channel: 2 },
  7: { role: 'PWM', channel: 4 },
  8: { role: 'PWM', channel: 3 },
  24: { role: 'PWM', channel: 0 },
  26: { role: 'PWM', channel: 1 },
};

describe("the first quarter of an hour, by the README's steps", function () {
  this.timeout(180_000);
  let github: ReleaseStandIn;
  let editor: Editor;
  /** What the README has its reader press, in this order. */
  const steps = stepsOf();

  before(async function () {
    const chromium = chromiumFor(this);
    github = await ReleaseStandIn.start();
    github.files = 'https://github.com';
    github.objects = 'https://release-assets.githubusercontent.com';
    github.publish(RELEASE);
    process.env.BK72XX_GITHUB = github.url;
    const preload = require.resolve('../support/fresh-node-red');
    editor = await Editor.open(chromium, [], countHands, { preload });
  });
  after(async () => {
    delete process.env.BK72XX_GITHUB;
    await editor?.close();
    await github?.close();
  });

  /** Presses what the README names next. */
  async function press(label: string): Promise<void> {
    assert.equal(steps.shift(), label, 'is what the README says next');
    const { page } = editor;
    const shown = page
      .getByRole('button', { name: label, exact: true })
      .or(page.getByText(label, { exact: true }))
      .or(page.getByLabel(label, { exact: true }))
      .filter({ visible: true });
    await shown.first().click();
  }

  async function type(label: string, words: string): Promise<void> {
    await press(label);
    await editor.page.keyboard.type(words);
  }

  const waitFor = (selector: string) =>
    editor.page.locator(`.bk-flasher ${selector}`).filter({ visible: true }).first().waitFor();

  it('begins with an empty editor', async () => {
    assert.equal(await editor.page.locator('.red-ui-flow-node').count(), 0);
    assert.deepEqual(readdirSync(path.join(editor.userDir, 'node_modules')).sort(), [
      'node-red-contrib-bk72xx',
      'serialport',
    ]);
  });

  it('adds a device at a port of the list', async () => {
    const { page } = editor;
    await page.locator('#red-ui-sidebar .red-ui-tab-link-button-menu').click();
    await press('BK flasher');
    await press('Add a device…');
    await page.waitForSelector('#bk-device-identify', { state: 'visible' });
    await dialogStands(page);
    await press('Ports of this machine');
    await page.getByRole('button', { name: PORT }).click();
    await press('Add');
    await page.waitForSelector('.red-ui-tray', { state: 'detached' });
    await press('Deploy');
    await waitFor('.bk-device');
  });

  it('identifies the lamp', async () => {
    await press('Identify');
    await waitFor('.bk-last h4 >> text=Identified');
  });

  it('backs it up', async () => {
    await press('Back up');
    await waitFor('.bk-last h4 >> text=Backed up');
  });

  it('writes OpenBeken with its pins and the Wi-Fi, after its plan', async () => {
    await press('Write…');
    await press('OpenBeken');
    await press('Set up OpenBeken along with it');
    await type('Wi-Fi name', WIFI.name);
    await type('Wi-Fi password', WIFI.password);
    await press('Show the plan');
    await waitFor('.bk-plan');
    // biome-ignore lint/performance/useDomNodeTextContent: the text of the nodes has no line ends
    const plan = (await editor.page.locator('.bk-plan').innerText()).replace(/\s+/g, ' ');
    assert.match(plan, /Firmware OpenBeken 1\.18\.2 File OpenBK7231N_QIO_1\.18\.2\.bin/);
    assert.match(plan, new RegExp(`SHA-256 ${hashOf(FILE.bytes)} \\(as it was published\\)`));
    assert.match(plan, /Pins P6 PWM2, P7 PWM4, P8 PWM3, P24 PWM0, P26 PWM1/);
    assert.match(plan, /Backup There is one of this chip/);
    await press('Write now');
    await waitFor('.bk-task .bk-card-good');
    assert.deepEqual(steps, [], 'all that the README says was done');
  });

  it('leaves a lamp that runs OpenBeken, with its pins and Wi-Fi set', async () => {
    const flash = await flashOfLamp();
    const app = FILE.bytes.subarray(APP_AT);
    assert.ok(flash.subarray(APP_AT, APP_AT + app.length).equals(app));
    const config = flash.subarray(CONFIG_AT, CONFIG_AT + 0x1000);
    assert.ok(config.includes(WIFI.name) && config.includes(WIFI.password));
    const found = await inspect(flash, { secrets: 'show' });
    assert.deepEqual(found.openbeken?.pins, PINS);
  });

  it('has backed up all that Tuya had there', async () => {
    const folder = path.join(editor.userDir, 'bk-backups');
    const [file = '', ...others] = readdirSync(folder).filter((name) => name.endsWith('.bin'));
    assert.deepEqual(others, []);
    assert.ok(existsSync(path.join(folder, `${file}.json`)));
    const backup = readFileSync(path.join(folder, file));
    assert.equal(backup.length, 0x200000);
    const found = await inspect(backup, { secrets: 'hide' });
    assert.equal(found.app?.project, 'oem_bk7231n_light_ty');
    assert.equal(found.tuya?.module, 'CB2S');
  });

  it(`takes ${MOST_CLICKS} clicks at most, and nothing is typed but name and password of the Wi-Fi`, async () => {
    const { clicks, keys } = await editor.page.evaluate(() => window.hands);
    console.log(`      ${clicks} clicks, ${keys} keys`);
    assert.ok(clicks <= MOST_CLICKS, `${clicks} clicks`);
    assert.equal(keys, WIFI.name.length + WIFI.password.length);
  });

  it('tells the password to nobody but the chip', async () => {
    const seen = (await editor.page.content()) + editor.nodeRed.output;
    assert.ok(!seen.includes(WIFI.password));
    const { userDir } = editor;
    for (const file of readdirSync(userDir, { recursive: true, encoding: 'utf8' })) {
      if (!/^(bk-|flows|\.config)/.test(file) || !/\.(json|txt|log|bkrec)$/.test(file)) continue;
      assert.ok(!readFileSync(path.join(userDir, file)).includes(WIFI.password), file);
    }
    assert.deepEqual(editor.errors, []);
  });

  async function flashOfLamp(): Promise<Buffer> {
    const { child } = editor.nodeRed;
    const told = once(child, 'message');
    child.send({ flashOf: PORT });
    const [{ flash }] = await told;
    return Buffer.from(flash, 'base64');
  }
});

declare global {
  interface Window {
    hands: { clicks: number; keys: number };
  }
}

/** Counts in the page what a person does: a click on a label is one, though the browser makes two of it. */
async function countHands(page: Editor['page']): Promise<void> {
  await page.addInitScript(() => {
    window.hands = { clicks: 0, keys: 0 };
    window.addEventListener('pointerdown', () => window.hands.clicks++, true);
    window.addEventListener('keydown', () => window.hands.keys++, true);
  });
}
