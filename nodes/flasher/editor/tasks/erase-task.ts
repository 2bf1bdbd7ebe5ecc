import { parseSize } from '../../../../src/texts/amounts';
import { button, element, setText } from '../base/elements';
import { text } from '../base/texts';
import { planThenChange } from './change-task';
import { choice, field, showStep, type Task, taskFrame } from './task';

const SECTOR = 4096;

/** Erasing: choose what, see the plan, say yes. */
export class EraseTask implements Task {
  readonly root: HTMLElement;
  readonly #device: string;
  readonly #holder = element('div', { class: 'bk-step' });
  readonly #region = choice(
    text('setting.region'),
    named('region', ['app', 'data', 'range', 'all']),
    'app',
  );
  readonly #offset = field(text('setting.offset'), '');
  readonly #length = field(text('setting.length'), '');
  readonly #calibration = choice(
    text('setting.calibration'),
    named('calibration', ['keep', 'erase']),
    'keep',
  );
  readonly #bootloader = choice(
    text('setting.bootloader'),
    named('eraseBootloader', ['keep', 'erase']),
    'keep',
  );
  readonly #backup = choice(
    text('setting.backup'),
    named('backup', ['once', 'always', 'never']),
    'once',
  );

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
      setText(wrong, this.#isRangeWrong() ? text('setting.wrongRange') : '');
      if (this.#isRangeWrong()) return;
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

  #isRangeWrong(): boolean {
    if (this.#region.value() !== 'range') return false;
    const given = [this.#offset, this.#length].map((one) => parseSize(one.value()));
    return given.some((bytes) => bytes === null || bytes % SECTOR !== 0);
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

function named(setting: string, values: readonly string[]): [value: string, label: string][] {
  return values.map((value) => [value, text(`option.${setting}.${value}`)]);
}
