import {
  BkError,
  CHIP_NAMES,
  type DeviceSettings,
  mustHideNothing,
  ownName,
  RESET_METHODS,
  say,
} from '../../src';
import type { RecordKeeping } from './recording';
import { badSetting, choice, flag, isBlank, numberOf, type Saved, seconds, text } from './settings';

/** A device as a flow file, or its form, has it. */
export type DeviceDef = Saved<
  | 'port'
  | 'chip'
  | 'baud'
  | 'reset'
  | 'linkTimeout'
  | 'idle'
  | 'after'
  | 'record'
  | 'recordFolder'
  | 'passwordForMessages'
>;

/**
 * The engine's settings of a device.
 * @param port another one than the device's own
 * @throws BkError BK_BAD_SETTING
 */
export function deviceSettings(def: DeviceDef, port: string | undefined): DeviceSettings {
  const settings: DeviceSettings = {
    port: (port ?? text('port', def.port)).trim(),
    chip: choice('chip', chipSetting(def.chip), ['auto', ...CHIP_NAMES], 'auto'),
    baud: readBaud(def.baud),
    reset: choice('reset', def.reset, RESET_METHODS, 'auto'),
    linkTimeout: seconds('linkTimeout', def.linkTimeout, 60, 1),
    idle: seconds('idle', def.idle, 10),
    after: choice('after', def.after, ['reboot', 'leave'], 'reboot'),
    ...(readRecord(def.record) === 'all' ? { record: 'all' } : {}),
  };
  if (settings.port === '') {
    throw new BkError('BK_BAD_SETTING', say('node.noPort'), {
      phase: 'open',
      advice: [say('node.choosePort')],
    });
  }
  mustHideNothing(settings.port);
  return isBlank(def.name) ? settings : { ...settings, name: text('name', def.name) };
}

/**
 * The password for a port: it belongs to the device's own address, and goes elsewhere only where the setting says so.
 * @param port another one than the device's own
 * @param password as Node-RED keeps it, apart from the flow file
 * @throws BkError BK_BAD_SETTING
 */
export function passwordFor(def: DeviceDef, port: string | undefined, password: unknown): string {
  const isOwn = port === undefined || sameAddress(port, text('port', def.port));
  const goesAlong = flag('passwordForMessages', def.passwordForMessages, false);
  return typeof password === 'string' && (isOwn || goesAlong) ? password : '';
}

/** However it is spelled. */
function sameAddress(one: string, other: string): boolean {
  const plain = (address: string) =>
    address
      .trim()
      .toLowerCase()
      .replace(/\/$/, '')
      .replace(/^(http:\/\/.+):80$/, '$1');
  return plain(one) === plain(other);
}

/** Names by which people know chips, as T2, are taken for the chips' own. */
function chipSetting(value: unknown): unknown {
  return typeof value === 'string' ? ownName(value) : value;
}

/** Of which jobs records are kept. @throws BkError BK_BAD_SETTING */
export function readRecord(value: unknown): RecordKeeping['of'] {
  return choice('record', value, ['failures', 'all', 'off'], 'failures');
}

function readBaud(value: unknown): number | 'auto' {
  if (isBlank(value) || (typeof value === 'string' && value.trim() === 'auto')) return 'auto';
  const baud = numberOf(value, Number.NaN);
  if (Number.isInteger(baud) && baud > 0) return baud;
  throw badSetting('baud', value, say('node.wantedBaud'));
}
