import type { DeviceState } from '../../messages';
import { element, setText } from '../base/elements';
import { text } from '../base/texts';
import { factsOf, lineOf } from '../show/chip-facts';
import { code, factList } from '../show/facts';

/** Which chip a device has, as far as it is known: in one line, and all of it once that is opened. */
export class ChipFacts {
  readonly root: HTMLElement;
  readonly #line = element('summary');
  readonly #more = element('div');
  #shown = '';

  constructor() {
    this.root = element('details', { class: 'bk-chip' }, this.#line, this.#more);
  }

  update({ port, chip }: DeviceState): void {
    // What has not changed stays, so that a selection in it does, too.
    const now = JSON.stringify([port, chip]);
    if (now === this.#shown) return;
    this.#shown = now;
    setText(this.#line, chip === null ? text('fact.notYet') : lineOf(chip));
    this.#more.replaceChildren(
      factList([[text('fact.port'), code(port)], ...(chip === null ? [] : factsOf(chip))]),
    );
  }
}
