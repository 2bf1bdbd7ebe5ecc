import { element } from '../base/elements';
import { text } from '../base/form-texts';
import { text as tabText } from '../base/texts';
import { drawWiring, type WiringWords } from './draw-wiring';
import { PINOUTS, pinoutOf } from './pinouts';

/** Where the browser keeps which module a person has at hand. */
const CHOSEN = 'bk72xx-module';

/** The drawing of how to wire, for the module that is chosen above it. */
export class WiringView {
  readonly root: HTMLElement;
  readonly #drawing = element('div');
  readonly #module: HTMLSelectElement;

  constructor() {
    const names = PINOUTS.map(({ name }) => element('option', { value: name }, name));
    const other = element('option', { value: '' }, text('wiring.otherModule'));
    this.#module = element('select', { onchange: () => this.#choose() }, ...names, other);
    this.#module.value = localStorage.getItem(CHOSEN) ?? '';
    const label = element(
      'label',
      { class: 'bk-field' },
      element('span', {}, text('wiring.module')),
      this.#module,
    );
    this.root = element('figure', { class: 'bk-wiring-view' }, label, this.#drawing, wiringList());
    this.#draw();
  }

  #choose(): void {
    localStorage.setItem(CHOSEN, this.#module.value);
    this.#draw();
  }

  #draw(): void {
    // Made of our own words and numbers, each of which was made safe.
    this.#drawing.innerHTML = drawWiring(pinoutOf(this.#module.value), words());
  }
}

function words(): WiringWords {
  return {
    title: text('wiring.title'),
    adapter: text('wiring.adapter'),
    supply: text('wiring.supply'),
    current: text('wiring.current'),
    reset: text('wiring.reset'),
    front: text('wiring.front'),
    back: text('wiring.back'),
    anyModule: text('wiring.anyModule'),
    safety: text('wiring.safety'),
  };
}

/** The same in words, with what no drawing shows. */
function wiringList(): HTMLElement {
  const lines = ['ground', 'power', 'tx', 'rx', 'reset'].map((line) =>
    element('li', {}, tabText(`wiring.${line}`)),
  );
  return element('ul', { class: 'bk-wiring' }, ...lines);
}
