import type { ChipName } from '../chip/families';
import { type PinFields, pinFields } from './openbeken-layout';

/** How many pins a configuration on this chip has. */
export function pinCountOf(chip: ChipName | null): number {
  return pinFields(chip).gpios;
}

/**
 * For how many pins a configuration was made: the fields behind those of the pins lie where they make sense.
 * Null where neither layout, or either of them, makes some.
 * @param config that is valid
 */
export function pinCountIn(config: Uint8Array): number | null {
  const bytes = Buffer.from(config.buffer, config.byteOffset, config.byteLength);
  const usual = pinFields(null);
  const wide = pinFields('BK7252');
  const [one, other] = [sense(bytes, usual), sense(bytes, wide)];
  if (one === other) return null;
  return one > other ? usual.gpios : wide.gpios;
}

/** How many of the fields hold what they are for. */
function sense(bytes: Buffer, { buttons, ntpServer }: PinFields): number {
  const { offset, size } = ntpServer;
  const host = bytes.toString('latin1', offset, offset + size);
  const times = bytes.subarray(buttons, buttons + 3);
  return (
    Number(/^[a-z0-9][a-z0-9.-]{2,}\0+$/i.test(host)) +
    Number(times.length === 3 && times.every((time) => time > 0 && time < 0x80))
  );
}
