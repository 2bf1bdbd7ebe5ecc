import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BkError } from '../../../src/errors';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { crc8 } from '../../../src/image/openbeken/openbeken-layout';
import {
  OPENBEKEN_ROLES,
  roleName,
  roleNumber,
} from '../../../src/image/openbeken/openbeken-roles';
import { openBekenTemplate } from '../../../src/image/openbeken/openbeken-template';
import {
  buildOpenBekenConfig,
  type OpenBekenSettings,
} from '../../../src/image/openbeken/openbeken-write';
import { syntheticVectors } from '../../support/dump-vectors';

const ALL: Required<OpenBekenSettings> = {
  ssid: 'Nachbars Netz ü',
  password: 'p'.repeat(64),
  ssid2: 'second',
  password2: 'another password',
  mqttHost: 'broker.example.net',
  mqttPort: 8883,
  mqttUser: 'user',
  mqttPassword: 'm'.repeat(127),
  mqttTopic: 'kitchen/plug',
  mqttGroup: 'all',
  name: 'Kitchen plug',
  shortName: 'plug1',
  webRoot: 'http://192.0.2.1/',
  startCommand: 'startDriver BL0937\nSetFlag 27 1',
  pins: {
    26: { role: 'Rel', channel: 1 },
    10: 'Btn;1',
    8: { role: 'Btn', channel: 2, channel2: 3 },
  },
};

function refusal(settings: unknown, target = {}): BkError {
  try {
    buildOpenBekenConfig(settings as OpenBekenSettings, target);
  } catch (error) {
    assert.ok(error instanceof BkError);
    assert.equal(error.code, 'BK_BAD_SETTING');
    return error;
  }
  assert.fail('it was accepted');
}

describe('the checksum of OpenBeken', () => {
  const vectors: [string, string, string][] = [
    ['313233343536373839', '63', 'a1'],
    ['ff', 'ef', '35'],
    ['0102030405', 'aa', '2a'],
    ['7f80ff', '46', 'aa'],
  ];
  for (const [bytes, signed, unsigned] of vectors) {
    it(`over ${bytes}`, () => {
      assert.equal(crc8(Buffer.from(bytes, 'hex'), true), Number.parseInt(signed, 16));
      assert.equal(crc8(Buffer.from(bytes, 'hex'), false), Number.parseInt(unsigned, 16));
    });
  }
});

describe('the configuration of OpenBeken', () => {
  it('comes back as it was written', () => {
    const sector = buildOpenBekenConfig(ALL);
    assert.equal(sector.length, 4096);
    const { pins, ...texts } = ALL;
    const read = readOpenBekenConfig(sector);
    for (const [name, value] of Object.entries(texts))
      assert.equal(read?.[name as keyof typeof texts], value, name);
    assert.deepEqual(read?.pins, {
      8: { role: 'Btn', channel: 2, channel2: 3 },
      10: { role: 'Btn', channel: 1 },
      26: { role: 'Rel', channel: 1 },
    });
    assert.equal(read?.checksum, 'signed');
    assert.equal(read?.version, 4);
    assert.equal(Object.keys(pins).length, 3);
  });

  it('starts with what OpenBeken starts with', () => {
    const sector = buildOpenBekenConfig({}, { chip: 'BK7231N', mac: '38:1f:8d:01:02:0a' });
    const read = readOpenBekenConfig(sector);
    assert.deepEqual(
      [read?.name, read?.shortName, read?.mqttTopic, read?.mqttGroup, read?.mqttPort, read?.flags],
      ['OpenBK7231N_8D01020A', 'obk8D01020A', 'obk8D01020A', 'bekens_n', 1883, '1024'],
    );
    assert.equal(read?.mac, '38:1f:8d:01:02:0a');
    assert.deepEqual(read?.pins, {});
    assert.deepEqual([...sector.subarray(0x4b8, 0x4bb)], [3, 10, 5]);
  });

  it('makes the topic of the short name', () => {
    assert.equal(readOpenBekenConfig(buildOpenBekenConfig({ shortName: 'x' }))?.mqttTopic, 'x');
  });

  it('keeps what is there and not named', () => {
    const base = buildOpenBekenConfig(ALL);
    const read = readOpenBekenConfig(
      buildOpenBekenConfig({ ssid: 'new', pins: { 6: 'Rel;1' } }, { base }),
    );
    assert.equal(read?.ssid, 'new');
    assert.equal(read?.mqttTopic, ALL.mqttTopic);
    assert.equal(read?.password, ALL.password);
    assert.deepEqual(read?.pins, { 6: { role: 'Rel', channel: 1 } });
  });

  it('starts anew where the base is none', () => {
    const base = Buffer.alloc(4096, 0xff);
    assert.deepEqual(buildOpenBekenConfig(ALL, { base }).length, buildOpenBekenConfig(ALL).length);
  });

  it('keeps a newer version, and lifts an old one', () => {
    const base = buildOpenBekenConfig(ALL);
    const versioned = (version: number, length: number) => {
      const sector = Buffer.alloc(4096, 0xff);
      base.copy(sector, 0, 0, length);
      sector.writeUInt32LE(version, 4);
      sector[3] = crc8(sector.subarray(4, length), true);
      return sector;
    };
    const newer = buildOpenBekenConfig({}, { base: versioned(5, 3584) });
    assert.equal(readOpenBekenConfig(newer)?.version, 5);
    const old = versioned(3, 2016);
    assert.equal(readOpenBekenConfig(old)?.version, 3);
    assert.equal(readOpenBekenConfig(old)?.ssid2, '');
    const lifted = readOpenBekenConfig(buildOpenBekenConfig({}, { base: old }));
    assert.equal(lifted?.version, 4);
    assert.equal(lifted?.ssid, ALL.ssid);
    assert.equal(lifted?.ssid2, '');
  });

  it('has more pins on a BK7252', () => {
    const pins = { 0: 'Rel;1', 31: 'Btn;2', 47: 'PWM;3' };
    const sector = buildOpenBekenConfig({ pins }, { chip: 'BK7252' });
    const read = readOpenBekenConfig(sector, 'BK7252');
    assert.deepEqual(read?.pins, {
      0: { role: 'Rel', channel: 1 },
      31: { role: 'Btn', channel: 2 },
      47: { role: 'PWM', channel: 3 },
    });
    assert.equal(read?.ntpServer, '217.147.223.78');
    assert.deepEqual([...sector.subarray(0x4e8, 0x4eb)], [3, 10, 5]);
    assert.match(refusal({ pins: { 47: 'PWM;3' } }, { chip: 'BK7231N' }).message, /0 to 31/);
  });

  const limits: Record<string, number> = {
    ssid: 32,
    password: 64,
    ssid2: 32,
    password2: 64,
    mqttHost: 255,
    mqttUser: 63,
    mqttPassword: 127,
    mqttTopic: 63,
    mqttGroup: 63,
    name: 63,
    shortName: 31,
    webRoot: 63,
    startCommand: 1567,
  };
  for (const [name, limit] of Object.entries(limits)) {
    it(`takes ${limit} bytes for ${name}, and no more`, () => {
      const longest = 'x'.repeat(limit);
      const read = readOpenBekenConfig(buildOpenBekenConfig({ [name]: longest }));
      assert.equal(read?.[name as 'name'], longest);
      const error = refusal({ [name]: `${longest}y` });
      assert.ok(error.message.includes(`"${name}"`) && !error.message.includes('xx'));
      refusal({ [name]: 5 });
      refusal({ [name]: 'a\0b' });
      refusal({ [name]: 'ü'.repeat(limit) });
    });
  }

  const wrong: [string, unknown][] = [
    ['mqttPort', { mqttPort: 0 }],
    ['mqttPort', { mqttPort: 65_536 }],
    ['mqttPort', { mqttPort: '1883x' }],
    ['openbeken', []],
    ['openbeken', null],
    ['webPassword', { webPassword: 'x' }],
    ['__proto__', JSON.parse('{"__proto__": "x"}')],
    ['flags', { flags: 5 }],
    ['pins', { pins: 'tuya' }],
    ['pins', { pins: ['Rel;1'] }],
    ['pins.x', { pins: { x: 'Rel;1' } }],
    ['pins.32', { pins: { 32: 'Rel;1' } }],
    ['pins.6', { pins: { 6: 'Nothing;1' } }],
    ['pins.6', { pins: { 6: 'Rel;64' } }],
    ['pins.6', { pins: { 6: 'Rel;a' } }],
    ['pins.6', { pins: { 6: null } }],
    ['pins.6', { pins: { 6: { role: 1, channel: 0 } } }],
    ['pins.6', { pins: { 6: { role: 'Rel', channel: 1.5 } } }],
  ];
  for (const [name, settings] of wrong)
    it(`names ${name} where it is wrong: ${JSON.stringify(settings)}`, () =>
      assert.ok(refusal(settings).message.includes(`"${name}"`)));

  it('takes a port as text', () => {
    const settings = { mqttPort: '1884' } as never;
    assert.equal(readOpenBekenConfig(buildOpenBekenConfig(settings))?.mqttPort, 1884);
  });

  it('is none where a bit is wrong, or it is cut', () => {
    const sector = buildOpenBekenConfig(ALL);
    fc.assert(
      fc.property(fc.nat({ max: 3584 * 8 - 1 }), fc.nat({ max: 3583 }), (bit, length) => {
        const bytes = Buffer.from(sector);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        // A checksum of 8 bits finds any single wrong bit.
        assert.equal(readOpenBekenConfig(bytes), null);
        assert.equal(readOpenBekenConfig(sector.subarray(0, length)), null);
      }),
    );
  });

  it('is read from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.nat({ max: 6 }), (bytes, version) => {
        const sector = Buffer.alloc(4096);
        sector.set(bytes.subarray(0, 4096));
        sector.write('CFG', 'latin1');
        sector.writeUInt32LE(version, 4);
        sector[3] = crc8(sector.subarray(4, version <= 3 ? 2016 : 3584), true);
        assert.equal(readOpenBekenConfig(sector)?.version, version);
        readOpenBekenConfig(bytes);
      }),
    );
  });
});

describe('roles of OpenBeken', () => {
  it('have the numbers of its firmware', () => {
    for (const [number, name] of [
      [1, 'Rel'],
      [19, 'BL0937CF1'],
      [27, 'PWM_n'],
      [53, 'SM2235CLK'],
      [77, 'KP18058_DAT'],
      [95, 'Button_ShutterDown'],
    ] as const) {
      assert.equal(roleName(number), name);
      assert.equal(roleNumber(name), number);
    }
    assert.equal(new Set(OPENBEKEN_ROLES).size, OPENBEKEN_ROLES.length);
    assert.equal(roleNumber(roleName(200)), 200);
    assert.equal(roleNumber('role 300'), null);
    assert.equal(roleNumber('Nothing'), null);
  });
});

describe('a template', () => {
  const facts = { vendor: 'Tuya', name: 'plug', chip: 'BK7231N', module: 'cb2s' } as const;

  it('has pins as text, and one command', () => {
    const pins = { 26: { role: 'Rel', channel: 1 }, 8: { role: 'Btn', channel: 1, channel2: 2 } };
    assert.deepEqual(openBekenTemplate({ ...facts, pins, commands: ['PWMFrequency 600'] }), {
      vendor: 'Tuya',
      bDetailed: '0',
      name: 'plug',
      model: '',
      chip: 'BK7231N',
      board: 'CB2S',
      flags: '1024',
      keywords: [],
      pins: { 8: 'Btn;1;2', 26: 'Rel;1' },
      command: 'PWMFrequency 600',
      image: '',
      wiki: '',
    });
    const several = openBekenTemplate({ ...facts, pins, commands: ['a 1', 'b 2'] });
    assert.equal(several?.command, 'backlog a 1; b 2');
  });

  it('is none without pins', () => {
    assert.equal(openBekenTemplate({ ...facts, pins: {}, commands: [] }), null);
  });
});

describe('configurations that another tool made', () => {
  const vectors = syntheticVectors()?.obk_config_by_easyflasher;
  if (vectors === undefined) it('need vectors that are not on this computer');

  for (const platform of vectors === undefined ? [] : ['BK7231N', 'LN882H']) {
    it(`are read: ${platform}`, () => {
      const { base64, stored_crc, signed, unsigned } = vectors[platform];
      const { fields } = vectors;
      const bytes = Buffer.from(base64, 'base64');
      assert.equal(crc8(bytes.subarray(4), true), Number.parseInt(signed, 16));
      assert.equal(crc8(bytes.subarray(4), false), Number.parseInt(unsigned, 16));
      const read = readOpenBekenConfig(bytes);
      assert.ok(read !== null);
      assert.equal(read.checksum, stored_crc === signed ? 'signed' : 'unsigned');
      assert.equal(read.version, fields.version);
      assert.equal(read.shortName, fields.shortDeviceName);
      assert.equal(read.name, fields.longDeviceName);
      assert.equal(read.mqttTopic, fields.mqtt_clientId);
      assert.equal(read.mqttHost, fields.mqtt_host);
      assert.equal(read.mqttPort, fields.mqtt_port);
      assert.equal(read.mqttUser, fields.mqtt_userName);
      assert.equal(read.mqttGroup, fields.mqtt_group);
      assert.equal(read.ssid, fields.wifi_ssid);
      assert.equal(read.password.length, fields.wifi_pass_len);
      assert.equal(read.ntpServer, fields.ntpServer);
      assert.equal(read.pingHost, fields.ping_host);
      assert.equal(read.webRoot, fields.webappRoot);
      assert.equal(read.startCommand, fields.initCommandLine);
      const flags = fields.flags.reduce(
        (all: bigint, bit: number) => all | (1n << BigInt(bit)),
        0n,
      );
      assert.equal(read.flags, flags.toString());
      const pins = Object.entries(read.pins).map(([gpio, { role, channel }]) => [
        gpio,
        [role, channel],
      ]);
      assert.deepEqual(Object.fromEntries(pins), fields.pins);
    });
  }
});
