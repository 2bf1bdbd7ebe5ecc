import { button, element, setText } from '../base/elements';
import { text } from '../base/texts';
import { type ChosenImage, ImagePicker, imageCard } from '../show/image-picker';
import { planThenChange } from './change-task';
import { showStep, type Task, taskFrame } from './task';
import { WriteSettings } from './write-settings';

/** Writing: choose what, look at what it is, see the plan, say yes. */
export class WriteTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #picker = new ImagePicker((image) => this.#look(image));
  readonly #holder = element('div', { class: 'bk-step' });

  constructor(device: string, onClose: () => void) {
    this.#device = device;
    this.root = taskFrame(text('task.write'), onClose, this.#holder);
    this.#holder.append(this.#picker.root);
  }

  #look(image: ChosenImage): void {
    const settings = new WriteSettings(image);
    const wrong = element('p', { class: 'bk-wrong', role: 'alert' });
    const plan = button(text('plan.show'), 'list-alt', () => {
      const why = settings.wrong();
      setText(wrong, why ?? '');
      if (why !== null) return;
      void planThenChange(this.#device, settings.change(), this.#holder, show);
    });
    plan.classList.add('bk-main');
    const back = button(text('action.back'), 'arrow-left', () =>
      showStep(this.#holder, this.#picker.root),
    );
    const row = element('div', { class: 'bk-row' }, plan, back);
    // Who comes back finds what was typed.
    const show = () => showStep(this.#holder, imageCard(image), settings.root, wrong, row);
    show();
  }
}
