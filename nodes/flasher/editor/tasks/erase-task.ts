import { parseSize } from '../../../../src/texts/amounts';
import { SECTOR } from '../../messages';
import { button, element, setText } from '../base/elements';
import { formText, text } from '../base/texts';
import { planThenChange } from './change-task';
import { field, formChoice, showStep, type Task, taskFrame } from './task';

/** Erasing: choose what, see the plan, say yes. */
export class EraseTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #holder = element('div', { class: 'bk-step' });
  readonly #region = formChoice('bk-erase', 'region', '', ['app', 'data', 'range', 'all']);
  readonly #offset = field(formText('bk-erase', 'label.offset'), '');
  readonly #length = field(formText('bk-erase', 'label.length'), '');
  readonly #calibration = formChoice('bk-erase', 'calibration', 'calibration', ['keep', 'erase']);
  readonly #bootloader = formChoice('bk-erase', 'bootloader', 'bootloader', ['keep', 'erase']);
  readonly #backup = formChoice('bk-erase', 'backup', 'backup', ['once', 'always', 'never']);

  constructor(device: string, onClose: () => void) {
    this.#device = device;
    this.root = taskFrame(text('task.erase'), onClose, this.#holder);
    this.#ask();
  }

  #ask(): void {
    const range = element('div', {}, this.#offset.root, this.#length.root);
    const wrong = element('p', { class: 'bk-wrong', role: 'alert' });
    const look = () => {
      range.hidden = this.#region.value() !== 'range';
    };
    this.#region.root.addEventListener('change', look);
    look();
    const plan = button(text('plan.show'), 'list-alt', () => {
      const why = this.#wrong();
      setText(wrong, why ?? '');
      if (why !== null) return;
      const change = { operation: 'erase', options: this.#options() } as const;
      void planThenChange(this.#device, change, this.#holder, () => this.#ask());
    });
    plan.classList.add('bk-main');
    const more = element(
      'details',
      {},
      element('summary', {}, text('setting.more')),
      this.#calibration.root,
      this.#bootloader.root,
    );
    showStep(this.#holder, this.#region.root, range, this.#backup.root, more, wrong, plan);
  }

  /** What of the range cannot be used as it is typed; null where all can. */
  #wrong(): string | null {
    if (this.#region.value() !== 'range') return null;
    for (const [setting, typed] of [
      ['offset', this.#offset.value()],
      ['length', this.#length.value()],
    ] as const) {
      const bytes = parseSize(typed);
      if (bytes === null) return formText('bk-erase', `error.${setting}`);
      if (bytes % SECTOR !== 0) return formText('bk-erase', `error.${setting}Sector`);
    }
    return null;
  }

  #options(): Record<string, unknown> {
    const region = this.#region.value();
    const range = {
      offset: parseSize(this.#offset.value()),
      length: parseSize(this.#length.value()),
    };
    return {
      region,
      ...(region === 'range' ? range : {}),
      calibration: this.#calibration.value(),
      bootloader: this.#bootloader.value(),
      backup: this.#backup.value(),
    };
  }
}
