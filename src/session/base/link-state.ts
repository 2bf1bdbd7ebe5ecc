/**
 * `opening`: the chip is not identified yet; `linked`: it is, and answers at the rate that was agreed on; `lost`: it
 * rebooted or was away, and whatever answers now is not known to be the same chip, nor to have that rate.
 */
export type LinkState = 'opening' | 'linked' | 'lost';

/** The rate of every chip after every boot, bits per second. */
export const BOOT_BAUD = 115_200;

/**
 * Whether an answer tells that the chip has not rebooted meanwhile: at any rate but that of the boot, which it would
 * have then. Where the host does not know the rate, nothing tells it.
 */
export function tellsReboots({
  canSetBaudRate,
  baudRate,
}: {
  canSetBaudRate: boolean;
  baudRate: number;
}): boolean {
  return canSetBaudRate && baudRate !== BOOT_BAUD;
}
