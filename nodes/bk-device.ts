import type { Node, NodeAPI } from 'node-red';
import {
  BkError,
  CHIP_NAMES,
  Device,
  type DeviceSettings,
  listPorts,
  ownName,
  RESET_METHODS,
  say,
} from '../src';
import { closeWithin } from './shared/closing';
import type { DeviceNode } from './shared/device-node';
import { inUserDir } from './shared/paths';
import type { RecordKeeping } from './shared/recording';
import {
  badSetting,
  choice,
  isBlank,
  numberOf,
  type Saved,
  seconds,
  text,
} from './shared/settings';

type DeviceDef = Saved<
  'port' | 'chip' | 'baud' | 'reset' | 'linkTimeout' | 'idle' | 'after' | 'record' | 'recordFolder'
>;

/** Where records go unless somebody says otherwise: below Node-RED's user folder. */
const RECORD_FOLDER = 'bk-records';

/** Messages may name ever other ports: of more devices than these, those that nobody uses go. */
const MOST_DEVICES = 32;

export = function register(RED: NodeAPI): void {
  function BkDeviceNode(this: DeviceNode, def: DeviceDef): void {
    RED.nodes.createNode(this, def);
    const devices = new Map<string, Device>();
    let isClosed = false;

    this.use = (port) => {
      if (isClosed) throw new BkError('BK_CANCELLED', say('node.deviceCloses'));
      const settings = readSettings(def, port);
      const known = devices.get(settings.port);
      if (known !== undefined) return known;
      if (devices.size >= MOST_DEVICES) letIdleGo(devices);
      const device = new Device(settings);
      devices.set(settings.port, device);
      return device;
    };

    this.records = () => {
      const folder = isBlank(def.recordFolder)
        ? RECORD_FOLDER
        : text('recordFolder', def.recordFolder);
      return { of: readRecord(def.record), folder: inUserDir(RED, folder) };
    };

    this.on('close', (_removed: boolean, done: () => void) => {
      isClosed = true;
      closeWithin(Promise.allSettled([...devices.values()].map((device) => device.close())), done);
    });
  }

  RED.nodes.registerType('bk-device', BkDeviceNode as (this: Node, def: DeviceDef) => void);

  // For the form: the ports of the machine on which Node-RED runs, which need not be the editor's.
  RED.httpAdmin.get(
    '/bk72xx/ports',
    RED.auth.needsPermission('bk-device.read'),
    (_request, response) => {
      listPorts().then(
        (ports) => response.json(ports),
        (error: Error) => response.status(500).json({ message: error.message }),
      );
    },
  );
};

function letIdleGo(devices: Map<string, Device>): void {
  for (const [port, { inUse }] of devices) if (!inUse) devices.delete(port);
}

function readSettings(def: DeviceDef, port: string | undefined): DeviceSettings {
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
  return isBlank(def.name) ? settings : { ...settings, name: text('name', def.name) };
}

/** Names by which people know chips, as T2, are taken for the chips' own. */
function chipSetting(value: unknown): unknown {
  return typeof value === 'string' ? ownName(value) : value;
}

function readRecord(value: unknown): RecordKeeping['of'] {
  return choice('record', value, ['failures', 'all', 'off'], 'failures');
}

function readBaud(value: unknown): number | 'auto' {
  if (isBlank(value) || (typeof value === 'string' && value.trim() === 'auto')) return 'auto';
  const baud = numberOf(value, Number.NaN);
  if (Number.isInteger(baud) && baud > 0) return baud;
  throw badSetting('baud', value, say('node.wantedBaud'));
}
