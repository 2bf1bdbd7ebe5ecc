import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What is known of the USB adapter behind a serial port. */
export interface UsbFacts {
  /** Four hex digits in lower case. */
  vendorId: string;
  productId: string;
  serialNumber?: string;
  manufacturer?: string;
  product?: string;
  /**
   * Which of the adapter's ports it is: USB's number of the interface, decimal, and behind a dot which port of that
   * interface where it is not the first. Missing where the system does not tell.
   */
  unit?: string;
  /** The USB socket and the interface, as the kernel names them: `1-1.4:1.0`. */
  socket?: string;
  /** Another one after each plugging in: `<bus>-<address>`. */
  plugged?: string;
}

/** How far above a terminal the USB device is that it belongs to: itself, interface, device. */
const USB_LEVELS = 4;

/**
 * What the kernel tells of the USB device that a terminal belongs to; null where it belongs to none. Never fails.
 * Source: Documentation/ABI/testing/sysfs-bus-usb of Linux.
 * @param tty the terminal's folder in /sys/class/tty
 */
export async function usbFacts(tty: string): Promise<UsbFacts | null> {
  let folder = await realpath(join(tty, 'device')).catch(() => null);
  let unit: string | undefined;
  let socket: string | undefined;
  const port = Number((folder && (await lineOf(folder, 'port_number'))) ?? 0);
  for (let level = 0; folder !== null && level < USB_LEVELS; level++) {
    const number = unit === undefined ? await lineOf(folder, 'bInterfaceNumber') : undefined;
    if (number !== undefined) {
      unit = unitOf(number, port);
      socket = port > 0 ? `${basename(folder)}.${port}` : basename(folder);
    }
    const [vendorId, productId] = await Promise.all([
      lineOf(folder, 'idVendor'),
      lineOf(folder, 'idProduct'),
    ]);
    if (vendorId !== undefined && productId !== undefined) {
      return { vendorId, productId, ...told({ ...(await deviceFacts(folder)), unit, socket }) };
    }
    folder = dirname(folder);
  }
  return null;
}

/** @param number two hex digits @param port of that interface, from 0 */
function unitOf(number: string, port: number): string {
  const unit = String(Number.parseInt(number, 16));
  return port > 0 ? `${unit}.${port}` : unit;
}

async function deviceFacts(folder: string) {
  const [serialNumber, manufacturer, product, bus, address] = await Promise.all(
    ['serial', 'manufacturer', 'product', 'busnum', 'devnum'].map((name) => lineOf(folder, name)),
  );
  const plugged = bus === undefined || address === undefined ? undefined : `${bus}-${address}`;
  return { serialNumber, manufacturer, product, plugged };
}

type Told<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Without what is not known. */
function told<T extends object>(facts: T): Told<T> {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined),
  ) as Told<T>;
}

async function lineOf(folder: string, name: string): Promise<string | undefined> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => '');
  return text.trim() || undefined;
}
