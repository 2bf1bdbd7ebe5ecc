import type { HeldImage } from '../../messages';
import { button, element, setText } from '../base/elements';
import { text } from '../base/texts';
import { FilePicker } from '../show/file-picker';
import { inspectionCard, type ShownInspection } from '../show/inspection';
import { planThenChange } from './change-task';
import { showStep, type Task, taskFrame } from './task';
import { WriteSettings } from './write-settings';

/** Writing a file: choose it, look at what it is, see the plan, say yes. */
export class WriteTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #holder = element('div', { class: 'bk-step' });

  constructor(device: string, onClose: () => void) {
    this.#device = device;
    const picker = new FilePicker((image) => this.#look(image));
    this.root = taskFrame(text('task.write'), onClose, picker.root, this.#holder);
  }

  #look(image: HeldImage): void {
    const settings = new WriteSettings(image.inspection as ShownInspection);
    const wrong = element('p', { class: 'bk-wrong', role: 'alert' });
    const plan = button(text('plan.show'), 'list-alt', () => {
      setText(wrong, settings.wrong() ?? '');
      if (settings.wrong() !== null) return;
      const change = { operation: 'write', image: image.id, options: settings.options() } as const;
      void planThenChange(this.#device, change, this.#holder, () => this.#look(image));
    });
    plan.classList.add('bk-main');
    showStep(this.#holder, inspectionCard(image), settings.root, wrong, plan);
  }
}
