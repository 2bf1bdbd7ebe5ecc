import { sizeText } from '../../../../src/texts/amounts';
import type { DeviceState } from '../../messages';
import { element } from '../base/elements';
import { text, textOr } from '../base/texts';
import { code, type Fact, factList } from '../show/facts';

/** Which chip a device has, as far as it is known. */
export class ChipFacts {
  readonly root = element('div', { class: 'bk-chip' });
  #shown = '';

  update({ port, chip }: DeviceState): void {
    // What has not changed stays, so that a selection in it does, too.
    const now = JSON.stringify([port, chip]);
    if (now === this.#shown) return;
    this.#shown = now;
    const facts: Fact[] = [[text('fact.port'), code(port)]];
    if (chip === null) {
      this.root.replaceChildren(
        factList(facts),
        element('p', { class: 'bk-muted' }, text('fact.notYet')),
      );
      return;
    }
    const { bootloader, flash } = chip;
    const aliases = chip.aliases.length === 0 ? '' : ` (${chip.aliases.join(', ')})`;
    const id = flash.name ?? (flash.id === null ? '' : flash.id);
    facts.push(
      [text('fact.chip'), `${chip.chip ?? text('fact.unknown')}${aliases}`],
      [text('fact.family'), text(`family.${chip.family}`)],
      [text('fact.flash'), `${sizeText(flash.size)} ${id}`.trim()],
      [text('fact.mac'), chip.mac === null ? text('fact.noMac') : code(chip.mac)],
      [
        text('fact.bootloader'),
        [bootloader.name, bootloader.version, bootloader.known ? null : text('fact.notKnown')]
          .filter(Boolean)
          .join(' '),
      ],
      [
        text('fact.key'),
        chip.encryptionKey === null
          ? null
          : textOr(`key.${chip.encryptionKey}`, chip.encryptionKey),
      ],
      [text('fact.baud'), String(chip.baud)],
    );
    this.root.replaceChildren(factList(facts));
  }
}
