import { SECTOR } from '../../chip/geometry';
import type { ChipName } from '../../chip/known/chips';
import {
  CHANGES_OFFSET,
  CONFIG_LENGTH,
  crc8,
  FLAGS_OFFSET,
  HIGHEST_VERSION,
  MAC_OFFSET,
  OLD_CONFIG_LENGTH,
  OLD_VERSION,
  PORT_OFFSET,
  pinFields,
  TEXTS,
  type TextField,
  VERSION_OFFSET,
  WEB_PASSWORD_VERSION,
} from './openbeken-layout';
import { roleName } from './openbeken-roles';

/** A pin of OpenBeken. */
export interface OpenBekenPin {
  /** Its name in templates, such as `Rel`. */
  role: string;
  channel: number;
  /** Where the role uses a second one, and it is not 0. */
  channel2?: number;
}

/** OpenBeken's configuration as it lies on flash, in clear. */
export interface OpenBekenConfig {
  version: number;
  /** How the checksum was computed; Beken's chips do it `signed`. */
  checksum: 'signed' | 'unsigned';
  name: string;
  shortName: string;
  ssid: string;
  password: string;
  ssid2: string;
  password2: string;
  mqttHost: string;
  mqttPort: number;
  mqttUser: string;
  mqttPassword: string;
  /** The client id, with which its topics begin. */
  mqttTopic: string;
  mqttGroup: string;
  webRoot: string;
  webPassword: string;
  ntpServer: string;
  pingHost: string;
  startCommand: string;
  /** 64 bits as a decimal number, as templates have it. */
  flags: string;
  /** `aa:bb:cc:dd:ee:ff`; null where it holds none. */
  mac: string | null;
  /** How often it was changed, and how often the firmware was updated over the air. */
  changes: number;
  updates: number;
  /** By GPIO; those without a role are left out. */
  pins: { [gpio: string]: OpenBekenPin };
}

/**
 * Reads a configuration that begins with the first byte; null where there is none or its checksum
 * fails. Never throws.
 * @param chip on some there are more pins, which moves what is behind them
 */
export function readOpenBekenConfig(
  sector: Uint8Array,
  chip: ChipName | null = null,
): OpenBekenConfig | null {
  const given = Buffer.from(sector.buffer, sector.byteOffset, Math.min(sector.length, SECTOR));
  const checked = check(given);
  if (checked === null) return null;
  const { version, length, checksum } = checked;
  // What an old version does not have yet reads as empty.
  const bytes = Buffer.alloc(CONFIG_LENGTH);
  given.copy(bytes, 0, 0, length);
  const text = (name: keyof typeof TEXTS): string => textAt(bytes, TEXTS[name]);
  return {
    version,
    checksum,
    name: text('name'),
    shortName: text('shortName'),
    ssid: text('ssid'),
    password: text('password'),
    ssid2: text('ssid2'),
    password2: text('password2'),
    mqttHost: text('mqttHost'),
    mqttPort: bytes.readUInt32LE(PORT_OFFSET),
    mqttUser: text('mqttUser'),
    mqttPassword: text('mqttPassword'),
    mqttTopic: text('mqttTopic'),
    mqttGroup: text('mqttGroup'),
    webRoot: text('webRoot'),
    webPassword: version >= WEB_PASSWORD_VERSION ? text('webPassword') : '',
    ntpServer: textAt(bytes, pinFields(chip).ntpServer),
    pingHost: text('pingHost'),
    startCommand: text('startCommand'),
    flags: bytes.readBigUInt64LE(FLAGS_OFFSET).toString(),
    mac: macOf(bytes.subarray(MAC_OFFSET, MAC_OFFSET + 6)),
    changes: bytes.readUInt16LE(CHANGES_OFFSET),
    updates: bytes.readUInt16LE(CHANGES_OFFSET + 2),
    pins: pinsOf(bytes, chip),
  };
}

/** The valid part of the bytes, where they are a configuration. */
function check(
  bytes: Buffer,
): { version: number; length: number; checksum: 'signed' | 'unsigned' } | null {
  if (bytes.length < OLD_CONFIG_LENGTH || bytes.toString('latin1', 0, 3) !== 'CFG') return null;
  const version = bytes.readUInt32LE(VERSION_OFFSET);
  if (version > HIGHEST_VERSION) return null;
  // Newer firmware sums its whole length over old versions too.
  const lengths = version <= OLD_VERSION ? [OLD_CONFIG_LENGTH, CONFIG_LENGTH] : [CONFIG_LENGTH];
  for (const length of lengths) {
    if (length > bytes.length) continue;
    const content = bytes.subarray(VERSION_OFFSET, length);
    if (crc8(content, true) === bytes[3]) return { version, length, checksum: 'signed' };
    if (crc8(content, false) === bytes[3]) return { version, length, checksum: 'unsigned' };
  }
  return null;
}

function textAt(bytes: Buffer, { offset, size }: TextField): string {
  const field = bytes.subarray(offset, offset + size);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? size : end);
}

function macOf(mac: Buffer): string | null {
  if (mac.every((byte) => byte === 0) || mac.every((byte) => byte === 0xff)) return null;
  return [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

function pinsOf(bytes: Buffer, chip: ChipName | null): OpenBekenConfig['pins'] {
  const { gpios, roles, channels, secondChannels } = pinFields(chip);
  const pins: OpenBekenConfig['pins'] = {};
  for (let gpio = 0; gpio < gpios; gpio++) {
    const role = bytes[roles + gpio] ?? 0;
    if (role === 0) continue;
    const channel2 = bytes[secondChannels + gpio] ?? 0;
    pins[gpio] = {
      role: roleName(role),
      channel: bytes[channels + gpio] ?? 0,
      ...(channel2 === 0 ? {} : { channel2 }),
    };
  }
  return pins;
}
