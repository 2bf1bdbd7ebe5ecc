import type { OpenBekenConfig } from '../openbeken/openbeken-config';
import { isObject, type Json, type JsonObject } from '../tuya/tuya-json';

/** Stands where a secret was. */
const HIDDEN = '***';

/*
 * Devices store whatever their makers thought of. So nothing is taken for harmless because it is
 * not known to be secret: what is shown is on a list, and of a harmless form.
 */

/** Names of the storage whose value is one word or number without meaning for others. */
const PLAIN_VALUES: readonly string[] = [
  'em_sys_env',
  'is_stride',
  'mf_test_close',
  'save_off_stat',
  'tls_ca_cnt',
  'wf_start_md',
];

/** Fields inside of values that are shown, by the name of the value. */
const PLAIN_FIELDS: Readonly<Record<string, RegExp>> = {
  baud_cfg: /^baud$/,
  gw_ai: /^(cloud_cap|dy_tls_m)$/,
  gw_bi: /^(country_code|prod_test)$/,
  gw_di: /^(abi|attr_num|bv|cadv|cdv|dev_swv|dtp|lpv|mst_(tp|ver)_\d+|pv|swv|sync)$/,
  gw_wsm: /^(dns_prio|md|nc_tp|stat|wfb64)$/,
  timer_arr: /^cnt$/,
};

/** Settings of a device whose values are words; all others are numbers. */
const PLAIN_SETTINGS: readonly string[] = [
  'Jsonver',
  'category',
  'cmod',
  'defcolor',
  'jv',
  'module',
  'rstcor',
  'wfcfg',
];
/** Levels, pins, percents, milliamperes: a larger number is something else. */
const LARGEST_SETTING = 1_000_000;
const SETTINGS = 'user_param_key';
const PLAIN_WORD = /^[\w.+ -]{0,32}$/;
/** Deeper values are cut off: JSON that others made can be nested without end. */
const DEEPEST = 12;

/** Commands that configure hardware. Their arguments are numbers and names of drivers. */
const PLAIN_COMMAND =
  /^(backlog +)?(startDriver|SetFlag|PWMFrequency|LED_Map|\w+_Current|SetChannelType|SetStartValue|SetPinRole|SetPinChannel|SetButtonTimes)( +[\w.-]+)*$/i;
const PLAIN_HOST = /^[\w.:-]*$/;
const PLAIN_URL = /^(https?:\/\/[\w.:/-]*)?$/;

/** A value of the storage as it may be shown. */
export function hideValue(name: string, value: Json): Json {
  if (name === SETTINGS) return isObject(value) ? hideSettings(value) : HIDDEN;
  if (PLAIN_VALUES.includes(name)) return plain(value);
  const fields = Object.hasOwn(PLAIN_FIELDS, name) ? PLAIN_FIELDS[name] : undefined;
  if (!isObject(value) || fields === undefined) return emptyOr(value);
  return mapped(value, (inner, field) => (fields.test(field) ? plain(inner) : emptyOr(inner)));
}

/** The settings of a device (`user_param_key`) as they may be shown. */
export function hideSettings(settings: JsonObject): JsonObject {
  return mapped(settings, (value, name) => {
    if (typeof value === 'number') return Math.abs(value) < LARGEST_SETTING ? value : HIDDEN;
    if (typeof value === 'string' && !PLAIN_SETTINGS.includes(name)) return emptyOr(value);
    return plain(value);
  });
}

/** OpenBeken's configuration as it may be shown. */
export function hideOpenBeken(config: OpenBekenConfig): OpenBekenConfig {
  const secret = (text: string) => (text === '' ? '' : HIDDEN);
  const only = (text: string, form: RegExp) => (form.test(text) ? text : HIDDEN);
  return {
    version: config.version,
    checksum: config.checksum,
    name: config.name,
    shortName: config.shortName,
    ssid: secret(config.ssid),
    password: secret(config.password),
    ssid2: secret(config.ssid2),
    password2: secret(config.password2),
    mqttHost: only(config.mqttHost, PLAIN_HOST),
    mqttPort: config.mqttPort,
    mqttUser: secret(config.mqttUser),
    mqttPassword: secret(config.mqttPassword),
    mqttTopic: config.mqttTopic,
    mqttGroup: config.mqttGroup,
    webRoot: only(config.webRoot, PLAIN_URL),
    webPassword: secret(config.webPassword),
    ntpServer: only(config.ntpServer, PLAIN_HOST),
    pingHost: only(config.pingHost, PLAIN_HOST),
    startCommand: hideCommands(config.startCommand),
    flags: config.flags,
    mac: config.mac,
    changes: config.changes,
    updates: config.updates,
    pins: config.pins,
  };
}

/** A value with everything below a depth cut off, so that others can walk through it. */
export function clipped(value: Json, depth = 0): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return HIDDEN;
  if (Array.isArray(value)) return value.map((inner) => clipped(inner, depth + 1));
  return mapped(value, (inner) => clipped(inner, depth + 1));
}

/** A word of a device as it may be shown. */
export function plainWord(text: string): string {
  return PLAIN_WORD.test(text) ? text : HIDDEN;
}

function hideCommands(text: string): string {
  return text
    .split(/([\r\n;]+)/)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      const command = part.trim();
      return command === '' || PLAIN_COMMAND.test(command) ? part : HIDDEN;
    })
    .join('');
}

/** A value that may be shown, if it has a harmless form. */
function plain(value: Json): Json {
  if (typeof value === 'string') return plainWord(value);
  return typeof value === 'object' && value !== null ? HIDDEN : value;
}

/** That something is not set is no secret. */
function emptyOr(value: Json): Json {
  return value === null || value === '' ? value : HIDDEN;
}

/** Names as `__proto__` stay names. */
function mapped(value: JsonObject, map: (inner: Json, name: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, map(inner, name)]));
}
