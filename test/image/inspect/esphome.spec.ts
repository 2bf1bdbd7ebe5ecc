import assert from 'node:assert/strict';
import fc from 'fast-check';
import { esphomeOutline } from '../../../src/image/inspect/esphome';
import { OPENBEKEN_ROLES } from '../../../src/image/openbeken/openbeken-roles';
import { parseTuyaObject } from '../../../src/image/tuya/tuya-json';
import { tuyaPins } from '../../../src/image/tuya/tuya-pins';
import { PLUG_PARAM } from '../../support/tuya-storage';

const NONE = { pins: {}, commands: [], chip: 'BK7231N', module: null, tuyaMcuBaud: null } as const;

function outline(param: string, more = {}): string {
  const { pins, commands } = tuyaPins(parseTuyaObject(param) ?? {});
  return esphomeOutline({ ...NONE, pins, commands, ...more }) ?? '';
}

describe('the outline for ESPHome', () => {
  it('of a plug', () => {
    const yaml = outline(PLUG_PARAM, { module: 'CB2S' });
    for (const part of [
      'bk72xx:\n  board: generic-bk7231n-qfn32-tuya # module CB2S\n',
      'switch:\n  - platform: gpio\n    id: relay_26\n    name: Relay 1\n    pin:\n      number: P26\n',
      '    pin:\n      number: P10\n      inverted: true\n      mode: INPUT_PULLUP\n    on_press:\n      - switch.toggle: relay_26',
      'status_led:\n  pin:\n    number: P8\n    inverted: true',
      '    sel_pin:\n      number: P24\n      inverted: true\n    cf_pin: P7\n    cf1_pin: P6\n',
    ])
      assert.ok(yaml.includes(part), part);
    assert.ok(!yaml.includes("OpenBeken's words"));
  });

  it('of lamps', () => {
    const five = outline('{r_pin:26,g_pin:24,b_pin:7,c_pin:9,w_pin:6,pwmhz:1000}');
    assert.match(five, /platform: rgbww/);
    assert.match(five, /id: cold_white\n {4}pin:\n {6}number: P9\n {4}frequency: 1000 Hz/);
    assert.match(outline('{c_pin:26,w_pin:7}'), /platform: cwww/);
    assert.match(
      outline('{r_pin:6,g_pin:7,b_pin:8,c_pin:9}'),
      /platform: rgbw\n.*\n.*\n.*\n.*\n {4}white: cold_white/,
    );
    assert.match(outline('{r_pin:6,g_pin:7,b_pin:8}'), /platform: rgb\n/);
    assert.match(outline('{w_pin:6}'), /platform: monochromatic\n.*\n {4}output: warm_white/);
    const driven = outline(
      '{iicscl:26,iicsda:24,2235ccur:1,2235wcur:2,iicr:1,iicg:0,iicb:2,iicc:4,iicw:3}',
    );
    assert.match(driven, /sm2235:.*SM2235_Current 1 2\n {2}data_pin: P24\n {2}clock_pin: P26/);
    assert.match(driven, /id: cold_white\n {4}channel: 4/);
  });

  it('of other devices', () => {
    assert.match(outline('{infrr:7,infre:26}'), /remote_receiver:\n {2}pin:\n {4}number: P7/);
    assert.match(outline('', { tuyaMcuBaud: 9600 }), /baud_rate: 9600\n\ntuya:/);
    assert.match(outline('{samp_pin:23}'), /# P23 is BAT_ADC in OpenBeken's words\./);
    assert.match(outline('{rl1_pin:26}', { chip: 'BK7231T' }), /generic-bk7231t-qfn32-tuya/);
  });

  it('is none where nothing is known', () => {
    assert.equal(esphomeOutline(NONE), null);
    assert.equal(outline('{rl1_pin:26}', { chip: null }), '');
    assert.equal(outline('{rl1_pin:26}', { chip: 'BK7258' }), '');
  });

  it('holds nothing that a text of the device could have slipped in', () => {
    const yaml = outline('{rl1_pin:26}', { module: 'CB2S\nwifi:\n  evil: true' });
    assert.ok(!/^ {2}evil/m.test(yaml));
  });

  it('can be made of any pins, without tabs or gaps', () => {
    const pin = fc.record({
      role: fc.constantFrom(...OPENBEKEN_ROLES),
      channel: fc.nat({ max: 63 }),
    });
    const gpio = fc.nat({ max: 47 }).map(String);
    fc.assert(
      fc.property(fc.dictionary(gpio, pin), (pins) => {
        const yaml = esphomeOutline({ ...NONE, pins, tuyaMcuBaud: 9600 }) ?? '';
        assert.doesNotMatch(yaml, /\t|undefined|null|NaN|\[object/);
      }),
    );
  });
});
