import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OPENBEKEN_ROLES } from '../../../src/image/openbeken/openbeken-roles';
import { parseTuyaObject } from '../../../src/image/tuya/tuya-json';
import { chipOfModule, chipOfPlatform } from '../../../src/image/tuya/tuya-module';
import { LED_DRIVERS, PIN_RULES } from '../../../src/image/tuya/tuya-pin-rules';
import { tuyaPins } from '../../../src/image/tuya/tuya-pins';
import { dumpVectors } from '../../support/dump-vectors';
import { allEnglish } from '../../support/english';
import { PLUG_PARAM } from '../../support/tuya-storage';

/** As text: `26 Rel 1`. */
function pinsOf(param: string): string[] {
  const { pins } = tuyaPins(parseTuyaObject(param) ?? {});
  return Object.entries(pins).map(([gpio, { role, channel }]) => `${gpio} ${role} ${channel}`);
}

describe('tuyaPins', () => {
  it('knows a plug with a meter', () => {
    assert.deepEqual(pinsOf(PLUG_PARAM), [
      '6 BL0937CF1 0',
      '7 BL0937CF 0',
      '8 WifiLED_n 0',
      '10 Btn 1',
      '24 BL0937SEL 0',
      '26 Rel 1',
    ]);
  });

  const cases: [string, string, string[]][] = [
    ['a relay', '{rl:26}', ['26 Rel 0']],
    ['a relay that is active low', '{rl1_pin:26,rl1_lv:0}', ['26 Rel_n 1']],
    ['a latching relay', '{rl_on2_pin:6,rl_off2_pin:7}', ['6 Rel 2', '7 Rel_n 2']],
    ['a button that is active high', '{bt_pin:10,bt_lv:1}', ['10 Btn_n 0']],
    [
      'buttons by either name',
      '{bt2_pin:1,k3pin_pin:2,reset_pin:3}',
      ['1 Btn 2', '2 Btn 3', '3 Btn 0'],
    ],
    ['a button for all', '{total_bt_pin:9}', ['9 Btn_Tgl_All 0']],
    ['wall switches', '{onoff1:6,onoff2:7,onoffmode:0}', ['6 TglChanOnTgl 1', '7 TglChanOnTgl 2']],
    [
      'indicators',
      '{led1_pin:6,led1_lv:1,led2_pin:7,led2_lv:0,led3_pin:8}',
      ['6 LED 1', '7 LED_n 2', '8 LED_n 3'],
    ],
    [
      'Wi-Fi indicators',
      '{netled_pin:6,wfst:7,wfst_lv:1,status_led_pin:8}',
      ['6 WifiLED_n 0', '7 WifiLED 0', '8 WifiLED_n 0'],
    ],
    [
      'a lamp of five colours',
      '{r_pin:6,g_pin:7,b_pin:8,c_pin:9,w_pin:24,r_lv:0}',
      ['6 PWM_n 0', '7 PWM 1', '8 PWM 2', '9 PWM 3', '24 PWM 4'],
    ],
    [
      'sensors',
      '{door2_magt_pin:6,basic_pin_pin:7,samp_pin:8,samp_sw_pin:9}',
      ['6 dInput 2', '7 dInput 0', '8 BAT_ADC 0', '9 BAT_Relay 0'],
    ],
    [
      'senders and receivers',
      '{infrr:6,infre:7,remote_io:8,mosi:9}',
      ['6 IRRecv 0', '7 IRSend 0', '8 RCRecv 0', '9 SM16703P_DIN 0'],
    ],
    ['pins that are text', '{rl1_pin:"26"}', []],
    ['no pins', '{rl1_pin:-1,bt1_pin:99,led1_pin:x,rl2_pin:1.5,led900_pin:3}', []],
  ];
  for (const [name, param, pins] of cases)
    it(`knows ${name}`, () => assert.deepEqual(pinsOf(param), pins));

  it('says when a level decided, and when two keys name one pin', () => {
    const { pins, notes } = tuyaPins({ rl1_pin: 26, rl1_lv: 0, led1_pin: 26 });
    assert.deepEqual(pins, { 26: { role: 'Rel_n', channel: 1 } });
    const told = allEnglish(notes);
    assert.equal(told.length, 2);
    assert.match(told[0] ?? '', /rl1_lv is 0/);
    assert.match(told[1] ?? '', /rl1_pin and by led1_pin/);
  });

  it('sets LED drivers', () => {
    const wires = { iicscl: 26, iicsda: 24 };
    const map = { iicr: 1, iicg: 0, iicb: 2, iicc: 4, iicw: 3 };
    const sm2235 = tuyaPins({ ...wires, ...map, '2235ccur': 1, '2235wcur': 2 });
    assert.deepEqual(sm2235.pins, {
      24: { role: 'SM2235DAT', channel: 0 },
      26: { role: 'SM2235CLK', channel: 0 },
    });
    assert.deepEqual(sm2235.commands, ['SM2235_Current 1 2', 'LED_Map 1 0 2 4 3']);
    const bp = tuyaPins({ ...wires, drgbcur: 14, dccur: 20, dwcur: 30 });
    assert.deepEqual(bp.commands, ['BP5758D_Current 14 30']);
    const kp = tuyaPins({ ...wires, kp58wcur: 5, kp58ccur: 9 });
    assert.deepEqual(kp.commands, ['KP18058_Current 9 5']);
    assert.match(allEnglish(kp.notes).join(), /KP18058/);
    const unknown = tuyaPins(wires);
    assert.deepEqual(unknown.pins, {});
    assert.match(allEnglish(unknown.notes).join(), /not known/);
  });

  it('sets the PWM frequency', () => {
    assert.deepEqual(tuyaPins({ pwmhz: 3000 }).commands, ['PWMFrequency 3000']);
  });

  it('uses roles that OpenBeken has', () => {
    const roles = [
      ...PIN_RULES.flatMap(({ role, levels }) => [role, levels?.inverted ?? role]),
      ...LED_DRIVERS.flatMap(({ data, clock }) => [data, clock]),
    ];
    for (const role of roles) assert.ok(OPENBEKEN_ROLES.includes(role), role);
  });

  it('takes any settings', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (param) => {
        tuyaPins(param as never);
      }),
    );
  });
});

describe('the chip by names', () => {
  for (const [module, chip] of [
    ['CB2S', 'BK7231N'],
    ['WB3S', 'BK7231T'],
    ['wb2l', 'BK7231T'],
    ['WB2L_M1', 'BK7231N'],
    ['WBR3', null],
    ['WR2', null],
    ['T34', 'BK7231N'],
    ['T1-3S', 'BK7238'],
    ['T5', 'BK7258'],
    ['', null],
    ['W', null],
  ] as const)
    it(`of module ${module || '(none)'}: ${chip}`, () => assert.equal(chipOfModule(module), chip));

  it('of platforms', () => {
    assert.equal(chipOfPlatform('BK7231S_2M'), 'BK7231T');
    assert.equal(chipOfPlatform('bk7231n'), 'BK7231N');
    assert.equal(chipOfPlatform('constructor'), null);
  });
});

describe('tuyaPins on real dumps', () => {
  const vectors = dumpVectors().filter(({ facts }) => facts.userParamSource === 'kv');
  if (vectors.length === 0) it('needs vectors that are not on this computer');

  for (const { file, facts } of vectors) {
    it(`gives what other tools give, but for levels: ${file}`, () => {
      const { pins, commands } = tuyaPins(facts.userParam);
      // BK7231GUIFlashTool does not look at levels.
      const expected = { ...facts.easyflasher.pinRoles };
      if (facts.userParam.led1_lv === 0) expected[11] = ['LED_n', 1];
      const found = Object.entries(pins).map(([gpio, { role, channel }]) => [
        gpio,
        [role, channel],
      ]);
      assert.deepEqual(Object.fromEntries(found), expected);
      const lines = facts.easyflasher.initCommand.split('\r\n').filter(Boolean);
      assert.deepEqual(commands, lines);
    });
  }
});
