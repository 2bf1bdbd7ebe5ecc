import { hex, KEY_WORDS } from '../../errors';
import type { Evidence } from '../evidence/evidence';
import { ZEROS } from '../evidence/facts';
import { type Finding, finding } from './finding';

/** CRC-32 of 257 bytes of FF (full chips count the end byte) and of 256 (basic chips). */
const BLANK: Readonly<Record<number, number>> = { 3013064950: 257, 4272465953: 256 };

/** Known to users as "Unknown bootloader CRC 0xB397B8F6". */
export function blankBootloader({ bootloader, drops, family }: Evidence): Finding | null {
  const bytes = bootloader === null ? undefined : BLANK[bootloader.crc];
  if (bootloader === null || bytes === undefined) return null;
  const basic = family === 'basic' || bytes === 256;
  return finding(
    'blankBootloader',
    drops.length > 0 ? 0.35 : 0.85,
    `The checksum ${hex(bootloader.crc)} that other tools call an unknown bootloader is that of ${bytes} bytes of FF: sector 0 is erased.`,
    basic
      ? 'Leave the chip powered: only SPI could write its bootloader, by a backup or one of the same model.'
      : undefined,
  );
}

export function unknownBootloader({ bootloader }: Evidence): Finding | null {
  if (bootloader === null || bootloader.known) return null;
  if (bootloader.crc in BLANK || ZEROS.includes(bootloader.crc)) return null;
  return finding(
    'unknownBootloader',
    0.25,
    `The bootloader's checksum is ${hex(bootloader.crc)}, which stands in no table.`,
  );
}

export function wrongChip({ chip }: Evidence): Finding | null {
  if (chip === null || chip.expected === null || chip.found === null) return null;
  if (chip.expected === chip.found) return null;
  return finding(
    'wrongChip',
    0.9,
    `The device is set to ${chip.expected}, and a ${chip.found} answered.`,
    `Set the device's chip to ${chip.found} (or auto), and use firmware for it.`,
  );
}

export function wrongKey({ key }: Evidence): Finding | null {
  if (key === null || key.chip === null || key.image === null || key.chip === key.image)
    return null;
  return finding(
    'wrongKey',
    0.9,
    `The chip needs code with ${WORDS[key.chip] ?? key.chip}, and the image is stored with ${WORDS[key.image] ?? key.image}.`,
  );
}

const WORDS: Readonly<Record<string, string>> = KEY_WORDS;
