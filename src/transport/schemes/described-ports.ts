import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isOwnSerial } from '../usb/own-serial';
import { fourDigits, isMeant, type UsbAddress, usbAddress } from '../usb/usb-address';
import { usbFacts } from '../usb/usb-facts';
import type { PortNames } from './port-scheme';
import { DEVICE, listPorts, type PortInfo, type PortSources, systemPorts } from './serial-ports';

/** A serial port with all that tells which adapter it is. */
export interface DescribedPort extends PortInfo {
  /** The device file, or what Windows calls it: `/dev/ttyUSB0`, `COM4`. */
  device: string;
  /**
   * The address that means this port whatever else is plugged in now, for `port` and `msg.port`: by the adapter's own serial
   * number; else by its USB socket; else the device.
   */
  port: string;
  /** The name that Linux gives the adapter for good. Adapters without a serial number share theirs. */
  byId?: string;
  product?: string;
  /** `usb:<vid>:<pid>[:<serial>][#<unit>]`, where that means this port alone now. */
  usb?: string;
  /** The USB socket and the interface, as the kernel names them. */
  socket?: string;
  /** Another one after each plugging in, where the kernel tells. */
  plugged?: string;
}

/** The serial ports of this computer with all that is known of them. Never fails. */
export async function describePorts(sources: Partial<PortSources> = {}): Promise<DescribedPort[]> {
  const from = { ...systemPorts, ...sources };
  const listed = await Promise.all((await listPorts(from)).map((port) => described(port, from)));
  // A lasting name comes first, and stands for all others.
  const ports = [
    ...new Map(listed.reverse().map((port) => [port.device, port])).values(),
  ].reverse();
  return ports.map((port) => withAddresses(port, ports));
}

/**
 * The same without asking a helper program: on Linux the kernel is asked, as Home Assistant's add-on and containers have no
 * `udevadm`, and starting it every few seconds would cost too much.
 */
export function portsHere(): Promise<DescribedPort[]> {
  return describePorts(process.platform === 'linux' ? { list: async () => [] } : {});
}

/**
 * A text that is another one as soon as a port came, went, or was plugged in anew: had in a tenth of the time that a list takes.
 * Null where the kernel does not tell it.
 */
export async function signOfPorts(): Promise<string | null> {
  if (process.platform !== 'linux') return null;
  const { dev, ttys } = systemPorts;
  const inFolder = (folder: string) => readdir(folder).catch(() => []);
  const [links, devices] = await Promise.all([
    inFolder(join(dev, 'serial', 'by-id')),
    inFolder(dev),
  ]);
  const names = devices.filter((name) => DEVICE.test(name));
  const signs = names.sort().map(async (name) => {
    // The kernel gives no such number twice.
    const made = await stat(join(ttys, name)).catch(() => null);
    return `${name} ${made?.ino} ${made?.ctimeMs}`;
  });
  return [...links.sort(), ...(await Promise.all(signs))].join('\n');
}

/** Those that an address means. */
export function portsMeant(address: UsbAddress, ports: readonly DescribedPort[]): DescribedPort[] {
  return ports.filter((port) => isMeant(address, port));
}

/** What a port that is here is called. @param given as a person named it */
export function namesOf(port: DescribedPort, given: string): PortNames {
  const { device, usb, byId, location, socket = location } = port;
  const own = usb !== undefined && isOwnSerial(port.serialNumber) ? usb : socket;
  return {
    canonical: device,
    isHere: true,
    own: own === undefined ? [] : [own],
    others: [given, usb, byId, location].filter((name) => name !== undefined),
  };
}

async function described(port: PortInfo, { ttys }: PortSources): Promise<DescribedPort> {
  const device = await realpath(port.path).catch(() => port.path);
  const facts = await usbFacts(join(ttys, basename(device)));
  const { vendorId, productId } = facts ?? port;
  return {
    ...port,
    ...facts,
    ...(vendorId === undefined ? {} : { vendorId: fourDigits(vendorId) }),
    ...(productId === undefined ? {} : { productId: fourDigits(productId) }),
    ...(port.path === device ? {} : { byId: port.path }),
    device,
    port: device,
  };
}

function withAddresses(port: DescribedPort, all: readonly DescribedPort[]): DescribedPort {
  const usb = ownAddress(port, all);
  const tells = usb !== undefined && isOwnSerial(port.serialNumber);
  return {
    ...port,
    ...(usb === undefined ? {} : { usb }),
    port: tells ? usb : (port.location ?? port.device),
  };
}

/** The shortest address that means a port and no other one; undefined where there is none. */
function ownAddress(port: DescribedPort, all: readonly DescribedPort[]): string | undefined {
  const { vendorId, productId, serialNumber, unit } = port;
  if (vendorId === undefined || productId === undefined) return undefined;
  const short = { vendorId, productId, serialNumber: serialNumber?.trim() || undefined };
  const fits = [short, { ...short, unit }].find((address) => portsMeant(address, all).length === 1);
  return fits === undefined ? undefined : usbAddress(fits);
}
