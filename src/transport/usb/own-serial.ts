/**
 * Serial numbers that makers leave in all of their adapters. They tell nothing: one digit behind zeros
 * (CP2102: 0001), one character all along, digits that count up, and the number of counterfeit FT232R.
 * Source for the last one: softsolder.com, "Counterfeit FTDI USB-Serial Adapter Roundup".
 */
const FACTORY_SERIAL = /^(?:0*.|(.)\1*|A50285BI)$/i;
const COUNTING = ['0123456789ABCDEF', '1234567890ABCDEF'];

/** Whether a serial number can tell one adapter from another of its kind. */
export function isOwnSerial(serial: string | undefined): serial is string {
  const text = serial?.trim().toUpperCase() ?? '';
  if (text === '' || FACTORY_SERIAL.test(text)) return false;
  return !COUNTING.some((digits) => digits.startsWith(text));
}
