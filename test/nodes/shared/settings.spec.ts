import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

import { FakeEngine } from '../../support/fake-engine';
import { type Message, useNodeRed, userDir } from '../../support/flow';
import { askedOfEngine, refusedBy } from '../../support/one-node';

describe('settings and messages', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  const asked = (type: string, settings: object, msg?: Message, device?: object) =>
    askedOfEngine(engine, type, settings, msg, device);
  const refused = (type: string, settings: object, msg?: Message, device?: object) =>
    refusedBy(engine, type, settings, msg, device);

  it('have defaults wherever a flow file leaves them out', async () => {
    const { settings } = await asked('bk-connect', {});
    assert.deepEqual(settings, {
      port: '/dev/ttyTEST0',
      chip: 'auto',
      baud: 'auto',
      reset: 'auto',
      linkTimeout: 60,
      idle: 10,
      after: 'reboot',
    });
  });

  it('reach the device, also as the text that forms and environment variables give', async () => {
    const { settings } = await asked(
      'bk-connect',
      {},
      {},
      {
        name: 'bench',
        port: ' COM4 ',
        chip: 'BK7238',
        baud: '921600',
        reset: 'rts-inverted',
        linkTimeout: '5',
        idle: '0',
        after: 'leave',
      },
    );
    assert.deepEqual(settings, {
      name: 'bench',
      port: 'COM4',
      chip: 'BK7238',
      baud: 921_600,
      reset: 'rts-inverted',
      linkTimeout: 5,
      idle: 0,
      after: 'leave',
    });
  });

  for (const [name, chip] of [
    ['T2', 'BK7231N'],
    ['bl2028n', 'BK7231N'],
    ['t5', 'BK7258'],
  ] as const) {
    it(`take ${name} for ${chip}, as people know it`, async () => {
      const { settings } = await asked('bk-connect', {}, {}, { chip: name });
      assert.equal(settings.chip, chip);
    });
  }

  for (const [setting, value] of Object.entries({
    chip: 'ESP32',
    baud: 'fast',
    reset: 'cen',
    linkTimeout: 0,
    idle: -1,
    after: 'explode',
  })) {
    it(`of the device are refused when ${setting} is ${JSON.stringify(value)}`, async () => {
      const error = await refused('bk-connect', {}, {}, { [setting]: value });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.ok(error.message.includes(`"${setting}"`) && error.message.includes(String(value)));
    });
  }

  for (const [setting, value] of Object.entries({
    baud: [921_600],
    linkTimeout: [5],
    idle: [],
    name: { text: 'bench' },
  })) {
    it(`of the device are refused when ${setting} is ${JSON.stringify(value)}`, async () => {
      const error = await refused('bk-connect', {}, {}, { [setting]: value });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.match(error.message, new RegExp(`"${setting}" is (a list|an object).*not begun`));
    });
  }

  it('of the device may be fractions of a second', async () => {
    const { settings } = await asked('bk-connect', {}, {}, { linkTimeout: 1.5, idle: '0.5' });
    assert.equal(settings.linkTimeout, 1.5);
    assert.equal(settings.idle, 0.5);
  });

  it('want a device', async () => {
    const error = await refused('bk-connect', { device: 'gone' });
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /No device/);
  });

  it('want a port', async () => {
    const error = await refused('bk-connect', {}, {}, { port: '' });
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /no port/);
    assert.ok(error.cause.advice.length > 0);
  });

  it('name no file elsewhere for a simulated chip', async () => {
    const inside = `sim://bk7231n?seed=5&flash=${path.join(userDir, 'dump.bin')}`;
    const { settings } = await asked('bk-connect', {}, { port: inside });
    assert.equal(settings.port, inside);
  });

  for (const query of ['flash=/etc/passwd', 'seed=1&FLASH=%2Fetc%2Fpasswd', 'flash=../x']) {
    it(`refuse the port sim://bk7231n?${query} from a message`, async () => {
      const error = await refused('bk-connect', {}, { port: ` SIM://bk7231n?${query}` });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.match(error.message, /msg\.port names the file .*outside of/);
    });
  }

  describe('of bk-read', () => {
    it('default to all of flash, as a Buffer', async () => {
      const { operation, options } = await asked('bk-read', {});
      assert.equal(operation, 'read');
      assert.deepEqual(options, { memory: 'flash', offset: 0 });
    });

    it('default to the backup folder, all backups, incremental', async () => {
      const { options } = await asked('bk-read', { output: 'file' });
      assert.deepEqual(options.file, {
        folder: path.join(userDir, 'bk-backups'),
        filename: '',
        keep: 0,
        keepDays: 0,
        keepFirst: true,
        incremental: true,
        fileMode: 'owner',
      });
    });

    it('are read as people type them', async () => {
      const { options } = await asked('bk-read', {
        memory: 'efuse',
        offset: '0x1000',
        length: '64K',
        output: 'file',
        folder: path.resolve('/mnt/backups'),
        filename: 'a.bin',
        keep: '14',
        keepDays: ' 30 ',
        keepFirst: false,
        incremental: false,
        fileMode: 'group',
      });
      assert.deepEqual(options, {
        memory: 'efuse',
        offset: 0x1000,
        length: 65_536,
        file: {
          folder: path.resolve('/mnt/backups'),
          filename: 'a.bin',
          keep: 14,
          keepDays: 30,
          keepFirst: false,
          incremental: false,
          fileMode: 'group',
        },
      });
    });

    for (const memory of ['flash', 'rom', 'efuse', 'otp']) {
      it(`name the memory: ${memory}`, async () => {
        assert.deepEqual((await asked('bk-read', { memory })).options, { memory, offset: 0 });
      });
    }

    it('yield to the message', async () => {
      const { options } = await asked(
        'bk-read',
        { offset: '4K', length: '4K', output: 'file', filename: 'a.bin' },
        { offset: 0, length: '0x2000', filename: 'b.bin' },
      );
      assert.equal(options.offset, 0);
      assert.equal(options.length, 0x2000);
      assert.equal(options.file.filename, 'b.bin');
    });

    for (const [name, settings, msg] of [
      ['offset', {}, { offset: 'start' }],
      ['offset', {}, { offset: -4096 }],
      ['offset', { offset: '12 apples' }, {}],
      ['length', {}, { length: [4096] }],
      ['offset', {}, { offset: '0x' }],
      ['offset', {}, { offset: true }],
      ['offset', {}, { offset: {} }],
      ['offset', {}, { offset: 1.5 }],
      ['keep', { output: 'file', keep: -1 }, {}],
      ['keepDays', { output: 'file', keepDays: '0.5' }, {}],
      ['keepFirst', { output: 'file', keepFirst: 'the oldest' }, {}],
      ['keep', { output: 'file', keep: 1.5 }, {}],
      ['keep', { output: 'file', keep: '2.5' }, {}],
      ['keep', { output: 'file', keep: [] }, {}],
      ['keep', { output: 'file', keep: 1e300 }, {}],
      ['memory', { memory: ['flash'] }, {}],
      ['keep', { output: 'file', keep: 'all' }, {}],
      ['incremental', { output: 'file', incremental: 'maybe' }, {}],
      ['fileMode', { output: 'file', fileMode: '0644' }, {}],
      ['output', { output: 'printer' }, {}],
      ['filename', { output: 'file' }, { filename: Buffer.from('x') }],
      ['port', {}, { port: 5 }],
    ] as const) {
      it(`name ${name} when it is wrong: ${JSON.stringify({ ...settings, ...msg })}`, async () => {
        const error = await refused('bk-read', settings, msg);
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.ok(error.message.includes(`"${name}"`), error.message);
        assert.match(error.message, /the job was not begun/);
        assert.ok(error.cause.advice.length > 0);
      });
    }

    it('are not shown whole, or with line breaks', async () => {
      const error = await refused('bk-read', {}, { offset: `a\nb${'x'.repeat(1000)}` });
      assert.match(error.message, /"a\\nbx{10,60}…/);
      assert.ok(!error.message.includes('\n'));
    });

    it('show what was given', async () => {
      const error = await refused('bk-read', {}, { offset: 'start' });
      assert.ok(error.message.includes('"start"'));
    });
  });

  describe('of bk-write', () => {
    const payload = Buffer.from([1, 2, 3]);

    it('default to the safe way', async () => {
      const { operation, options } = await asked('bk-write', {}, { payload });
      assert.equal(operation, 'write');
      assert.deepEqual(options, {
        image: payload,
        offset: 'auto',
        part: 'image',
        backup: { mode: 'once', folder: path.join(userDir, 'bk-backups') },
        unchanged: 'skip',
        bootloader: 'keep',
        anyImage: false,
        dryRun: false,
      });
    });

    it('are all handed on', async () => {
      const { options } = await asked(
        'bk-write',
        {
          offset: '0x11000',
          part: 'app',
          skip: '4K',
          length: '8K',
          backup: 'never',
          unchanged: 'rewrite',
          bootloader: 'replace',
          anyImage: true,
          dryRun: 'true',
          startCheck: 'true',
        },
        { payload },
      );
      assert.deepEqual(options, {
        image: payload,
        offset: 0x11000,
        part: 'app',
        skip: 4096,
        length: 8192,
        backup: { mode: 'never', folder: path.join(userDir, 'bk-backups') },
        unchanged: 'rewrite',
        bootloader: 'replace',
        anyImage: true,
        dryRun: true,
        startCheck: true,
      });
    });

    it('name a release', async () => {
      const folder = path.join(userDir, 'bk-firmware');
      const newest = await asked('bk-write', { source: 'release' }, {});
      assert.deepEqual(newest.options.image, {
        release: 'openbeken',
        version: 'newest',
        server: 'https://api.github.com',
        folder,
      });
    });

    it('take the release from the message, but not where it is fetched from', async () => {
      const folder = path.join(userDir, 'bk-firmware');
      const { options } = await asked(
        'bk-write',
        { source: 'release', releaseServer: ' http://mirror ', releaseVersion: '1.0' },
        { release: 'kickstart', releaseVersion: 'v25.12.05', releaseServer: 'http://evil' },
      );
      assert.deepEqual(options.image, {
        release: 'kickstart',
        version: 'v25.12.05',
        server: 'http://mirror',
        folder,
      });
    });

    it("name the chip's own backup, and its folder", async () => {
      const { options } = await asked(
        'bk-write',
        { source: 'backup', folder: 'elsewhere' },
        { filename: 'x.bin' },
      );
      assert.deepEqual(options.image, {
        backups: path.join(userDir, 'elsewhere'),
        filename: 'x.bin',
      });
    });

    it('take a copy of the image, which other branches of the flow may change', async () => {
      const image = Buffer.from([1, 2, 3]);
      const { options } = await asked('bk-write', {}, { payload: image });
      image.fill(0);
      assert.deepEqual(options.image, payload);
    });

    it('take a Uint8Array', async () => {
      const { options } = await asked('bk-write', {}, { payload: new Uint8Array([1, 2, 3]) });
      assert.deepEqual(options.image, payload);
      assert.ok(Buffer.isBuffer(options.image));
    });

    for (const wrong of ['text', 5, null, undefined, [1, 2], { data: [1] }]) {
      it(`refuse ${JSON.stringify(wrong)} as an image, and say what to do`, async () => {
        const error = await refused('bk-write', {}, { payload: wrong });
        assert.equal(error.code, 'BK_BAD_IMAGE');
        assert.match(error.cause.advice.join(), /read file/);
      });
    }

    it('take bytes that a function node made', async () => {
      const made = vm.runInNewContext('new Uint8Array([1, 2, 3])');
      const { options } = await asked('bk-write', {}, { payload: made });
      assert.deepEqual(options.image, payload);
    });

    it('leave out what the form hides', async () => {
      const settings = { offset: 'auto', skip: '4K', length: '8K' };
      const { options } = await asked('bk-write', settings, { payload });
      assert.equal(options.offset, 'auto');
      assert.ok(!('skip' in options) && !('length' in options));
    });

    it('take the configuration of OpenBeken out of the message, as a copy', async () => {
      const openbeken = { ssid: 'home', pins: { 26: 'Rel;1' } };
      const { options } = await asked('bk-write', { openbeken: true }, { payload, openbeken });
      openbeken.ssid = 'changed';
      openbeken.pins[26] = 'changed';
      assert.deepEqual(options.openbeken, { ssid: 'home', pins: { 26: 'Rel;1' } });
    });

    it('leave it alone unless it is asked for', async () => {
      const { options } = await asked('bk-write', {}, { payload, openbeken: { ssid: 'home' } });
      assert.equal(options.openbeken, undefined);
    });

    for (const wrong of [undefined, null, 'hunter2', 5, ['x']]) {
      it(`refuse ${JSON.stringify(wrong)} as such a configuration`, async () => {
        const message = { payload, openbeken: wrong };
        const error = await refused('bk-write', { openbeken: true }, message);
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.match(error.message, /msg\.openbeken/);
        assert.ok(!error.message.includes('"x"') && !error.message.includes('hunter2'));
      });
    }

    it('may name any file', async () => {
      const filename = path.resolve('/images/fw.rbl');
      const { options } = await asked('bk-write', { source: 'file', filename });
      assert.deepEqual(options.image, { path: filename });
    });

    it('take a name from the message inside the user folder', async () => {
      const { options } = await asked(
        'bk-write',
        { source: 'file', filename: path.resolve('/images/fw.rbl') },
        { filename: 'bk-backups/x.bin' },
      );
      assert.deepEqual(options.image, { path: path.join(userDir, 'bk-backups', 'x.bin') });
    });

    it('take a name from the message beside the file that the setting names', async () => {
      const { options } = await asked(
        'bk-write',
        { source: 'file', filename: path.resolve('/images/fw.rbl') },
        { filename: path.resolve('/images/other.rbl') },
      );
      assert.deepEqual(options.image, { path: path.resolve('/images/other.rbl') });
    });

    it('take a name from the message in the folder that the setting names', async () => {
      mkdirSync(path.join(userDir, 'sub'));
      const { options } = await asked(
        'bk-write',
        { source: 'file', filename: 'sub' },
        { filename: 'sub/..fw.bin' },
      );
      assert.deepEqual(options.image, { path: path.join(userDir, 'sub', '..fw.bin') });
    });

    for (const filename of ['../x.bin', '/etc/passwd', 'a/../../x.bin', '.', '/images/../x.bin']) {
      it(`refuse the name ${filename} from a message`, async () => {
        const settings = { source: 'file', filename: path.resolve('/images/fw.rbl') };
        const error = await refused('bk-write', settings, { filename });
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.ok(error.message.includes(filename));
      });
    }

    for (const filename of ['', 'fw.rbl']) {
      it(`say which name was asked for, and name each folder once: "${filename}"`, async () => {
        const error = await refused('bk-write', { source: 'file', filename }, { filename: '../x' });
        const outside = `msg.filename is "../x", which lies outside of ${userDir}; the job`;
        assert.ok(error.message.includes(outside), error.message);
      });
    }

    for (const filename of ['a\0b', 'a\nb']) {
      it(`refuse a name that no file has: ${JSON.stringify(filename)}`, async () => {
        const error = await refused('bk-write', { source: 'file' }, { filename });
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.match(error.message, /"a\\(u0000|n)b".*cannot be printed/);
      });
    }

    for (const filename of ['a\0b', 'x'.repeat(300)]) {
      it(`leave what is wrong with the name ${JSON.stringify(filename)} to the engine`, async () => {
        const { options } = await asked('bk-write', { source: 'file', filename });
        assert.deepEqual(options.image, { path: path.join(userDir, filename) });
      });
    }

    it('want a file', async () => {
      const error = await refused('bk-write', { source: 'file' });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.match(error.message, /msg\.filename/);
    });

    it('want a file where the setting names a folder', async () => {
      const error = await refused('bk-write', { source: 'file', filename: '.' });
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.match(error.message, /folder/);
    });
  });

  describe('of bk-erase', () => {
    const safe = () => ({
      calibration: 'keep',
      bootloader: 'keep',
      backup: { mode: 'once', folder: path.join(userDir, 'bk-backups') },
    });

    it('default to the application, whatever range the message carries', async () => {
      const { operation, options } = await asked('bk-erase', {}, { offset: 0, length: 4096 });
      assert.equal(operation, 'erase');
      assert.deepEqual(options, { region: 'app', ...safe() });
    });

    it('are all handed on', async () => {
      const { options } = await asked('bk-erase', {
        region: 'all',
        calibration: 'erase',
        bootloader: 'erase',
        backup: 'always',
      });
      assert.deepEqual(options, {
        region: 'all',
        calibration: 'erase',
        bootloader: 'erase',
        backup: { mode: 'always', folder: path.join(userDir, 'bk-backups') },
      });
    });

    it('take a range, which the message may give', async () => {
      const settings = { region: 'range', offset: '0x1000', length: '4K' };
      const { options } = await asked('bk-erase', settings, { offset: '64K' });
      assert.deepEqual(options, { region: 'range', offset: 65_536, length: 4096, ...safe() });
    });

    for (const missing of ['offset', 'length']) {
      it(`do not guess a missing ${missing}`, async () => {
        const settings = { region: 'range', offset: '0', length: '4K', [missing]: '' };
        const error = await refused('bk-erase', settings);
        assert.equal(error.code, 'BK_BAD_SETTING');
        assert.ok(error.message.includes(`"${missing}"`));
      });
    }
  });
});
