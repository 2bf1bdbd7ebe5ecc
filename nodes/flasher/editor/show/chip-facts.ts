import { sizeText } from '../../../../src/texts/amounts';
import type { ShownChip } from '../../messages';
import { text, textOr } from '../base/texts';
import { code, type Fact } from './facts';

/** `BK7231N · 2 MiB · c8:47:8c:00:11:22`. */
export function lineOf({ chip, flash, mac }: ShownChip): string {
  return [chip ?? text('fact.unknown'), sizeText(flash.size), mac].filter(Boolean).join(' · ');
}

/** All that is known of a chip. */
export function factsOf(chip: ShownChip): Fact[] {
  const { aliases, bootloader, flash, encryptionKey } = chip;
  const others = aliases.length === 0 ? '' : ` (${aliases.join(', ')})`;
  const version = bootloader.version ?? '';
  const named = bootloader.name.includes(version) ? [bootloader.name] : [bootloader.name, version];
  if (!bootloader.known) named.push(text('fact.notKnown'));
  return [
    [text('fact.chip'), `${chip.chip ?? text('fact.unknown')}${others}`],
    [text('fact.family'), text(`family.${chip.family}`)],
    [text('fact.flash'), `${sizeText(flash.size)} ${flash.name ?? flash.id ?? ''}`.trim()],
    [text('fact.mac'), chip.mac === null ? text('fact.noMac') : code(chip.mac)],
    [text('fact.bootloader'), named.join(' ')],
    [text('fact.key'), encryptionKey && textOr(`key.${encryptionKey}`, encryptionKey)],
    [text('fact.baud'), chip.baud === null ? null : String(chip.baud)],
  ];
}
