import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { ChipName, ErrorCode, OpenBekenOptions, WriteOptions } from '../../../src';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import { scratchFolder, sum, testDevice } from '../../support/bench-device';
import { container, flashImage, openBekenTexts, TUYA_TEXTS } from '../../support/images';
import { rejection } from '../../support/rejects';
import { openBeken, TUYA_KINDS, tuyaChip, withoutParam } from '../../support/tuya-device';
import { SECRETS, type TuyaValues } from '../../support/tuya-storage';

const [N] = TUYA_KINDS;

const SETTINGS: OpenBekenOptions = {
  ssid: 'home',
  password: 'correct horse',
  mqttHost: '192.0.2.7',
  name: 'Lamp in the hall',
  shortName: 'lamp1',
};

/** As `PLUG_PARAM` says. */
const PLUG_PINS = {
  6: { role: 'BL0937CF1', channel: 0 },
  7: { role: 'BL0937CF', channel: 0 },
  8: { role: 'WifiLED_n', channel: 0 },
  10: { role: 'Btn', channel: 1 },
  26: { role: 'Rel', channel: 1 },
};

describe("a device with Tuya's firmware becomes one with OpenBeken in one job", function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);
  const once = () => ({ mode: 'once', folder: folder() }) as const;

  for (const kind of TUYA_KINDS) {
    it(`firmware, settings and pins on ${kind.chip}`, async () => {
      const { device, chip } = tuyaChip(kind);
      const before = Buffer.from(chip.flash);
      const phases = new Set<string>();
      const { payload, facts } = await device.write(
        { image: openBeken(kind), openbeken: { ...SETTINGS, pins: 'tuya' }, backup: once() },
        { onProgress: ({ phase }) => phases.add(phase) },
      );
      assert.equal(payload.verified, true);
      assert.ok(payload.backup && readFileSync(payload.backup).equals(before));
      const beside = readFileSync(`${payload.backup}.json`, 'utf8');
      const { inspection } = JSON.parse(beside);
      assert.equal(inspection.kind, 'dump');
      assert.equal(inspection.mac, '02:00:00:ab:cd:ef');
      assert.equal(inspection.template.pins[26], 'Rel;1');
      assert.equal(inspection.tuya.module, 'CB2S');
      assert.equal(inspection.openbeken, null);
      assert.ok(inspection.partitions.some(({ name }: { name: string }) => name === 'tuya'));
      for (const secret of SECRETS) assert.ok(!beside.includes(secret), secret);
      // What the backup has just read need not be compared by the chip again.
      assert.deepEqual(
        [...phases].filter((phase) => !['open', 'link', 'identify'].includes(phase)),
        ['backup', 'erase', 'write', 'verify'],
      );

      const config = readOpenBekenConfig(
        chip.flash.subarray(kind.config, kind.config + 0x1000),
        kind.chip,
      );
      assert.ok(config !== null);
      const { ssid, password, mqttHost, name, shortName, mac, pins } = config;
      assert.deepEqual({ ssid, password, mqttHost, name, shortName }, SETTINGS);
      assert.equal(mac, '02:00:00:ab:cd:ef');
      for (const [gpio, pin] of Object.entries(PLUG_PINS)) assert.deepEqual(pins[gpio], pin);
      assert.deepEqual(payload.openbeken, { offset: kind.config, pins });
      assert.ok(payload.regions.some(({ offset }) => offset === kind.config));

      // Nothing else: the calibration and Tuya's storage stay.
      const wanted = Buffer.from(before);
      container({ key: kind.key, texts: openBekenTexts(kind.chip), length: 0x9000 }).copy(
        wanted,
        BOOTLOADER_END,
      );
      chip.flash.copy(wanted, kind.config, kind.config, kind.config + 0x1000);
      if (kind.wanted !== undefined) {
        before.copy(wanted, kind.wanted, kind.calibration, kind.calibration + 0x1000);
        assert.match(facts.warnings.join(' '), /copied there from 0x1e3000/);
      }
      assert.ok(chip.flash.equals(wanted));
      assert.equal((await device.connect()).payload.mac, '02:00:00:ab:cd:ef');
      assert.equal(chip.counters.bootloaderTouches, 0);
      await device.close();
    });
  }

  it('a second time: what is not set stays, and the backup is found', async () => {
    const { device, chip } = tuyaChip(N);
    const image = openBeken(N);
    const first = await device.write({
      image,
      openbeken: { ...SETTINGS, pins: 'tuya' },
      backup: once(),
    });
    const { payload, facts } = await device.write({
      image,
      openbeken: { ssid: 'new', pins: 'tuya' },
      backup: once(),
    });
    assert.equal(payload.backup, first.payload.backup);
    assert.equal(readdirSync(folder()).filter((name) => name.endsWith('.bin')).length, 1);
    const config = readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000));
    assert.equal(config?.ssid, 'new');
    assert.equal(config?.password, SETTINGS.password);
    assert.deepEqual(config?.pins, first.payload.openbeken?.pins);
    assert.equal(payload.bytesWritten, 0x1000);
    assert.match(facts.warnings.join(' '), /already/);
    await device.close();
  });

  it('with a new password for the network that is there', async () => {
    const { device, chip } = tuyaChip(N);
    buildOpenBekenConfig({ ssid: 'home', password: 'old' }).copy(chip.flash, 0x1d1000);
    await device.write({ image: openBeken(N), openbeken: { password: 'new', pins: {} } });
    const config = readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000));
    assert.deepEqual([config?.ssid, config?.password], ['home', 'new']);
    await device.close();
  });

  it('with pins by hand, and without any backup', async () => {
    const { device, chip } = tuyaChip(N);
    const pins = { 26: 'Rel;1', 10: { role: 'Btn', channel: 1 } };
    const { payload } = await device.write({
      image: openBeken(N),
      openbeken: { ssid: 'home', pins },
    });
    assert.equal(payload.backup, null);
    const config = readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000));
    assert.deepEqual(config?.pins, {
      10: { role: 'Btn', channel: 1 },
      26: { role: 'Rel', channel: 1 },
    });
    await device.close();
  });

  it('sets the command that the hardware needs, unless one is given', async () => {
    const lamp =
      '{jv:1.0.6,module:CB3L,iicscl:24,iicsda:26,ehccur:20,ehwcur:50,iicr:2,iicg:1,iicb:0,iicc:4,iicw:3,}';
    for (const startCommand of [undefined, 'SetFlag 1 1']) {
      const { device, chip } = tuyaChip(N, withoutParam({ user_param_key: `${lamp}\0` }));
      const openbeken = { pins: 'tuya' as const, ...(startCommand ? { startCommand } : {}) };
      await device.write({
        image: openBeken(N),
        openbeken,
        backup: { mode: 'always', folder: folder() },
      });
      const config = readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000));
      assert.equal(config?.pins[24]?.role, 'SM2135CLK');
      assert.match(
        config?.startCommand ?? '',
        startCommand ? /^SetFlag 1 1$/ : /SM2135_Current 20 50/,
      );
      await device.close();
    }
  });

  it('plans it all on a dry run', async () => {
    const { device, chip } = tuyaChip(N);
    const before = Buffer.from(chip.flash);
    const { payload, facts } = await device.write({
      image: openBeken(N),
      openbeken: { ...SETTINGS, pins: 'tuya' },
      backup: once(),
      dryRun: true,
    });
    assert.ok(chip.flash.equals(before));
    assert.equal(payload.verified, false);
    assert.ok(payload.regions.some(({ offset }) => offset === 0x1d1000));
    assert.match(facts.warnings.join(' '), /dry run/);
    await device.close();
  });

  it('plans with the pins of a backup that is there, where the write would take that one', async () => {
    const { device } = tuyaChip(N);
    await device.read({ file: { folder: folder() } });
    const openbeken = { ...SETTINGS, pins: 'tuya' } as const;
    const plan = (mode: 'once' | 'always') =>
      device.write({
        image: openBeken(N),
        openbeken,
        backup: { mode, folder: folder() },
        dryRun: true,
      });
    const there = await plan('once');
    for (const [gpio, pin] of Object.entries(PLUG_PINS))
      assert.deepEqual(there.payload.openbeken?.pins[gpio], pin);
    assert.equal(there.payload.backup, null);
    assert.doesNotMatch(there.facts.warnings.join(' '), /dry run/);
    const another = await plan('always');
    assert.deepEqual(another.payload.openbeken?.pins, {});
    assert.match(another.facts.warnings.join(' '), /dry run/);
    await device.close();
  });

  const none: [string, TuyaValues | null, RegExp][] = [
    [
      'another controller does the work',
      withoutParam({ baud_cfg: '{"baud":9600}\0' }),
      /TuyaMCU, 9600 baud/,
    ],
    [
      'the settings name no pin',
      withoutParam({ user_param_key: '{jv:1.0.1,module:CB3S,ch_num:0,category:kg,}\0' }),
      /module CB3S.*no pin/,
    ],
    ['it was never paired', { em_sys_env: '"bk7231n"\0' }, /never paired/],
    ['the storage has no settings', withoutParam(), /user_param_key/],
    ['there is no storage', null, /no storage/],
  ];
  for (const [why, values, says] of none) {
    it(`is refused before anything is erased where there are no pins: ${why}`, async () => {
      const { device, chip } = tuyaChip(N, values ?? {});
      if (values === null) chip.flash.fill(0xff, 0x1ee000);
      const before = Buffer.from(chip.flash);
      const error = await rejection(
        device.write({
          image: openBeken(N),
          openbeken: { ...SETTINGS, pins: 'tuya' },
          backup: once(),
        }),
        'BK_BAD_SETTING',
      );
      assert.match(error.message, says);
      assert.match(error.message, /nothing was changed/);
      assert.ok(error.cause.advice.length >= 2);
      assert.ok(chip.flash.equals(before));
      assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
      // The way back is there all the same.
      assert.equal(readdirSync(folder()).filter((name) => name.endsWith('.bin')).length, 1);
      await device.close();
    });
  }

  const app = container({ texts: TUYA_TEXTS.N, length: 0x9000 });
  const refused: [string, string, Partial<WriteOptions>, ErrorCode, RegExp][] = [
    [
      'pins out of a backup that is not made',
      'bk7231n',
      { openbeken: { pins: 'tuya' } },
      'BK_BAD_SETTING',
      /no backup is made/,
    ],
    [
      'another firmware',
      'bk7231n',
      { image: app, openbeken: SETTINGS },
      'BK_BAD_SETTING',
      /not OpenBeken/,
    ],
    [
      'a dump',
      'bk7231n',
      { image: flashImage(), openbeken: SETTINGS },
      'BK_BAD_SETTING',
      /not OpenBeken/,
    ],
    ['a part', 'bk7231n', { part: 'app', openbeken: SETTINGS }, 'BK_BAD_SETTING', /part app/],
    [
      'a name that is too long',
      'bk7231n',
      { openbeken: { ssid: 'x'.repeat(40) } },
      'BK_BAD_SETTING',
      /"ssid"/,
    ],
    [
      'a password without a network',
      'bk7231n',
      { openbeken: { password: 'secret-word' } },
      'BK_BAD_SETTING',
      /^(?!.*secret-word).*"password" has no network.*nothing was changed/,
    ],
    [
      'a setting that is none',
      'bk7231n',
      { openbeken: { sid: 'x' } as OpenBekenOptions },
      'BK_BAD_SETTING',
      /"sid"/,
    ],
    [
      'a role that is none',
      'bk7231n',
      { openbeken: { pins: { 3: 'Lamp;1' } } },
      'BK_BAD_SETTING',
      /pins\.3/,
    ],
    [
      'a GPIO that this chip has not',
      'bk7231n',
      { openbeken: { pins: { 40: 'Rel;1' } } },
      'BK_BAD_SETTING',
      /pins\.40/,
    ],
    [
      'a chip without a place for it',
      'bk7231q',
      {
        image: container({ key: 'none', texts: openBekenTexts('BK7231Q'), length: 0x9000 }),
        openbeken: SETTINGS,
      },
      'BK_BAD_SETTING',
      /BK7231Q/,
    ],
    [
      'firmware that would lie over it',
      'bk7231n',
      {
        image: openBeken(N),
        offset: 0x1d0000,
        skip: BOOTLOADER_END,
        length: 0x8000,
        openbeken: SETTINGS,
      },
      'BK_WRONG_IMAGE',
      /0x1d1000/,
    ],
  ];
  for (const [what, sim, options, code, says] of refused) {
    it(`is refused with ${what}`, async () => {
      const { device, chip } = testDevice(sim, { chip: sim.toUpperCase() as ChipName });
      const before = Buffer.from(chip.flash);
      const error = await rejection(device.write({ image: openBeken(N), ...options }), code);
      assert.match(error.message, says);
      assert.ok(chip.flash.equals(before));
      assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
      await device.close();
    });
  }

  it("puts Tuya's pins in the place of OpenBeken's, and leaves its command", async () => {
    const { device, chip } = tuyaChip(N);
    const old = { startCommand: 'SetFlag 2 1', pins: { 1: 'Rel;5' } };
    buildOpenBekenConfig(old).copy(chip.flash, 0x1d1000);
    await device.write({ image: openBeken(N), openbeken: { pins: 'tuya' }, backup: once() });
    const config = readOpenBekenConfig(chip.flash.subarray(0x1d1000, 0x1d2000));
    assert.equal(config?.pins[1], undefined);
    assert.deepEqual(config?.pins[26], { role: 'Rel', channel: 1 });
    assert.equal(config?.startCommand, 'SetFlag 2 1');
    await device.close();
  });
});
