import type { Node, NodeAPI } from 'node-red';
import { BkError, Device, type DeviceSettings, describePorts, say } from '../src';
import { hubOf } from './flasher/hub';
import { closeWithin } from './shared/closing';
import type { DeviceNode } from './shared/device-node';
import { type DeviceDef, deviceSettings, passwordFor, readRecord } from './shared/device-settings';
import { inUserDir } from './shared/paths';
import { isBlank, text } from './shared/settings';

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
      const settings = withPassword(deviceSettings(def, port), this.passwordFor);
      const known = devices.get(settings.port);
      if (known !== undefined) return known;
      if (devices.size >= MOST_DEVICES) letIdleGo(devices, (device) => shown?.forget(device));
      const device = new Device(settings);
      devices.set(settings.port, device);
      shown?.follow(device);
      return device;
    };

    this.passwordFor = (port) => passwordFor(def, port, this.credentials?.password);

    this.records = () => {
      const folder = isBlank(def.recordFolder)
        ? RECORD_FOLDER
        : text('recordFolder', def.recordFolder);
      return { of: readRecord(def.record), folder: inUserDir(RED, folder) };
    };

    const shown = hubOf(RED)?.announce(this, def);

    this.on('close', (removed: boolean, done: () => void) => {
      isClosed = true;
      const closing = Promise.allSettled([...devices.values()].map((device) => device.close()));
      closeWithin(
        closing.then(() => shown?.close(removed)),
        done,
      );
    });
  }

  RED.nodes.registerType('bk-device', BkDeviceNode as (this: Node, def: DeviceDef) => void, {
    credentials: { password: { type: 'password' } },
  });

  // For the form: the ports of the machine on which Node-RED runs, which need not be the editor's.
  RED.httpAdmin.get(
    '/bk72xx/ports',
    RED.auth.needsPermission('bk72xx.read'),
    (_request, response) => {
      describePorts().then(
        // A device has a path, of which its file says no more.
        (ports) => response.json(ports.map(({ device: _, port: __, ...shown }) => shown)),
        (error: Error) => response.status(500).json({ message: error.message }),
      );
    },
  );
};

function withPassword(
  settings: DeviceSettings,
  passwordFor: DeviceNode['passwordFor'],
): DeviceSettings {
  const password = passwordFor(settings.port);
  return password === '' ? settings : { ...settings, password };
}

function letIdleGo(devices: Map<string, Device>, gone: (device: Device) => void): void {
  for (const [port, device] of devices) {
    if (device.inUse) continue;
    devices.delete(port);
    gone(device);
  }
}
