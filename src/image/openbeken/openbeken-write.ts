import { SECTOR } from '../../chip/geometry';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';
import { BkError } from '../../errors';
import { type Note, say } from '../../texts/note';
import { type OpenBekenPin, readOpenBekenConfig } from './openbeken-config';
import {
  BOOT_SECONDS_OFFSET,
  CONFIG_LENGTH,
  crc8,
  FLAGS_OFFSET,
  LED_CORRECTION_OFFSET,
  MAC_OFFSET,
  OLD_CONFIG_LENGTH,
  OLD_VERSION,
  PORT_OFFSET,
  pinFields,
  TEXTS,
  type TextField,
  VERSION_OFFSET,
} from './openbeken-layout';
import { roleNumber } from './openbeken-roles';

/** What of OpenBeken's configuration can be set. What is left out keeps its value, or OpenBeken's default. */
export interface OpenBekenSettings {
  ssid?: string;
  password?: string;
  ssid2?: string;
  password2?: string;
  mqttHost?: string;
  mqttPort?: number;
  mqttUser?: string;
  mqttPassword?: string;
  /** The client id, with which its topics begin; without it, the short name. */
  mqttTopic?: string;
  mqttGroup?: string;
  /** Long name, which is also the host name. */
  name?: string;
  shortName?: string;
  webRoot?: string;
  startCommand?: string;
  /** By GPIO; a text is as in templates, `Rel;1`. Replaces all roles that there were. */
  pins?: { [gpio: string]: OpenBekenPin | string };
}

export interface OpenBekenTarget {
  chip?: ChipName | null;
  /** `aa:bb:cc:dd:ee:ff`; names without a setting are made of it, as OpenBeken does. */
  mac?: string | null;
  /** The sector as it is now: what the settings do not name is kept. */
  base?: Uint8Array;
}

/** Limits in bytes of UTF-8, where they are not those of the field. */
const SHORTER: Readonly<Record<string, number>> = {
  // Wi-Fi names have no more, keys in hex just as many.
  ssid: 32,
  ssid2: 32,
  password: 64,
  password2: 64,
};
/** Passwords, and the Wi-Fi names that they belong to. */
const NETWORKS = [
  ['password', 'ssid'],
  ['password2', 'ssid2'],
] as const;
/** What this builder writes is in there since version 4; newer firmware moves it up by itself. */
const NEW_VERSION = 4;
const CHANNELS = 64;
const DEFAULTS = {
  mqttPort: 1883,
  mqttUser: 'homeassistant',
  webRoot: 'https://openbekeniot.github.io/webapp/',
  pingHost: '192.168.0.1',
  ntpServer: '217.147.223.78',
  /** Tells its state when it connects to the broker. */
  flags: 1n << 10n,
  bootSeconds: 5,
  /** 0.3 s, 1 s, 0.5 s. */
  buttons: [3, 10, 5],
  /** Red, green and blue as they are, gamma, least brightness of colours and of white. */
  ledCorrection: [1, 1, 1, 2.2, 0.1, 0.1],
} as const;

/**
 * Makes a sector with OpenBeken's configuration, 4096 bytes, with the checksum as Beken's chips
 * compute it.
 * @throws BkError BK_BAD_SETTING, naming the setting that does not fit
 */
export function buildOpenBekenConfig(
  settings: OpenBekenSettings,
  { chip = null, mac = null, base }: OpenBekenTarget = {},
): Buffer {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings))
    throw bad('openbeken', say('inspect.settingNotObject', { setting: 'openbeken' }));
  const config = kept(base, chip) ?? fresh(chip, mac);
  const given = Object.entries(settings).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  for (const [name, value] of given) {
    if (name === 'mqttPort') config.writeUInt32LE(portOf(value), PORT_OFFSET);
    else if (name === 'pins') writePins(config, value, chip);
    else if (isSettable(name)) writeText(config, name, TEXTS[name], value);
    else throw bad(name, say('inspect.settingUnknown', { setting: name }));
  }
  const hasTopic = settings.mqttTopic !== undefined && settings.mqttTopic !== null;
  if (settings.shortName && !hasTopic && base === undefined)
    writeText(config, 'mqttTopic', TEXTS.mqttTopic, settings.shortName);
  config[3] = crc8(config.subarray(VERSION_OFFSET), true);
  return Buffer.concat([config, Buffer.alloc(SECTOR - CONFIG_LENGTH, 0xff)]);
}

/**
 * A password alone lets no device join: its network has to be set as well, or be in the configuration already.
 * @param sector what was built of the settings
 * @throws BkError BK_BAD_SETTING, naming the password's setting
 */
export function mustNameNetworks(settings: OpenBekenSettings, sector: Uint8Array): void {
  for (const [name, network] of NETWORKS) {
    if (settings[name] && sector[TEXTS[network].offset] === 0)
      throw bad(name, say('inspect.settingNoNetwork', { setting: name, network }));
  }
}

function isSettable(name: string): name is keyof typeof TEXTS {
  return Object.hasOwn(TEXTS, name) && name !== 'webPassword' && name !== 'pingHost';
}

/** The configuration that is there already, made as long as new ones are. */
function kept(base: Uint8Array | undefined, chip: ChipName | null): Buffer | null {
  const now = base === undefined ? null : readOpenBekenConfig(base, chip);
  if (base === undefined || now === null) return null;
  const config = Buffer.alloc(CONFIG_LENGTH);
  config.set(base.subarray(0, now.version <= OLD_VERSION ? OLD_CONFIG_LENGTH : CONFIG_LENGTH));
  if (now.version <= OLD_VERSION) config.writeUInt32LE(NEW_VERSION, VERSION_OFFSET);
  // Up to version 2 the short name was the topic.
  if (now.mqttTopic === '') writeText(config, 'mqttTopic', TEXTS.mqttTopic, now.shortName);
  return config;
}

/** What OpenBeken itself starts with. Source: its source text. */
function fresh(chip: ChipName | null, mac: string | null): Buffer {
  const config = Buffer.alloc(CONFIG_LENGTH);
  config.write('CFG', 'latin1');
  config.writeUInt32LE(NEW_VERSION, VERSION_OFFSET);
  config.writeBigUInt64LE(DEFAULTS.flags, FLAGS_OFFSET);
  config.writeUInt32LE(DEFAULTS.mqttPort, PORT_OFFSET);
  config[BOOT_SECONDS_OFFSET] = DEFAULTS.bootSeconds;
  for (const [index, value] of DEFAULTS.ledCorrection.entries())
    config.writeFloatLE(value, LED_CORRECTION_OFFSET + index * 4);
  const { buttons, ntpServer } = pinFields(chip);
  config.set(DEFAULTS.buttons, buttons);
  config.write(DEFAULTS.ntpServer, ntpServer.offset, 'latin1');
  const bytes = macBytes(mac);
  if (bytes !== null) config.set(bytes, MAC_OFFSET);
  const tail = (bytes ?? Buffer.alloc(6)).toString('hex', 2).toUpperCase();
  const texts: Partial<Record<keyof typeof TEXTS, string>> = {
    name: `Open${chip ?? 'Beken'}_${tail}`,
    shortName: `obk${tail}`,
    mqttTopic: `obk${tail}`,
    mqttUser: DEFAULTS.mqttUser,
    mqttGroup: modelOrUntold(chip).openBeken.group ?? 'obks',
    webRoot: DEFAULTS.webRoot,
    pingHost: DEFAULTS.pingHost,
  };
  for (const [name, text] of Object.entries(texts))
    config.write(text, TEXTS[name as keyof typeof TEXTS].offset, 'latin1');
  return config;
}

function macBytes(mac: string | null): Buffer | null {
  return mac !== null && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)
    ? Buffer.from(mac.replaceAll(':', ''), 'hex')
    : null;
}

function writeText(config: Buffer, name: string, field: TextField, value: unknown): void {
  if (typeof value !== 'string') throw bad(name, say('inspect.settingNotText', { setting: name }));
  const bytes = Buffer.from(value, 'utf8');
  const room = field.unterminated ? field.size : field.size - 1;
  const limit = Math.min(room, SHORTER[name] ?? room);
  if (bytes.length > limit)
    throw bad(name, say('inspect.settingTooLong', { setting: name, bytes: bytes.length, limit }));
  // A command may have several lines.
  if ((name === 'startCommand' ? /\0/ : /\p{Cc}/u).test(value))
    throw bad(name, say('inspect.settingNotPrintable', { setting: name }));
  config.fill(0, field.offset, field.offset + field.size);
  bytes.copy(config, field.offset);
}

function portOf(value: unknown): number {
  const port = typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 0xffff)
    return port;
  throw bad('mqttPort', say('inspect.settingNoPort', { setting: 'mqttPort' }));
}

function writePins(config: Buffer, pins: unknown, chip: ChipName | null): void {
  if (typeof pins !== 'object' || pins === null || Array.isArray(pins))
    throw bad('pins', say('inspect.settingNoPins', { setting: 'pins' }));
  const { gpios, roles, channels, secondChannels } = pinFields(chip);
  for (const array of [roles, channels, secondChannels]) config.fill(0, array, array + gpios);
  for (const [gpio, pin] of Object.entries(pins)) {
    const name = `pins.${gpio}`;
    const number = /^\d{1,2}$/.test(gpio) ? Number(gpio) : gpios;
    if (number >= gpios)
      throw bad(name, say('inspect.settingNoGpio', { setting: name, last: gpios - 1 }));
    const { role, channel, channel2 } = pinOf(name, pin);
    config[roles + number] = role;
    config[channels + number] = channel;
    config[secondChannels + number] = channel2;
  }
}

function pinOf(name: string, pin: unknown): { role: number; channel: number; channel2: number } {
  const [role, channel = 0, channel2 = 0]: unknown[] =
    typeof pin === 'string'
      ? pin.split(';').map((part, index) => (index === 0 ? part : Number(part)))
      : typeof pin === 'object' && pin !== null
        ? [
            (pin as OpenBekenPin).role,
            (pin as OpenBekenPin).channel,
            (pin as OpenBekenPin).channel2,
          ]
        : [];
  const number = typeof role === 'string' ? roleNumber(role) : null;
  if (number === null) throw bad(name, say('inspect.settingNoRole', { setting: name }));
  return { role: number, channel: channelOf(name, channel), channel2: channelOf(name, channel2) };
}

function channelOf(name: string, channel: unknown): number {
  if (
    typeof channel === 'number' &&
    Number.isInteger(channel) &&
    channel >= 0 &&
    channel < CHANNELS
  )
    return channel;
  throw bad(name, say('inspect.settingNoChannel', { setting: name, last: CHANNELS - 1 }));
}

/** @param text names the setting, and never its value: passwords are among them */
function bad(setting: string, text: Note): BkError {
  return new BkError('BK_BAD_SETTING', text, {
    phase: 'open',
    advice: [say('inspect.correctSetting', { setting })],
  });
}
