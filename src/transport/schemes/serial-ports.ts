import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { usbFacts } from '../usb/usb-facts';

/** A serial port of this computer. */
export interface PortInfo {
  /** What to put into the device's port; the path that survives re-plugging where there is one. */
  path: string;
  /** For people to choose by. */
  label: string;
  manufacturer?: string;
  serialNumber?: string;
  /** USB ids, four hex digits. */
  vendorId?: string;
  productId?: string;
  /** The USB socket that it is in, and which of several ports behind it, where the system tells. */
  location?: string;
  /** Which port of an adapter that has several; see UsbFacts. */
  unit?: string;
}

/** What the serial port library tells of a port. */
export interface ListedPort {
  path: string;
  manufacturer?: string | undefined;
  serialNumber?: string | undefined;
  vendorId?: string | undefined;
  productId?: string | undefined;
  /** Windows: the name of the device, with its interface in it. */
  pnpId?: string | undefined;
}

/** Where to look. */
export interface PortSources {
  dev: string;
  /** Folder of the kernel's terminals. */
  ttys: string;
  list(): Promise<readonly ListedPort[]>;
}

/** Those of this computer; tests put their own in. */
export const systemPorts: PortSources = {
  dev: '/dev',
  ttys: '/sys/class/tty',
  list: async () => {
    const { SerialPort } = await import('serialport');
    return SerialPort.list();
  },
};

/** Names of terminals that are ports. */
export const DEVICE = /^tty(USB|ACM|WCHUSB|XRUSB|AMA|S)\d+$/;
/** Where Windows tells of an interface: `USB\\VID_0403&PID_6010&MI_01\\…`. */
const INTERFACE = /&MI_([0-9a-f]{2})/i;
/** A built-in serial port that the kernel made a name for without finding one. */
const BUILT_IN = /^ttyS\d+$/;

/**
 * The serial ports of this computer: those with a lasting name first, one entry a port. Never fails:
 * without udev (containers) the names under /dev tell what there is, and the kernel whose they are.
 */
export async function listPorts(sources: Partial<PortSources> = {}): Promise<PortInfo[]> {
  const from = { ...systemPorts, ...sources };
  const [links, sockets] = await Promise.all([
    linksIn(from.dev, 'by-id'),
    linksIn(from.dev, 'by-path'),
  ]);
  const listed = await from.list().catch(() => []);
  const known = listed.length > 0 ? listed : await deviceFiles(from);
  const ports: { port: PortInfo; lasting: boolean }[] = [];
  for (const entry of known) {
    if (!(await exists(entry.path, from))) continue;
    const lasting = links.get(entry.path);
    links.delete(entry.path);
    ports.push({
      port: describe(entry, lasting, sockets.get(entry.path)),
      lasting: lasting !== undefined,
    });
  }
  for (const [path, lasting] of links) {
    ports.push({ port: describe({ path }, lasting, sockets.get(path)), lasting: true });
  }
  return ports
    .sort((a, b) => Number(b.lasting) - Number(a.lasting) || byNumber(a.port.path, b.port.path))
    .map(({ port }) => port);
}

/** By the device's path: its name in a folder of /dev/serial, the last one where there are more. */
async function linksIn(dev: string, kind: 'by-id' | 'by-path'): Promise<Map<string, string>> {
  const folder = join(dev, 'serial', kind);
  const links = new Map<string, string>();
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const link = join(folder, name);
    const path = await realpath(link).catch(() => null);
    if (path !== null) links.set(path, link);
  }
  return links;
}

async function deviceFiles({ dev, ttys }: PortSources): Promise<ListedPort[]> {
  const names = (await readdir(dev).catch(() => [])).filter((name) => DEVICE.test(name));
  return Promise.all(
    names.map(async (name) => {
      const facts = await usbFacts(join(ttys, name));
      const maker = facts?.manufacturer ?? facts?.product;
      return { path: join(dev, name), ...facts, manufacturer: maker };
    }),
  );
}

/** The kernel's type of a built-in port is 0 where no such chip answered. */
async function exists(path: string, { ttys }: PortSources): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!BUILT_IN.test(name)) return true;
  const type = await readFile(join(ttys, name, 'type'), 'utf8').catch(() => '');
  return type.trim() !== '0';
}

function describe(
  entry: ListedPort,
  lasting: string | undefined,
  socket: string | undefined,
): PortInfo {
  const device = entry.path.slice(entry.path.lastIndexOf('/') + 1);
  const unit = INTERFACE.exec(entry.pnpId ?? '')?.[1];
  const name = lasting?.slice(lasting.lastIndexOf('/') + 1) ?? entry.manufacturer;
  return {
    path: lasting ?? entry.path,
    label: name === undefined ? device : `${name} (${device})`,
    ...(entry.manufacturer === undefined ? {} : { manufacturer: entry.manufacturer }),
    ...(entry.serialNumber === undefined ? {} : { serialNumber: entry.serialNumber }),
    ...(entry.vendorId === undefined ? {} : { vendorId: entry.vendorId }),
    ...(entry.productId === undefined ? {} : { productId: entry.productId }),
    ...(socket === undefined ? {} : { location: socket }),
    ...(unit === undefined ? {} : { unit: String(Number.parseInt(unit, 16)) }),
  };
}

/** ttyUSB2 before ttyUSB10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
