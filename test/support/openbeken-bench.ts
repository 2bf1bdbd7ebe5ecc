import { Device, type DeviceSettings } from '../../src';
import { calibrationSector, openBekenTexts, plainCode, rblFile } from './images';
import { type OpenBekenOptions, OpenBekenServer } from './openbeken-server';
import { environmentOn } from './simulated-chips';
import { VirtualClock } from './virtual-clock';

export const MAC = [0xc8, 0x47, 0x8c, 0x12, 0x34, 0x56] as const;

/** A device on the network and what asks it, both on one virtual clock. */
export interface WebBench {
  server: OpenBekenServer;
  device: Device;
  clock: VirtualClock;
}

/** Servers that are to be closed after the test. */
const open = new Set<OpenBekenServer>();

export async function webBench(
  options: OpenBekenOptions = {},
  settings: Partial<DeviceSettings> = {},
): Promise<WebBench> {
  const clock = new VirtualClock();
  const server = new OpenBekenServer({ clock, ...options });
  open.add(server);
  await server.listen();
  const offset = server.device.model === 'BK7231N' ? 0x1d0000 : 0x1e0000;
  calibrationSector(MAC).copy(server.device.flash, offset);
  server.device.putFiles({ 'autoexec.bat': 'startDriver NTP' });
  const device = new Device({ port: server.url, ...settings }, environmentOn(clock));
  return { server, device, clock };
}

export async function closeWebBenches(): Promise<void> {
  for (const server of open) await server.close();
  open.clear();
}

/** An update to a version of OpenBeken as the test server tells it afterwards. */
export function openBekenUpdate(version: string, chip = 'BK7231N', length = 0x9000): Buffer {
  const texts = [
    ...openBekenTexts(chip).slice(0, 1),
    `Open${chip}_${version}`,
    `Built on Jan  2 2026 03:04:05 version ${version}`,
  ];
  const code = plainCode({ texts, length, saysBk7231: chip === 'BK7231N' });
  return rblFile(code, { version, compression: 1, encryption: 2 });
}
