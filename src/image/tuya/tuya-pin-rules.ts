/** How the level key of a pin (1: active high, 0: active low) changes its role. */
interface Levels {
  /** The level that the plain role stands for. */
  plain: 0 | 1;
  /** What counts where no level is given. */
  usual: 0 | 1;
  /** The role for the other level. */
  inverted: string;
}

/** What one key of Tuya's settings says about a pin. */
export interface PinRule {
  key: RegExp;
  /** OpenBeken's name of the role. */
  role: string;
  /** A number, or that which the key's first group holds. */
  channel: number | 'from key';
  levels?: Levels;
}

const RELAY: Levels = { plain: 1, usual: 1, inverted: 'Rel_n' };
const BUTTON: Levels = { plain: 0, usual: 0, inverted: 'Btn_n' };
const LED: Levels = { plain: 1, usual: 0, inverted: 'LED_n' };
const WIFI_LED: Levels = { plain: 0, usual: 0, inverted: 'WifiLED' };
const PWM: Levels = { plain: 1, usual: 1, inverted: 'PWM_n' };

/**
 * Keys of `user_param_key` and the roles that they stand for. Where two keys name one pin, the first
 * rule wins. Source: BK7231GUIFlashTool's mapping, but for the levels, which it does not look at.
 */
export const PIN_RULES: readonly PinRule[] = [
  rule(/^rl$/, 'Rel', 0, RELAY),
  rule(/^rl(\d+)_pin$/, 'Rel', 'from key', RELAY),
  rule(/^rl_on(\d+)_pin$/, 'Rel', 'from key'),
  rule(/^rl_off(\d+)_pin$/, 'Rel_n', 'from key'),
  rule(/^bt(?:_pin)?$/, 'Btn', 0, BUTTON),
  rule(/^bt(\d+)_pin$/, 'Btn', 'from key', BUTTON),
  rule(/^k(\d+)pin_pin$/, 'Btn', 'from key', BUTTON),
  rule(/^total_bt_pin$/, 'Btn_Tgl_All', 0, {
    plain: 0,
    usual: 0,
    inverted: 'Btn_Tgl_All_n',
  }),
  rule(/^reset_pin$/, 'Btn', 0, BUTTON),
  rule(/^onoff(\d+)$/, 'TglChanOnTgl', 'from key'),
  rule(/^led(\d+)_pin$/, 'LED', 'from key', LED),
  rule(/^netled\d*_pin$/, 'WifiLED_n', 0, WIFI_LED),
  rule(/^(?:wfst|wfst_pin|status_led_pin)$/, 'WifiLED_n', 0, WIFI_LED),
  rule(/^backlit_io_pin$/, 'LED', 0, LED),
  rule(/^(?:ele_pin|epin)$/, 'BL0937CF', 0),
  rule(/^(?:vi_pin|ivpin)$/, 'BL0937CF1', 0),
  rule(/^(?:sel_pin_pin|ivcpin)$/, 'BL0937SEL', 0),
  rule(/^r_pin$/, 'PWM', 0, PWM),
  rule(/^g_pin$/, 'PWM', 1, PWM),
  rule(/^b_pin$/, 'PWM', 2, PWM),
  rule(/^c_pin$/, 'PWM', 3, PWM),
  rule(/^w_pin$/, 'PWM', 4, PWM),
  rule(/^door(\d+)_magt_pin$/, 'dInput', 'from key'),
  rule(/^gate_sensor_pin_pin$/, 'dInput', 0),
  rule(/^basic_pin_pin$/, 'dInput', 0),
  rule(/^samp_pin$/, 'BAT_ADC', 0),
  rule(/^samp_sw_pin$/, 'BAT_Relay', 0),
  rule(/^(?:infrr|irpin)$/, 'IRRecv', 0),
  rule(/^infre$/, 'IRSend', 0),
  rule(/^remote_io$/, 'RCRecv', 0),
  rule(/^mosi$/, 'SM16703P_DIN', 0),
];

/** An LED driver on two wires: how to tell that it is there, and how to name and set it. */
export interface LedDriver {
  chip: string;
  /** Any of these keys means this driver. */
  marks: readonly string[];
  data: string;
  clock: string;
  /** Keys of the current for the colours and for white, any of a list; the largest of several whites. */
  colour: readonly string[];
  white: readonly string[];
}

/** In the order in which they are looked for. Source: as above. */
export const LED_DRIVERS: readonly LedDriver[] = [
  driver('SM2135', 'SM2135', ['ehccur', 'wampere', 'iicccur'], {
    colour: ['ehccur', 'iicccur', 'campere'],
    white: ['ehwcur', 'iicwcur', 'wampere'],
  }),
  driver('BP5758D', 'BP5758D_', ['dccur'], { colour: ['drgbcur'], white: ['dwcur', 'dccur'] }),
  driver('BP1658CJ', 'BP1658CJ_', ['cjwcur'], { colour: ['cjccur'], white: ['cjwcur'] }),
  driver('SM2235', 'SM2235', ['2235ccur'], { colour: ['2235ccur'], white: ['2235wcur'] }),
  // BK7231GUIFlashTool has the two the other way round, unlike its own rule for all other drivers.
  driver('KP18058', 'KP18058_', ['kp58wcur'], { colour: ['kp58ccur'], white: ['kp58wcur'] }),
];

function rule(key: RegExp, role: string, channel: number | 'from key', levels?: Levels): PinRule {
  return levels === undefined ? { key, role, channel } : { key, role, channel, levels };
}

function driver(
  chip: string,
  prefix: string,
  marks: readonly string[],
  currents: Pick<LedDriver, 'colour' | 'white'>,
): LedDriver {
  return { chip, marks, data: `${prefix}DAT`, clock: `${prefix}CLK`, ...currents };
}
