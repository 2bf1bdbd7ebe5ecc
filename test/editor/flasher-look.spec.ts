import assert from 'node:assert/strict';
import type { RunningJob, ShownError } from '../../nodes/flasher/messages';
import { chromiumFor, Editor } from '../support/editor';
import { SHOWN_CHIP as CHIP, FakeFlasher } from '../support/fake-flasher';
import { tabHolds } from '../support/tab-pictures';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

const FLOW = [
  { id: 'tab', type: 'tab', label: 'Lamps' },
  { id: 'read', type: 'bk-read', z: 'tab', device: '', x: 200, y: 80, wires: [[], []] },
];

const note = (code: string, params: Record<string, unknown> = {}) => ({ code, params });

const JOB: RunningJob = {
  id: 'j',
  operation: 'write',
  by: 'flow',
  phase: 'write',
  percent: 42,
  bytesPerSecond: 88_000,
  secondsLeft: 24,
  message: note('job.writing', { address: '0x0b3000' }),
  waitsForPerson: false,
  recoveries: 1,
  line: null,
};

const FAILURE: ShownError = {
  code: 'BK_NO_LINK',
  message: note('session.noLink', { port: '/dev/ttyUSB0', seconds: 60, advice: '' }),
  likely: [{ cause: note('diagnosis.joined'), confidence: 0.9, evidence: [] }],
  advice: [note('diagnosis.lineAction')],
  state: {
    fresh: [{ offset: 0x11000, length: 0x2000 }],
    uncertain: [{ offset: 0x13000, length: 0x1000 }],
  },
};

const LETTERS = '.r=ewvxpk';
const MAP = {
  size: 0x200000,
  sectors: Array.from({ length: 512 }, (_, index) => LETTERS[Math.floor(index / 57)]).join(''),
  regions: [
    { name: 'region.bootloader', offset: 0, length: 0x11000 },
    { name: 'region.app', offset: 0x11000, length: 0x121000 },
    { name: 'region.rf', offset: 0x1d0000, length: 0x1000 },
  ],
  revision: 1,
};

const PLAN = {
  image: { kind: 'app', chip: 'BK7231N', version: '1.18' },
  regions: [{ offset: 0x11000, length: 0x93000 }],
  bytes: 0x93000,
  bytesWritten: 0x80000,
  bytesUnchanged: 0x13000,
  bytesErased: 0,
  verified: false,
  seconds: 35,
  backup: null,
};

const INSPECTION = {
  kind: 'dump',
  descriptionCode: note('image.dump'),
  chip: 'BK7231N',
  size: 0x200000,
  sha256: 'ab'.repeat(32),
  bootloader: null,
  app: { project: 'oem_light', version: '1.2.3', sdk: null },
  encryptionKey: 'tuya',
  partitions: [{ name: 'app', offset: 0x11000, length: 0x121000, empty: false }],
  mac: 'c8:47:8c:00:11:22',
  tuya: { module: 'CB2S', tuyaMcuBaud: null },
  openbeken: null,
  template: { vendor: 'Tuya', pins: { 6: 'PWM;1' } },
  esphome: 'esphome:',
  warningCodes: [],
};

describe('the tab BK flasher, told of whatever there is', function () {
  this.timeout(120_000);
  let editor: Editor;
  const server = new FakeFlasher();

  before(async function () {
    const chromium = chromiumFor(this);
    server.setMap('Lamp', MAP);
    server.setLog('Lamp', [
      { number: 1, at: '2026-01-02T20:15:00.000Z', level: 'info', text: note('job.done') },
      { number: 2, at: '2026-01-02T20:15:01.000Z', level: 'error', text: FAILURE.message },
    ]);
    server.answers['POST images'] = {
      id: 'held',
      name: 'backup.bin',
      size: 0x200000,
      inspection: INSPECTION,
    };
    server.tell({ id: 'Lamp', chip: CHIP, job: JOB });
    server.tell({ id: 'Plug' });
    editor = await Editor.open(chromium, FLOW, (page) => server.install(page));
    await editor.page.evaluate(() => RED.sidebar.show('bk-flasher'));
    await editor.page.waitForSelector('.bk-flasher .bk-map-canvas', { state: 'visible' });
  });
  after(() => editor?.close());

  const part = (selector: string) => editor.page.locator(`.bk-flasher ${selector}`);
  const action = (name: string) => part(`[data-action="${name}"]`).click();
  const saying = (text: string, exact = false) =>
    editor.page.locator('.bk-flasher').getByText(text, { exact });
  // What is seen: line by line, and without what is hidden.
  // biome-ignore lint/performance/useDomNodeTextContent: the text of the nodes has no line ends
  const texts = async (selector: string) => (await part(selector).innerText()).replace(/\s+/g, ' ');

  async function chooseFile(): Promise<void> {
    await part('input[type=file]').setInputFiles({
      name: 'backup.bin',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('firmware'),
    });
    await part('.bk-inspection').waitFor();
  }

  const holds = (what: string) => tabHolds(editor.page, `flasher-${what}`);

  it('shows every device with what it is at, and the running job in numbers', async () => {
    assert.equal(await texts('.bk-devices'), 'Lamp writing, 42 % Plug nothing done yet');
    assert.equal(await texts('.bk-now h4'), 'Write (by a flow)');
    assert.equal(await texts('.bk-numbers'), '42 % · writing · 88 kB/s · 24 s left · mended: 1');
    assert.equal(await texts('.bk-chip summary'), 'BK7231N · 2 MiB · c8:47:8c:00:11:22');
    await holds('running');
  });

  it('calls for its person in large letters, once, and speaks nothing but phases', async () => {
    server.tell({ id: 'Lamp', job: { ...JOB, phase: 'recover', waitsForPerson: true } });
    await part('.bk-call strong').waitFor();
    assert.equal(await texts('.bk-call strong'), 'Reset the chip now');
    const call = await part('.bk-call strong').elementHandle();
    server.tell({
      id: 'Lamp',
      job: { ...JOB, phase: 'recover', percent: 43, waitsForPerson: true },
    });
    await part('.bk-devices >> text=reset the chip now').waitFor();
    assert.equal(await call?.evaluate((it) => it.isConnected), true);
    assert.equal(await part('.bk-now [role=status].bk-hidden').textContent(), 'Write: recovering');
    await holds('call');
    server.tell({ id: 'Lamp', job: JOB });
    await part('.bk-call').waitFor({ state: 'hidden' });
  });

  it('reads out the cell that the keyboard is at', async () => {
    const map = part('.bk-map-canvas');
    await map.focus();
    const said = () => map.getAttribute('aria-valuetext');
    assert.equal(await said(), '0x000000: Bootloader, not looked at');
    await map.press('ArrowDown');
    await map.press('ArrowRight');
    assert.equal(await said(), '0x011000: Application, not looked at');
    assert.equal(await texts('.bk-map-readout'), '0x011000: Application, not looked at');
    await map.press('ArrowUp');
    await map.press('ArrowUp');
    assert.equal(await said(), '0x001000: Bootloader, not looked at');
    await map.press('End');
    assert.equal(await said(), '0x1FF000: no named region, kept');
    await map.press('Home');
    await map.press('PageDown');
    assert.equal(await said(), '0x040000: Application, read');
  });

  it('tells the cell that the mouse points at', async () => {
    await part('.bk-map-canvas').hover({ position: { x: 60, y: 3 } });
    assert.equal(await texts('.bk-map-readout'), '0x000000: Bootloader, not looked at');
  });

  it('says by region what the map shows, and draws what changes', async () => {
    const pixel = () =>
      part('.bk-map-canvas').evaluate((canvas) => {
        const context = (canvas as HTMLCanvasElement).getContext('2d');
        return [...(context?.getImageData(58, 4, 1, 1).data ?? [])].join();
      });
    const before = await pixel();
    server.publish('bk72xx/map/Lamp', { revision: 2, runs: [[0, 17, 'x']] });
    await part('.bk-table tbody tr >> text=failed').first().waitFor();
    assert.match(
      await texts('.bk-table tbody tr:first-child'),
      /1 Bootloader 0x000000 68 KiB failed/,
    );
    assert.notEqual(await pixel(), before);
  });

  it('asks for the whole map where a change was missed', async () => {
    server.setMap('Lamp', { ...MAP, sectors: 'v'.repeat(512), revision: 9 });
    server.publish('bk72xx/map/Lamp', { revision: 9, runs: [[0, 1, 'r']] });
    await part('.bk-table tbody tr:first-child >> text=verified').waitFor();
  });

  it('asks once more where the map has changed while it was on its way', async () => {
    let answers = 0;
    server.answers['GET devices/Lamp/map'] = async () => {
      answers += 1;
      if (answers > 1) return { ...MAP, sectors: 'e'.repeat(512), revision: 21 };
      server.publish('bk72xx/map/Lamp', { revision: 21, runs: [[0, 1, 'e']] });
      // What comes after it by the same way is seen: the change is there before the answer.
      server.tell({ id: 'Plug', queued: 1 });
      await part('.bk-device >> text=waits for its turn').waitFor();
      server.tell({ id: 'Plug', queued: 0 });
      return { ...MAP, sectors: 'w'.repeat(512), revision: 20 };
    };
    server.publish('bk72xx/map/Lamp', { revision: 20, runs: [] });
    await part('.bk-table tbody tr:first-child >> text=erased').waitFor();
    assert.equal(answers, 2);
    server.setMap('Lamp', { ...MAP, sectors: 'v'.repeat(512), revision: 21 });
  });

  it('shows the log, and adds each line once', async () => {
    assert.equal(await part('.bk-log li').count(), 2);
    const entry = { number: 3, at: '2026-01-02T20:15:02.000Z', level: 'good' as const };
    const news = [{ ...entry, text: note('job.written') }];
    server.tell({ id: 'Lamp', news });
    server.tell({ id: 'Lamp', news });
    await part('.bk-log li:nth-child(3)').waitFor();
    assert.equal(await part('.bk-log li').count(), 3);
    assert.match(await texts('.bk-log li:nth-child(3)'), /✓ Good: Written/);
  });

  it('shows a failure as a card: what happened, why, what flash holds, what to do', async () => {
    server.end = () => ({ error: FAILURE });
    server.tell({ id: 'Lamp', job: null });
    await action('identify');
    await part('.bk-card-bad').waitFor();
    assert.equal(
      await texts('.bk-card-bad'),
      'That did not work No chip answered on /dev/ttyUSB0 within 60 s; nothing on it was changed. ' +
        'Most likely TX and RX are joined (90 % sure) What to do ' +
        'Join the grounds of adapter, module and supply; use short wires and 3.3 V levels. ' +
        'What flash holds now holds what was to be there: 0x011000–0x012FFF (8 KiB) ' +
        'holds parts of old and new: 0x013000–0x013FFF (4 KiB) BK_NO_LINK',
    );
    await holds('failure');
  });

  it('tells what a file is, and copies the template of its pins', async () => {
    await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await action('inspect');
    await chooseFile();
    const words = await texts('.bk-inspection');
    for (const fact of [
      'This is a dump of a whole flash',
      'Chip BK7231N',
      'Application oem_light 1.2.3',
      'Module CB2S',
      'Application: 0x011000–0x131FFF (1.1 MiB)',
    ])
      assert.ok(words.includes(fact), `${fact} is not in: ${words}`);
    await saying('Copy the template').click();
    await saying('Copied.').waitFor();
    const copied = await editor.page.evaluate(() => navigator.clipboard.readText());
    assert.deepEqual(JSON.parse(copied), INSPECTION.template);
    await holds('inspection');
  });

  it('writes nothing before its plan was seen and confirmed', async () => {
    server.end = ({ options }) => ({ result: { ...PLAN, verified: options?.dryRun !== true } });
    server.jobs.length = 0;
    await action('write');
    await chooseFile();
    await saying('Show the plan').click();
    await part('.bk-plan').waitFor();
    assert.equal(
      await texts('.bk-plan'),
      'Plan: write Nothing has been changed yet. Goes to Application: 0x011000–0x0A3FFF (588 KiB) ' +
        'Changes 512 KiB written, 76 KiB is there already Kept Bootloader, Calibration, MAC ' +
        'Backup All of flash is read into a file first. No backup, no change. ' +
        'Takes about 35 s, and some minutes for the backup',
    );
    assert.deepEqual(
      server.jobs.map(({ options }) => options?.dryRun),
      [true],
    );
    await holds('plan');
    await saying('Write now').click();
    await part('.bk-task .bk-card-good').waitFor();
    assert.deepEqual(
      server.jobs.map(({ options }) => options?.dryRun ?? false),
      [true, false],
    );
    const [plan, change] = server.jobs;
    assert.deepEqual({ ...change?.options, dryRun: true }, plan?.options);
    assert.equal(change?.image, 'held');
  });

  it('writes a firmware by its name: the plan says which file of which version, and that one is written', async () => {
    const release = {
      release: 'openbeken',
      version: '1.18.298',
      file: 'OpenBK7231N_QIO_1.18.298.bin',
      path: '/data/bk-firmware/OpenBK7231N_QIO_1.18.298.bin',
      sha256: 'cd'.repeat(32),
      published: true,
      from: 'server',
    };
    const pins = { 24: { role: 'PWM', channel: 1 }, 26: { role: 'Btn', channel: 0 } };
    server.end = ({ options }) => ({
      result: {
        ...PLAN,
        verified: options?.dryRun !== true,
        release,
        openbeken: { offset: 0x1d1000, pins },
      },
    });
    server.jobs.length = 0;
    await action('write');
    await part('.bk-task').getByRole('button', { name: 'OpenBeken', exact: true }).click();
    await part('.bk-openbeken >> text=Set up OpenBeken').click();
    await part('.bk-openbeken').getByLabel('Wi-Fi name').fill(' home ');
    const password = part('.bk-openbeken').getByLabel('Wi-Fi password');
    assert.equal(await password.getAttribute('type'), 'password');
    await password.fill(' with blanks ');
    await saying('MQTT', true).click();
    await part('.bk-openbeken').getByLabel('MQTT server').fill('192.168.1.2');
    await part('.bk-openbeken').getByLabel('MQTT port').fill('many');
    await saying('More settings').click();
    await holds('release');
    await saying('Show the plan').click();
    assert.match(await texts('.bk-wrong'), /MQTT port: a number/);
    assert.deepEqual(server.jobs, []);
    await part('.bk-openbeken').getByLabel('MQTT port').fill('1884');
    await part('.bk-settings').getByLabel('Release server').fill('https://mirror.example');
    await saying('Show the plan').click();
    await part('.bk-plan').waitFor();
    const plan = await texts('.bk-plan');
    for (const fact of [
      'Firmware OpenBeken 1.18.298',
      'File OpenBK7231N_QIO_1.18.298.bin (fetched)',
      `SHA-256 ${'cd'.repeat(32)} (as it was published)`,
      'Pins P24 PWM1, P26 Btn0',
    ])
      assert.ok(plan.includes(fact), `${fact} is not in: ${plan}`);
    await holds('release-plan');
    await saying('Back').last().click();
    // What was typed is still there.
    assert.equal(await part('.bk-openbeken').getByLabel('Wi-Fi name').inputValue(), ' home ');
    await saying('Show the plan').click();
    await saying('Write now').click();
    await part('.bk-task .bk-card-good').waitFor();
    assert.match(await texts('.bk-task .bk-card-good'), /Firmware OpenBeken 1\.18\.298/);
    const openbeken = {
      ssid: 'home',
      password: ' with blanks ',
      mqttHost: '192.168.1.2',
      mqttPort: 1884,
      pins: 'tuya',
    };
    const asked = {
      source: 'release',
      release: 'openbeken',
      releaseServer: 'https://mirror.example',
      openbeken,
    };
    assert.deepEqual(
      server.jobs.map(({ image, options }) => {
        const { source, release, releaseServer, openbeken, releaseVersion, dryRun } = options ?? {};
        return [image, { source, release, releaseServer, openbeken }, releaseVersion, dryRun];
      }),
      [
        [undefined, asked, '', true],
        [undefined, asked, '', true],
        [undefined, asked, '1.18.298', undefined],
      ],
    );
  });

  it('leaves the chip alone when its person goes back', async () => {
    server.jobs.length = 0;
    await action('erase');
    await saying('Show the plan').click();
    await part('.bk-plan').waitFor();
    await saying('Back').last().click();
    await saying('Show the plan').waitFor();
    assert.deepEqual(
      server.jobs.map(({ options }) => options?.dryRun),
      [true],
    );
    await holds('erase');
  });

  it('refuses a range that is no range before it asks anybody', async () => {
    server.jobs.length = 0;
    await part('.bk-field select').first().selectOption('range');
    await saying('Show the plan').click();
    assert.match(await texts('.bk-wrong'), /Offset: a number of bytes/);
    assert.deepEqual(server.jobs, []);
  });

  it('offers the newest backup of this very chip for its rescue', async () => {
    const backup = { size: 0x200000, chip: 'BK7231N' };
    server.answers['GET devices/Lamp/backups'] = [
      { ...backup, filename: 'other.bin', at: '2026-01-03T00:00:00Z', mac: 'c8:47:8c:99:99:99' },
      { ...backup, filename: 'newest.bin', at: '2026-01-02T00:00:00Z', mac: CHIP.mac },
      { ...backup, filename: 'older.bin', at: '2026-01-01T00:00:00Z', mac: CHIP.mac },
    ];
    server.jobs.length = 0;
    await action('rescue');
    await part('fieldset').waitFor();
    assert.doesNotMatch(await texts('fieldset'), /other\.bin/);
    await holds('rescue');
    await saying('Show the plan').click();
    await part('.bk-plan').waitFor();
    assert.deepEqual(
      server.jobs.map(({ operation }) => operation),
      ['connect', 'write'],
    );
    assert.equal(server.jobs[1]?.options?.filename, 'newest.bin');
    assert.match(await texts('.bk-plan'), /There is one of this chip: .*newest\.bin/);
  });

  it('has what is left on a chip tell its backup where the MAC is gone, and lists those that may be its own', async () => {
    server.tell({ id: 'Lamp', chip: { ...CHIP, mac: null } });
    server.jobs.length = 0;
    const candidate = (file: string, mac: unknown) =>
      note('backup.candidate', { file, mac, date: '2026-01-02T00:00:00Z' });
    const several = note('backup.severalFit', {
      port: '/dev/ttyLamp',
      candidates: [candidate('one.bin', 'c8:47:8c:00:00:01'), candidate('two.bin', CHIP.mac)],
    });
    server.end = ({ operation, options }) => {
      if (operation === 'connect') return { result: CHIP };
      if (options?.filename === undefined)
        return { error: { ...FAILURE, code: 'BK_BAD_SETTING', message: several, state: null } };
      return { result: { ...PLAN, verified: options.dryRun !== true } };
    };
    await action('rescue');
    await part('fieldset').waitFor();
    assert.match(await texts('.bk-card-bad'), /backups of several devices fit it.*one\.bin/);
    assert.equal(await part('fieldset input:checked').count(), 0);
    await holds('rescue-choice');
    await part('fieldset').getByText('two.bin').click();
    await saying('Show the plan').click();
    await saying('Write now').click();
    await part('.bk-task .bk-card-good').waitFor();
    assert.deepEqual(
      server.jobs.map(({ options }) => [
        options?.source ?? null,
        options?.filename ?? null,
        options?.part ?? null,
        options?.dryRun ?? false,
      ]),
      [
        [null, null, null, false],
        ['backup', null, null, true],
        ['backup', 'two.bin', null, true],
        ['backup', 'two.bin', null, false],
      ],
    );
    server.tell({ id: 'Lamp', chip: CHIP });
  });

  it('says where there is no backup of a chip, and what to do with one from elsewhere', async () => {
    server.jobs.length = 0;
    server.answers['GET devices/Lamp/backups'] = [];
    const none = note('backup.noneOfChip', { folder: '/data/bk-backups', port: '/dev/ttyLamp' });
    server.end = ({ operation }) =>
      operation === 'connect' ? { result: CHIP } : { error: { ...FAILURE, message: none } };
    await action('rescue');
    await saying('press “Write…” and choose it').waitFor();
    assert.match(await texts('.bk-card-bad'), /There is no whole backup of this chip/);
  });

  it('says in words what the line carries while the wiring is tested', async () => {
    server.end = () => null;
    await action('listen');
    const listening = { ...JOB, operation: 'listen', phase: 'link', by: 'sidebar' as const };
    for (const [line, code, words] of [
      ['echo', 'hearEcho', /bytes come back/],
      ['silence', 'hearSilence', /stays silent/],
    ] as const) {
      const message = note(`diagnosis.${code}`);
      server.tell({ id: 'Lamp', job: { ...listening, line, message } });
      await part('.bk-heard').filter({ hasText: words }).waitFor();
    }
    await holds('listen');
    server.tell({ id: 'Lamp', job: null });
  });

  it('goes from lamp to lamp by itself, and saves the table', async () => {
    let lamp = 0;
    server.jobs.length = 0;
    server.end = ({ operation, options }) => {
      if (operation === 'connect') {
        // The third time the second lamp is still there; then nobody comes any more.
        lamp += 1;
        if (lamp > 3) return null;
        const mac = `c8:47:8c:00:00:0${Math.min(lamp, 2)}`;
        server.tell({ id: 'Plug', chip: { ...CHIP, mac } });
        return { result: CHIP };
      }
      const verified = options?.dryRun !== true;
      const backup = verified ? '/data/bk-backups/a.bin' : null;
      return { result: { ...PLAN, verified, backup } };
    };
    await part('.bk-device >> text=Plug').click();
    await saying('Evening of lamps').click();
    await chooseFile();
    await saying('Begin').click();
    await saying('Write this to all lamps like it').click();
    await part('.bk-lamps tbody tr:nth-child(2)').waitFor();
    assert.equal(await texts('.bk-lamps [role=status]'), 'Done: 2 of 2');
    assert.match(await texts('.bk-next'), /plug in the next one/);
    // One plan for both, as they are alike.
    const dry = server.jobs.filter(({ options }) => options?.dryRun === true);
    assert.equal(dry.length, 1);
    await holds('evening');
    const coming = editor.page.waitForEvent('download');
    await saying('Save as CSV').click();
    assert.match((await coming).suggestedFilename(), /^lamps-[\d-]+\.csv$/);
    await saying('Stop').click();
    assert.equal(await part('.bk-picker').count(), 1);
    await part('.bk-mode >> text=One device').click();
  });

  it('has no error in its console', () => assert.deepEqual(editor.errors, []));
});
