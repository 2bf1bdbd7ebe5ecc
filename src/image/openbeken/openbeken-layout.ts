import type { PinCount } from '../../chip/chip-model';
import { modelOrUntold } from '../../chip/known/chip-places';
import type { ChipName } from '../../chip/known/chips';

/** A text in OpenBeken's configuration. */
export interface TextField {
  offset: number;
  /** Bytes, the NUL at the end included. */
  size: number;
  /** The text may fill the field, without a NUL. */
  unterminated?: true;
}

/** Where the arrays about pins lie, which are longer on some chips. */
export interface PinFields {
  gpios: number;
  roles: number;
  channels: number;
  secondChannels: number;
  /** Times of a button's short and long press and its repetition, 0.1 s each. */
  buttons: number;
  /** How long the file system is, 4 bytes; 0 stands for the usual length. */
  filesLength: number;
  ntpServer: TextField;
}

/** Length of the configuration; of versions up to 3 the shorter one. Source: OpenBeken, and real sectors. */
export const CONFIG_LENGTH = 3584;
export const OLD_CONFIG_LENGTH = 2016;
export const OLD_VERSION = 3;
/** Higher ones are none: the bytes begin with the same letters by chance. */
export const HIGHEST_VERSION = 100;
/** From here on there is a password for the web page. */
export const WEB_PASSWORD_VERSION = 5;

export const VERSION_OFFSET = 4;
export const FLAGS_OFFSET = 0x008;
export const CHANGES_OFFSET = 0x010;
export const PORT_OFFSET = 0x294;
export const MAC_OFFSET = 0x2d8;
export const LED_CORRECTION_OFFSET = 0x53c;
export const BOOT_SECONDS_OFFSET = 0x597;

/** Texts that are alike on all chips, by the names of the settings. Source: OpenBeken's source text. */
export const TEXTS = {
  ssid: { offset: 0x014, size: 64 },
  password: { offset: 0x054, size: 64, unterminated: true },
  mqttHost: { offset: 0x094, size: 256 },
  mqttTopic: { offset: 0x194, size: 64 },
  mqttUser: { offset: 0x1d4, size: 64 },
  mqttPassword: { offset: 0x214, size: 128 },
  webRoot: { offset: 0x298, size: 64 },
  shortName: { offset: 0x2de, size: 32 },
  name: { offset: 0x2fe, size: 64 },
  mqttGroup: { offset: 0x554, size: 64 },
  pingHost: { offset: 0x5a0, size: 64 },
  startCommand: { offset: 0x5e0, size: 1568 },
  ssid2: { offset: 0xc00, size: 64 },
  // BK7231GUIFlashTool has it at 0xc84, which is the password for the web page.
  password2: { offset: 0xc40, size: 68 },
  webPassword: { offset: 0xc84, size: 33 },
} as const satisfies Record<string, TextField>;

const USUAL_PINS: PinFields = {
  gpios: 32,
  roles: 0x33e,
  channels: 0x35e,
  secondChannels: 0x37e,
  buttons: 0x4b8,
  filesLength: 0x4bc,
  ntpServer: { offset: 0x478, size: 32 },
};

const WIDE_PINS: PinFields = {
  gpios: 48,
  roles: 0x33e,
  channels: 0x36e,
  secondChannels: 0x39e,
  buttons: 0x4e8,
  filesLength: 0x4ec,
  ntpServer: { offset: 0x4a8, size: 32 },
};

const PINS: Readonly<Record<PinCount, PinFields>> = { 32: USUAL_PINS, 48: WIDE_PINS };

/** The pins' part of the layout for a chip; the usual one where the chip is not known. */
export function pinFields(chip: ChipName | null): PinFields {
  return PINS[modelOrUntold(chip).openBeken.pins];
}

/**
 * The checksum over a configuration. The firmware computes with C's `char`: where that has a sign,
 * as on Beken's chips, the sign stays in place when it is shifted.
 */
export function crc8(bytes: Uint8Array, signed: boolean): number {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const carry = (crc ^ (byte >> bit)) & 1;
      crc = (crc >> 1) | (signed ? crc & 0x80 : 0);
      if (carry) crc ^= 0x8c;
    }
  }
  return crc;
}

/** How many pins a configuration on this chip has. */
export function pinCountOf(chip: ChipName | null): number {
  return pinFields(chip).gpios;
}

/**
 * For how many pins a configuration was made: the fields behind those of the pins lie where they make sense.
 * Null where neither layout, or either of them, makes some.
 * @param config that is valid
 */
export function pinCountIn(config: Uint8Array): number | null {
  const bytes = Buffer.from(config.buffer, config.byteOffset, config.byteLength);
  const [one, other] = [sense(bytes, USUAL_PINS), sense(bytes, WIDE_PINS)];
  if (one === other) return null;
  return one > other ? USUAL_PINS.gpios : WIDE_PINS.gpios;
}

/** How many of the fields hold what they are for. */
function sense(bytes: Buffer, { buttons, ntpServer }: PinFields): number {
  const { offset, size } = ntpServer;
  const host = bytes.toString('latin1', offset, offset + size);
  const times = bytes.subarray(buttons, buttons + 3);
  return (
    Number(/^[a-z0-9][a-z0-9.-]{2,}\0+$/i.test(host)) +
    Number(times.length === 3 && times.every((time) => time > 0 && time < 0x80))
  );
}
