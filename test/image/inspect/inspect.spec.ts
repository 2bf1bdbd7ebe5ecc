import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR } from '../../../src/chip/geometry';
import { BkError } from '../../../src/errors';
import { crc16 } from '../../../src/image/code/packets';
import { inspect } from '../../../src/image/inspect/inspect';
import type { Inspection } from '../../../src/image/inspect/inspect-types';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import { syntheticVectors } from '../../support/dump-vectors';
import { MARKERS, madeUpDump, packets } from '../../support/images';
import { rejection } from '../../support/rejects';
import {
  PAIRED,
  PLUG_PARAM,
  protectedSector,
  putUserFiles,
  SECRETS,
  type TuyaValues,
  tuyaStorage,
} from '../../support/tuya-storage';

const MIB = 1024 * 1024;

function tuyaDump(values: TuyaValues = PAIRED): Buffer {
  const dump = madeUpDump();
  protectedSector(values).copy(dump, 0x1ed000);
  tuyaStorage(values).copy(dump, 0x1ee000);
  return dump;
}

const OPENBEKEN = {
  ssid: 'secret-obkssid-0101',
  password: 'secret-obkpass-0102',
  ssid2: 'secret-obkssid-0103',
  password2: 'secret-obkpass-0104',
  mqttHost: 'broker.example.net',
  mqttUser: 'secret-user-0105',
  mqttPassword: 'secret-mqttpass-0106',
  webRoot: 'http://me:secret-web-0107@192.0.2.1/',
  startCommand:
    'startDriver BL0937\nPassword1 secret-cmd-0108; SetFlag 27 1\nbacklog MqttPassword secret-cmd-0109',
  name: 'Kitchen',
  shortName: 'plug1',
  pins: { 26: 'Rel;1', 10: 'Btn;1' },
};

describe('inspect', () => {
  it('says everything about a dump', async () => {
    const found = await inspect(tuyaDump());
    assert.equal(found.kind, 'dump');
    assert.equal(found.chip, 'BK7231N');
    assert.ok(found.chipEvidence.length > 2);
    assert.equal(found.size, 2 * MIB);
    assert.match(found.sha256, /^[0-9a-f]{64}$/);
    assert.equal(found.rotated, false);
    assert.equal(found.bootloader?.known, false);
    assert.match(found.bootloader?.crc ?? '', /^[0-9a-f]{8}$/);
    assert.equal(found.encryptionKey, 'tuya');
    assert.equal(found.mac, '02:00:00:ab:cd:ef');
    assert.deepEqual(found.rf, { offset: 0x1d0000, length: SECTOR });
    assert.deepEqual(
      found.partitions.map(({ name, offset, empty }) => [name, offset, empty]),
      [
        ['bootloader', 0, false],
        ['app', 0x11000, false],
        ['download', 0x12a000, true],
        ['rf', 0x1d0000, false],
        ['tuya', 0x1ee000, false],
      ],
    );
    assert.equal(found.tuya?.module, 'CB2S');
    assert.equal(found.tuya?.platform, 'bk7231n');
    assert.equal(found.tuya?.pinsFrom, 'storage');
    assert.equal(found.tuya?.userParam.rl1_pin, 26);
    assert.deepEqual(found.tuya?.pins[26], { role: 'Rel', channel: 1 });
    assert.deepEqual(found.tuya?.keys, Object.keys(PAIRED));
    assert.equal(found.tuya?.tuyaMcuBaud, null);
    assert.equal(found.openbeken, null);
    assert.deepEqual(found.template?.pins[26], 'Rel;1');
    assert.match(found.esphome ?? '', /relay_26/);
    assert.deepEqual(found.warnings, []);
  });

  it('has the fields of the contract for whatever it is given', async () => {
    const fields = [
      ...['kind', 'chip', 'chipEvidence', 'size', 'sha256', 'rotated', 'bootloader', 'app'],
      ...['encryptionKey', 'partitions', 'mac', 'rf', 'tuya', 'openbeken', 'template', 'warnings'],
    ];
    for (const bytes of [tuyaDump(), Buffer.from('x'), Buffer.alloc(MIB, 0xff)]) {
      const found = await inspect(bytes);
      for (const field of fields) assert.ok(field in found, field);
      assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    }
  });

  it('puts a rotated dump right', async () => {
    const dump = tuyaDump();
    const turned = Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]);
    const { warnings, warningCodes: _c, sha256, rotated, ...found } = await inspect(turned);
    const {
      warnings: _,
      warningCodes: ____,
      sha256: __,
      rotated: ___,
      ...expected
    } = await inspect(dump);
    assert.deepEqual(found, expected);
    assert.equal(rotated, true);
    assert.match(warnings.join(), /0x11000/);
    assert.notEqual(sha256, (await inspect(dump)).sha256);
  });

  const kinds: [string, Buffer, string, Partial<Inspection>][] = [
    ['a storage', tuyaStorage(), 'tuya-storage', { chip: 'BK7231N', mac: null, bootloader: null }],
    ['a stretch with a storage', tuyaDump().subarray(0x1ec000), 'tuya-storage', { rf: null }],
    ['a configuration', buildOpenBekenConfig(OPENBEKEN), 'openbeken-config', { tuya: null }],
    [
      'one without its end',
      buildOpenBekenConfig(OPENBEKEN).subarray(0, 3584),
      'openbeken-config',
      {},
    ],
    ['an application', packets(4000, MARKERS.tuyaApp), 'app', { encryptionKey: 'tuya', rf: null }],
    ['one in clear', packets(4000, MARKERS.clear), 'app', { encryptionKey: 'none' }],
    ['a bootloader', packets(2048, MARKERS.tuyaBootloader), 'bootloader', { app: null }],
    ['code with another key', packets(4000), 'packets', { encryptionKey: 'other' }],
    [
      'a calibration sector',
      madeUpDump().subarray(0x1d0000, 0x1d1000),
      'calibration',
      { mac: '02:00:00:ab:cd:ef' },
    ],
    ['blank flash', Buffer.alloc(2 * MIB, 0xff), 'blank', { encryptionKey: null, partitions: [] }],
    ['text', Buffer.from('hello'), 'text', { tuya: null, template: null, esphome: null }],
  ];
  for (const [name, bytes, kind, facts] of kinds) {
    it(`takes ${name} for ${kind}`, async () => {
      const found = await inspect(bytes);
      assert.equal(found.kind, kind);
      assert.ok(found.description.length > 0);
      for (const [field, value] of Object.entries(facts))
        assert.deepEqual(found[field as keyof Inspection], value, field);
    });
  }

  it('tells the version of an update file, where this computer has one', async function () {
    const ug = syntheticVectors()?.tuya_ug.base64;
    if (ug === undefined) {
      console.log('      skipped: the vectors are not on this computer');
      return this.skip();
    }
    const { kind, app } = await inspect(Buffer.from(ug, 'base64'));
    assert.equal(kind, 'tuya-ug');
    assert.ok(app?.version);
  });

  it('finds pins in user files', async () => {
    const { user_param_key: _, ...values } = PAIRED;
    const dump = tuyaDump(values);
    putUserFiles(dump, { oem_cfg: PLUG_PARAM, log: 'x' });
    const { tuya } = await inspect(dump);
    assert.equal(tuya?.pinsFrom, 'user-file');
    assert.deepEqual(tuya?.pins[10], { role: 'Btn', channel: 1 });
    assert.deepEqual(tuya?.userFiles, { oem_cfg: PLUG_PARAM.length, log: 1 });
  });

  it('finds pins in the application, and says that they may be of another device', async () => {
    const code = Buffer.alloc(128 * 1024, 0);
    code.set(MARKERS.clear);
    code.write(`\0${PLUG_PARAM.replace('}', 'crc:5,}')}\0`, 0x2000, 'latin1');
    const { tuya, warnings } = await inspect(inPackets(code));
    assert.equal(tuya?.pinsFrom, 'app');
    assert.equal(tuya?.module, 'CB2S');
    assert.match(warnings.join(), /built in/);
  });

  it('knows devices that another controller runs', async () => {
    const { user_param_key: _, ...values } = PAIRED;
    const found = await inspect(tuyaDump({ ...values, baud_cfg: '{"baud":9600}\0' }));
    assert.equal(found.tuya?.tuyaMcuBaud, 9600);
    assert.equal(found.tuya?.pinsFrom, null);
    assert.deepEqual(found.tuya?.pins, {});
    assert.equal(found.template, null);
    assert.match(found.esphome ?? '', /tuya:/);
  });

  it('reads the configuration of OpenBeken, whose pins outrank those of Tuya', async () => {
    const dump = tuyaDump();
    buildOpenBekenConfig({ ...OPENBEKEN, pins: { 6: 'Rel;1' } }).copy(dump, 0x1d1000);
    const { openbeken, template } = await inspect(dump);
    assert.equal(openbeken?.offset, 0x1d1000);
    assert.equal(openbeken?.name, 'Kitchen');
    assert.deepEqual(openbeken?.pins, { 6: { role: 'Rel', channel: 1 } });
    assert.deepEqual(template?.pins, { 6: 'Rel;1' });
    const { openbeken: moved } = await inspect(
      Buffer.concat([Buffer.alloc(3 * SECTOR, 0x11), buildOpenBekenConfig(OPENBEKEN)]),
    );
    assert.equal(moved?.offset, 3 * SECTOR);
  });

  it('warns where module and bootloader name different chips', async () => {
    const param = PLUG_PARAM.replace('CB2S', 'WB2S');
    const found = await inspect(tuyaDump({ ...PAIRED, user_param_key: param }));
    assert.equal(found.chip, 'BK7231N');
    assert.match(found.warnings.join(), /contradicts itself: BK7231N, BK7231T/);
  });

  it('refuses no bytes, and too many', async () => {
    await rejection(inspect(Buffer.alloc(0)), 'BK_BAD_IMAGE');
    await rejection(inspect(Buffer.alloc(33 * MIB)), 'BK_BAD_IMAGE');
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const inspection = inspect(tuyaDump(), { signal: abort.signal });
    abort.abort();
    await rejection(inspection, 'BK_CANCELLED');
  });

  it('takes any damage, and fails with nothing but a BkError', async () => {
    const whole = tuyaDump();
    buildOpenBekenConfig(OPENBEKEN).copy(whole, 0x1d1000);
    putUserFiles(whole, { oem_cfg: PLUG_PARAM });
    const places = [0, 0x11000, 0x1d0000, 0x1d1000, 0x1d2000, 0x1ed000, 0x1ee000];
    const flip = fc.tuple(
      fc.constantFrom(...places),
      fc.nat({ max: 12_000 }),
      fc.nat({ max: 255 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(flip, { maxLength: 40 }),
        fc.constantFrom(...places),
        fc.nat({ max: 0x20000 }),
        async (flips, start, length) => {
          const bytes = Buffer.from(whole);
          for (const [place, at, value] of flips) bytes[place + at] = value;
          for (const part of [bytes, bytes.subarray(start, start + length)]) {
            try {
              JSON.stringify(await inspect(part, { secrets: 'show' }));
            } catch (error) {
              assert.ok(error instanceof BkError && part.length === 0, String(error));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('inspect and secrets', () => {
  it('hides them, wherever they are', async () => {
    const dump = tuyaDump();
    buildOpenBekenConfig(OPENBEKEN).copy(dump, 0x1d1000);
    putUserFiles(dump, { oem_cfg: PLUG_PARAM, wifi: 'secret-file-0015' });
    const result = JSON.stringify(await inspect(dump));
    assert.equal(SECRETS.length, 14);
    assert.doesNotMatch(result, /secret-/);
    assert.match(result, /"startCommand":"startDriver BL0937\\n\*\*\*; SetFlag 27 1\\n\*\*\*"/);
    for (const shown of ['1.1.2', 'broker.example.net', 'Kitchen', 'country_code'])
      assert.ok(result.includes(shown), shown);
  });

  it('hides what nobody has heard of, at any depth and of any kind', async () => {
    const values = {
      gw_new: '{"a":{"b":["secret-new-0201",{"c":"secret-new-0202"}]},"pin":87654321}',
      plain: 'secret-new-0203',
      number: '87654321',
      gw_di: '{"swv":"secret-new-0204!","new":"secret-new-0205","bv":{"x":"secret-new-0206"}}',
      em_sys_env: 'secret-new-0207/x',
      user_param_key:
        '{module:secret/new-0208,rl1_pin:26,code:secret-new-0209,n:{d:secret-new-0210},big:87654321,}',
    };
    const result = JSON.stringify(await inspect(tuyaDump(values)));
    assert.doesNotMatch(result, /secret[-/]new|87654321/);
    assert.match(result, /"swv":"\*\*\*"/);
  });

  it('shows them when asked to', async () => {
    const dump = tuyaDump();
    buildOpenBekenConfig(OPENBEKEN).copy(dump, 0x1d1000);
    const found = await inspect(dump, { secrets: 'show' });
    const result = JSON.stringify(found);
    for (const secret of SECRETS.filter((text) => !text.includes('seed')))
      assert.ok(result.includes(secret), secret);
    assert.equal(found.openbeken?.password, OPENBEKEN.password);
    assert.equal(found.tuya?.values.tuya_seed, 'secret-seed-0014');
  });

  it('cuts off what is nested without end', async () => {
    const deep = `{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`;
    const values = { gw_new: deep, user_param_key: deep };
    for (const secrets of ['hide', 'show'] as const)
      JSON.stringify(await inspect(tuyaDump(values), { secrets }));
  });
});

describe('inspect and time', () => {
  it('lets other things run in between', async () => {
    const dump = tuyaDump();
    for (const bytes of [dump, dump.subarray(0, -1), dump.subarray(0x11000)]) {
      let pauses = 0;
      await inspect(bytes, { pause: async () => void pauses++ });
      assert.ok(pauses >= 10, String(pauses));
    }
  });

  it('is quick with files that were made to keep it busy', async function () {
    this.timeout(60_000);
    const begin = Buffer.concat([
      madeUpDump().subarray(0, 0x11000),
      Buffer.alloc(16 * MIB - 0x11000, 0xff),
    ]);
    const entry = Buffer.alloc(64, 0);
    entry.write('01PE', 'latin1');
    entry.write('download', 4, 'latin1');
    entry.write('beken_onchip', 28, 'latin1');
    entry.writeUInt32LE(16 * MIB, 56);
    const table = Buffer.concat(Array.from({ length: 1000 }, () => entry));
    inPackets(table).copy(begin, 0x400);
    const configs = Buffer.alloc(16 * MIB);
    for (let at = 0; at < configs.length; at += SECTOR) configs.write('CFG\0\x05', at, 'latin1');
    for (const bytes of [begin, configs]) assert.ok((await inspect(bytes)).size > 0);
  });
});

/** Code as it lies on flash, in clear. */
function inPackets(code: Buffer): Buffer {
  const count = code.length / 32;
  const stored = packets(count);
  for (let index = 0; index < count; index++) {
    code.copy(stored, index * 34, index * 32, (index + 1) * 32);
    stored.writeUInt16BE(crc16(code, index * 32, (index + 1) * 32), index * 34 + 32);
  }
  return stored;
}
