import { type Note, say } from '../../texts/note';
import type { JsonObject } from './tuya-json';
import { LED_DRIVERS, PIN_RULES, type PinRule } from './tuya-pin-rules';

/** What a pin does, in OpenBeken's words. */
export interface PinRole {
  role: string;
  channel: number;
}

/** By GPIO number, as text. */
export type Pins = { [gpio: string]: PinRole };

/** What Tuya's settings say about the wiring of a device. */
export interface TuyaPins {
  pins: Pins;
  /** OpenBeken commands that have to run at the start, in order. */
  commands: string[];
  /** What was concluded, and is not said in so many words. */
  notes: Note[];
}

/** As many as the largest of these chips has. */
const GPIOS = 48;
/** More settings than any device has are not looked at. */
const MOST_SETTINGS = 512;
/** OpenBeken's channels. */
const CHANNELS = 64;

/**
 * What `user_param_key` (or `oem_cfg`, or the same found in the application) says about the pins.
 * Never throws; what is no pin number is left out.
 */
export function tuyaPins(param: JsonObject): TuyaPins {
  const found: TuyaPins = { pins: {}, commands: [], notes: [] };
  const keyOf = new Map<string, string>();
  const place = (key: string, gpio: string, pin: PinRole): boolean => {
    const other = keyOf.get(gpio);
    if (other === undefined) {
      keyOf.set(gpio, key);
      found.pins[gpio] = pin;
      return true;
    }
    found.notes.push(say('inspect.pinNamedTwice', { gpio, first: other, second: key }));
    return false;
  };
  const settings = Object.entries(param).slice(0, MOST_SETTINGS);
  for (const rule of PIN_RULES) {
    for (const [key, value] of settings) {
      const match = rule.key.exec(key);
      const gpio = gpioOf(value);
      if (match === null || gpio === null) continue;
      const channel = rule.channel === 'from key' ? Number(match[1]) : rule.channel;
      if (channel >= CHANNELS) continue;
      const pin = { role: rule.role, channel };
      if (place(key, gpio, pin)) applyLevel(rule, key, gpio, pin, param, found);
    }
  }
  addLedDriver(param, place, found);
  const frequency = number(param.pwmhz);
  if (frequency !== null) found.commands.unshift(`PWMFrequency ${frequency}`);
  const infrared = gpioOf(param.ir);
  if (infrared !== null && !(infrared in found.pins))
    found.notes.push(say('inspect.maybeInfrared', { gpio: infrared }));
  return found;
}

function applyLevel(
  { levels }: PinRule,
  key: string,
  gpio: string,
  pin: PinRole,
  param: JsonObject,
  { notes }: TuyaPins,
): void {
  const levelKey = key === 'sel_pin_pin' ? 'sel_pin_lv' : `${key.replace(/_pin$/, '')}_lv`;
  const level = number(param[levelKey]);
  if (key === 'sel_pin_pin' && level === 0) notes.push(say('inspect.maybeOtherSelect', { gpio }));
  if (levels === undefined || (level ?? levels.usual) === levels.plain) return;
  const facts = { gpio, role: levels.inverted, plain: pin.role };
  notes.push(
    level === null
      ? say('inspect.roleAsUsual', facts)
      : say('inspect.roleByLevel', { ...facts, key: levelKey, level }),
  );
  pin.role = levels.inverted;
}

function addLedDriver(
  param: JsonObject,
  place: (key: string, gpio: string, pin: PinRole) => boolean,
  { commands, notes }: TuyaPins,
): void {
  const clock = gpioOf(param.iicscl);
  const data = gpioOf(param.iicsda);
  if (clock === null || data === null) return;
  const driver = LED_DRIVERS.find(({ marks }) => marks.some((key) => key in param));
  if (driver === undefined) {
    notes.push(say('inspect.unknownLedDriver', { data, clock }));
    return;
  }
  place('iicsda', data, { role: driver.data, channel: 0 });
  place('iicscl', clock, { role: driver.clock, channel: 0 });
  const colour = current(param, driver.colour);
  const white = current(param, driver.white);
  if (colour !== null && white !== null) commands.push(`${driver.chip}_Current ${colour} ${white}`);
  if (driver.chip === 'KP18058')
    notes.push(say('inspect.doubtfulCurrents', { driver: driver.chip }));
  const map = ['iicr', 'iicg', 'iicb', 'iicc', 'iicw'].map((key) => number(param[key]));
  if (map.every((index) => index !== null && Number.isInteger(index)))
    commands.push(`LED_Map ${map.join(' ')}`);
}

function current(param: JsonObject, keys: readonly string[]): number | null {
  const values = keys.map((key) => number(param[key])).filter((value) => value !== null);
  return values.length === 0 ? null : Math.max(...values);
}

/** Numbers may stand as text. */
function number(value: unknown): number | null {
  const found = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) && found >= 0 ? found : null;
}

function gpioOf(value: unknown): string | null {
  const gpio = number(value);
  return gpio !== null && Number.isInteger(gpio) && gpio < GPIOS ? String(gpio) : null;
}
