import { BkError, shown } from '../../errors';
import { say } from '../../texts/note';

/** Which adapter a port of the kind `usb:<vid>:<pid>[:<serial>][#<unit>]` means. */
export interface UsbAddress {
  /** Four hex digits in lower case. */
  vendorId: string;
  productId: string;
  /** Undefined for any. */
  serialNumber?: string | undefined;
  /** Which port of an adapter that has several: `1`, or `0.1` (see UsbFacts); undefined for its only one. */
  unit?: string | undefined;
}

const FORM =
  /^usb:(?:\/\/)?([0-9a-f]{1,4}):([0-9a-f]{1,4})(?::([^#]*))?(?:#(\d{1,3}(?:\.\d{1,3})?))?$/i;

/** @throws BkError BK_BAD_SETTING */
export function parseUsbAddress(address: string): UsbAddress {
  const [, vendor, product, serial, unit] = FORM.exec(address.trim()) ?? [];
  const serialNumber = serial === undefined ? undefined : decoded(serial);
  if (vendor === undefined || product === undefined || serialNumber === '') {
    throw new BkError('BK_BAD_SETTING', say('transport.noUsbAddress', { given: shown(address) }), {
      phase: 'open',
      advice: [say('transport.giveUsbAddress')],
    });
  }
  return { vendorId: fourDigits(vendor), productId: fourDigits(product), serialNumber, unit };
}

/** The one spelling of an address. */
export function usbAddress({ vendorId, productId, serialNumber, unit }: UsbAddress): string {
  const serial = serialNumber === undefined ? '' : `:${encodeURIComponent(serialNumber)}`;
  return `usb:${vendorId}:${productId}${serial}${unit === undefined ? '' : `#${unit}`}`;
}

/**
 * Whether an adapter's port is one that the address means. Letters of a serial number count the same in either case: Windows
 * makes all of them large.
 */
export function isMeant(address: UsbAddress, port: Partial<UsbAddress>): boolean {
  if (address.vendorId !== port.vendorId || address.productId !== port.productId) return false;
  if (address.unit !== undefined && address.unit !== (port.unit ?? '0')) return false;
  const { serialNumber } = address;
  return (
    serialNumber === undefined ||
    serialNumber.toLowerCase() === port.serialNumber?.trim().toLowerCase()
  );
}

/** Four hex digits in lower case. */
export function fourDigits(id: string): string {
  return id.toLowerCase().padStart(4, '0');
}

/** What no percent sign spoils is taken as it is: people copy serial numbers. Empty for one that is spoilt. */
function decoded(serial: string): string {
  try {
    return decodeURIComponent(serial).trim();
  } catch {
    return '';
  }
}
