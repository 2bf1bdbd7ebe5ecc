import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { RunningJob, ShownError, TryRequest } from '../../nodes/flasher/messages';
import { accessibilityFaults, setTheme } from '../support/accessibility';
import { chromiumFor, dialogStands, Editor } from '../support/editor';
import { SHOWN_CHIP as CHIP, FakeFlasher } from '../support/fake-flasher';
import { until } from '../support/until';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

const PICTURES = process.env.BK72XX_PICTURES;
const AT = { z: 'tab', device: 'lamp', x: 200, wires: [[], []] };
const FLOW = [
  { id: 'tab', type: 'tab', label: 'Lamps' },
  { id: 'lamp', type: 'bk-device', name: 'Lamp', port: '/dev/ttyLAMP', record: 'off' },
  { ...AT, id: 'connect', type: 'bk-connect', y: 40 },
  { ...AT, id: 'read', type: 'bk-read', y: 80, output: 'file', length: '0x132000' },
  { ...AT, id: 'write', type: 'bk-write', y: 120, source: 'file', offset: '0x11000' },
  {
    ...AT,
    id: 'erase',
    type: 'bk-erase',
    y: 160,
    region: 'range',
    offset: '0x1e1000',
    length: '4K',
  },
  { ...AT, id: 'inspect', type: 'bk-inspect', y: 200, wires: [[]] },
  { ...AT, id: 'port', type: 'bk-port', y: 240 },
  { id: 'queue', type: 'bk-queue', name: 'Workshop' },
  { ...AT, id: 'enqueue', type: 'bk-enqueue', y: 280, queue: 'queue' },
  { ...AT, id: 'worker', type: 'bk-worker', y: 320, queue: 'queue' },
];
const NODES = [
  'connect',
  'read',
  'write',
  'erase',
  'inspect',
  'port',
  'lamp',
  'queue',
  'enqueue',
  'worker',
] as const;

const JOB: RunningJob = {
  id: 'job',
  operation: 'connect',
  by: 'sidebar',
  phase: 'link',
  percent: 0,
  bytesPerSecond: null,
  secondsLeft: null,
  message: { code: 'session.resetByHand', params: {} },
  waitsForPerson: true,
  recoveries: 0,
  line: null,
};

const ENDED = {
  id: 'job',
  by: 'sidebar' as const,
  at: '2026-01-02T20:15:00.000Z',
  seconds: 3,
  error: null,
  warnings: [],
};

const FAILURE: ShownError = {
  code: 'BK_NO_LINK',
  message: { code: 'session.noLink', params: { port: '/dev/ttyLAMP', seconds: 60, advice: '' } },
  likely: [{ cause: { code: 'diagnosis.joined', params: {} }, confidence: 0.9, evidence: [] }],
  advice: [{ code: 'diagnosis.lineAction', params: {} }],
  state: null,
};

describe('the dialogs', function () {
  this.timeout(120_000);
  let editor: Editor;
  const server = new FakeFlasher();
  /** What was asked to be tried, and which jobs were cancelled. */
  const tried: TryRequest[] = [];
  const cancelled: string[] = [];

  before(async function () {
    const chromium = chromiumFor(this);
    server.answers['POST try'] = (route: { request(): { postDataJSON(): TryRequest } }) => {
      tried.push(route.request().postDataJSON());
      server.tell({ id: 'trial', name: 'Lamp', port: '/dev/ttyLAMP', job: JOB, last: null });
      return { device: 'trial', job: 'job' };
    };
    server.answers['DELETE devices/trial/jobs/job'] = () => {
      cancelled.push('job');
      return null;
    };
    server.answers['GET ports'] = [
      {
        path: '/dev/serial/by-id/usb-1a86_USB_Serial-if00-port0',
        label: 'usb-1a86_USB_Serial-if00-port0 (ttyUSB0)',
        manufacturer: 'QinHeng Electronics',
        serialNumber: '0001',
        usb: 'usb:1a86:7523:0001',
      },
      {
        path: '/dev/ttyUSB1',
        label: 'ttyUSB1',
        location: '/dev/serial/by-path/pci-usb-0:2:1.0-port0',
      },
    ];
    editor = await Editor.open(chromium, FLOW, (page) => server.install(page));
  });
  after(() => editor?.close());
  beforeEach(() => {
    tried.length = 0;
    cancelled.length = 0;
  });

  async function open(id: (typeof NODES)[number]): Promise<void> {
    await editor.page.evaluate((it) => {
      if (it === 'lamp') RED.editor.editConfig('', 'bk-device', it);
      else if (it === 'queue') RED.editor.editConfig('', 'bk-queue', it);
      else RED.editor.edit(RED.nodes.node(it));
    }, id);
    await editor.page.waitForSelector('.bk-form', { state: 'visible' });
    await dialogStands(editor.page);
  }

  async function close(): Promise<void> {
    await editor.page.click('.red-ui-tray-header button[id$="dialog-cancel"]');
    await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
  }

  /** In both themes: no fault in what is shown, and a picture for whoever wants one. */
  async function look(name: string): Promise<void> {
    for (const theme of ['light', 'dark'] as const) {
      await setTheme(editor.page, theme);
      assert.deepEqual(await accessibilityFaults(editor.page, '.bk-form'), [], theme);
      if (!PICTURES) continue;
      mkdirSync(PICTURES, { recursive: true });
      await editor.page.screenshot({ path: path.join(PICTURES, `dialog-${name}-${theme}.png`) });
    }
    await setTheme(editor.page, 'light');
  }

  const words = async (selector: string) => (await editor.page.textContent(selector)) ?? '';
  const has = (selector: string, what: string) =>
    editor.page.waitForSelector(`${selector} >> text=${what}`);

  for (const node of NODES) {
    it(`can be used by everybody: ${node}`, async () => {
      await open(node);
      await look(node);
      await close();
    });
  }

  it('says how much bytes are', async () => {
    await open('read');
    assert.match(await words('.bk-form'), /1\.2 MiB, 0x132000, 1253376 bytes/);
    await close();
    await open('erase');
    assert.match(await words('.bk-form'), /1\.9 MiB, 0x1e1000/);
    assert.match(await words('.bk-form'), /4 KiB, 0x1000, 4096 bytes/);
    await close();
  });

  it('takes a value from the message, and keeps where it comes from', async () => {
    await open('read');
    await editor.page.click('#node-input-length + div .red-ui-typedInput-type-select');
    await editor.page.click('.red-ui-typedInput-options:visible >> text=msg.');
    await editor.page.fill('#node-input-length + div input.red-ui-typedInput-input', 'size');
    await editor.page.press('#node-input-length + div input.red-ui-typedInput-input', 'Tab');
    assert.doesNotMatch(await words('.bk-form'), /MiB/);
    await editor.page.click('#node-dialog-ok');
    await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
    const saved = await editor.page.evaluate(() => {
      const { length, lengthType, offsetType, valid } = RED.nodes.node('read');
      return [length, lengthType, offsetType, valid];
    });
    assert.deepEqual(saved, ['size', 'msg', 'size', true]);
  });

  it('lists ports with maker, serial number and lasting name, and looks again when asked to', async () => {
    await open('lamp');
    await editor.page.click('#bk-device-list-ports');
    await has('.bk-device-offer', 'ttyUSB0');
    const offer = await words('.bk-device-offer >> nth=0');
    assert.match(offer, /QinHeng Electronics · serial number 0001/);
    assert.match(offer, /\/dev\/serial\/by-id\/usb-1a86_USB_Serial-if00-port0/);
    const offers = await words('.bk-offers');
    assert.match(offers, /usb:1a86:7523:0001the same adapter, wherever it is plugged in/);
    assert.match(offers, /by-path\/pci-usb-0:2:1\.0-port0the same port by its USB socket/);
    await look('lamp-ports');
    server.answers['GET ports'] = [];
    await editor.page.click('.bk-offers-refresh');
    await has('.bk-offers', 'No serial port is here');
    await editor.page.keyboard.press('ArrowDown');
    await editor.page.keyboard.press('Enter');
    assert.equal(await editor.page.inputValue('#node-config-input-port'), 'sim://bk7231t');
    await close();
  });

  it('asks of adapters and of the network what belongs to each', async () => {
    const shown = async () =>
      Promise.all(
        ['hosts', 'interval', 'settle'].map((it) => editor.page.isVisible(`#node-input-${it}`)),
      );
    await open('port');
    assert.deepEqual(await shown(), [false, false, true]);
    await editor.page.selectOption('#node-input-source', 'network');
    assert.deepEqual(await shown(), [true, true, false]);
    await look('port-network');
    await close();
  });

  it('asks of a job in the queue what belongs to its operation', async () => {
    await open('enqueue');
    const { page } = editor;
    const hint = (setting: string) =>
      page.getAttribute(
        `.form-row:has(#node-input-${setting}) .red-ui-typedInput-input`,
        'placeholder',
      );
    assert.equal(await hint('length'), 'to the end of the image');
    await page.selectOption('#node-input-source', 'backup');
    assert.equal(await hint('filename'), "a name in the worker's folder");
    await page.selectOption('#node-input-operation', 'read');
    assert.equal(await hint('filename'), 'chip_MAC_kind_time.bin');
    assert.equal(await hint('offset'), '0, 0x11000, 64K');
    assert.equal(await hint('length'), 'to the end');
    await close();
  });

  it('identifies a chip with settings that are not deployed, and shows how to wire and reset meanwhile', async () => {
    await open('lamp');
    await editor.page.fill('#node-config-input-port', '/dev/ttyOTHER');
    await editor.page.click('#bk-device-identify');
    await has('.bk-try-live', 'Reset the chip now');
    assert.equal(tried[0]?.operation, 'connect');
    assert.equal(tried[0]?.settings.port, '/dev/ttyOTHER');
    assert.equal(tried[0]?.settings.linkTimeout, '60');
    assert.equal(await editor.page.isVisible('.bk-wiring-drawing'), true);
    await look('lamp-waits');
    server.tell({
      id: 'trial',
      job: null,
      chip: CHIP,
      last: { ...ENDED, operation: 'connect', result: CHIP },
    });
    await has('.bk-in-form', 'c8:47:8c:00:11:22');
    const told = await words('.bk-in-form');
    for (const fact of ['BK7231N', '2 MiB', 'BK7231N 1.0.1', "Tuya's"])
      assert.ok(told.includes(fact));
    assert.equal(await editor.page.isVisible('.bk-wiring-drawing'), false);
    await look('lamp-found');
    await close();
  });

  it('says live what the line carries, until a chip is found', async () => {
    await open('lamp');
    await editor.page.click('#bk-device-listen');
    await until(() => tried.length === 1, 'a test of the wiring is asked for');
    assert.equal(tried[0]?.operation, 'listen');
    for (const [line, code, said] of [
      ['echo', 'diagnosis.hearEcho', 'Your own bytes come back'],
      ['silence', 'diagnosis.hearSilence', 'Not one byte arrives'],
    ] as const) {
      const message = { code, params: {} };
      const job = { ...JOB, operation: 'listen', line, message, waitsForPerson: false };
      server.tell({ id: 'trial', job });
      await has('.bk-try-live', said);
    }
    await look('lamp-listens');
    const result = {
      line: { code: 'sound', chip: 'BK7231N' },
      code: 'diagnosis.hearModel',
      params: { chip: 'BK7231N' },
    };
    server.tell({
      id: 'trial',
      job: null,
      chip: CHIP,
      last: { ...ENDED, operation: 'listen', result },
    });
    await has('.bk-in-form', 'Found: BK7231N');
    await close();
  });

  it('says why a chip was not found, and what to do, with the drawing beside it', async () => {
    await open('lamp');
    await editor.page.click('#bk-device-identify');
    await has('.bk-try-live', 'Reset the chip now');
    server.tell({
      id: 'trial',
      job: null,
      last: { ...ENDED, operation: 'connect', error: FAILURE, result: null },
    });
    await has('.bk-card-bad', 'No chip answered on /dev/ttyLAMP');
    assert.equal(await editor.page.isVisible('.bk-wiring-drawing'), true);
    await look('lamp-failed');
    await close();
  });

  for (const way of ['cancel', 'ok'] as const) {
    it(`ends what was begun when it is closed by ${way}`, async () => {
      await open('lamp');
      await editor.page.click('#bk-device-identify');
      await has('.bk-try-live', 'Reset the chip now');
      await editor.page.click(`.red-ui-tray-header button[id$="dialog-${way}"]`);
      await editor.page.waitForSelector('.red-ui-tray', { state: 'detached' });
      await until(() => cancelled.length === 1, 'the job is cancelled');
    });
  }

  it('ends what was only asked for when it is closed, as soon as that has begun', async () => {
    let begin = () => {};
    const asked = server.answers['POST try'];
    server.answers['POST try'] = async () => {
      await new Promise<void>((resolve) => {
        begin = resolve;
      });
      return { device: 'trial', job: 'job' };
    };
    await open('lamp');
    await editor.page.click('#bk-device-identify');
    await editor.page.waitForSelector('.bk-try-live >> visible=true');
    await close();
    assert.deepEqual(cancelled, []);
    begin();
    await until(() => cancelled.length === 1, 'the job is cancelled');
    server.answers['POST try'] = asked;
  });

  it('draws the module that is chosen, and remembers it', async () => {
    await open('lamp');
    await editor.page.click('#bk-device-wiring');
    for (const module of ['CB3S', 'CB2S', '']) {
      await editor.page.selectOption('.bk-wiring-view select', module);
      const drawn = await editor.page.textContent('.bk-wiring-drawing');
      assert.ok(drawn?.includes(module === '' ? 'Module' : module), module);
    }
    await editor.page.selectOption('.bk-wiring-view select', 'CBU');
    await look('lamp-wiring');
    await close();
    await open('lamp');
    await editor.page.click('#bk-device-wiring');
    assert.equal(await editor.page.inputValue('.bk-wiring-view select'), 'CBU');
    await close();
  });

  it('works without its script, of which only lists, hints and panels are missing', async () => {
    const kept = await editor.page.evaluate(() => {
      const page = globalThis as unknown as { bkFlasher: unknown; kept: unknown };
      page.kept = page.bkFlasher;
      page.bkFlasher = undefined;
      return page.kept !== undefined;
    });
    assert.equal(kept, true);
    await open('lamp');
    assert.equal(await editor.page.isVisible('#bk-device-try'), false);
    await editor.page.fill('#node-config-input-port', '/dev/ttyOTHER');
    await close();
    await open('write');
    await close();
    await editor.page.evaluate(() => {
      const page = globalThis as unknown as { bkFlasher: unknown; kept: unknown };
      page.bkFlasher = page.kept;
    });
  });

  it('has no error in its console', () => assert.deepEqual(editor.errors, []));
});
