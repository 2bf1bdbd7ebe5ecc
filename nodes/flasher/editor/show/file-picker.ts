import type { HeldImage } from '../../messages';
import { api } from '../base/api';
import { button, element, setText } from '../base/elements';
import { errorOf } from '../base/run';
import { text } from '../base/texts';
import { errorCard } from './error-card';

/** A place to choose a file of firmware, or to drop one; it goes to the server, which looks into it. */
export class FilePicker {
  readonly root: HTMLElement;
  readonly #input: HTMLInputElement;
  readonly #said = element('p', { class: 'bk-said', role: 'status' });
  readonly #failure = element('div');
  readonly #onHeld: (image: HeldImage) => void;

  /** @param onHeld what is done with the file once the server has it */
  constructor(onHeld: (image: HeldImage) => void) {
    this.#onHeld = onHeld;
    this.#input = element('input', {
      type: 'file',
      class: 'bk-hidden',
      tabindex: -1,
      'aria-label': text('file.choose'),
      onchange: () => this.#take(this.#input.files?.[0]),
    });
    const choose = button(text('file.choose'), 'folder-open-o', () => this.#input.click());
    const zone = element(
      'div',
      { class: 'bk-drop' },
      choose,
      element('span', {}, text('file.orDrop')),
      this.#input,
    );
    const hover = (isOver: boolean) => (event: Event) => {
      event.preventDefault();
      // Else the editor takes the file for a flow that is to be imported.
      event.stopPropagation();
      zone.classList.toggle('bk-over', isOver);
    };
    for (const type of ['dragenter', 'dragover']) zone.addEventListener(type, hover(true));
    zone.addEventListener('dragleave', hover(false));
    zone.addEventListener('drop', (event) => {
      hover(false)(event);
      this.#take(event.dataTransfer?.files[0]);
    });
    this.root = element('div', { class: 'bk-picker' }, zone, this.#said, this.#failure);
  }

  #take(file: File | undefined): void {
    if (file === undefined) return;
    this.#failure.replaceChildren();
    setText(this.#said, text('file.sending', { name: file.name }));
    api.hold(file).then(
      (image) => {
        setText(this.#said, '');
        this.#input.value = '';
        this.#onHeld(image);
      },
      (thrown) => {
        setText(this.#said, '');
        this.#input.value = '';
        this.#failure.replaceChildren(errorCard(errorOf(thrown)));
      },
    );
  }
}
