import type { DeviceState } from '../../messages';
import { api } from '../base/api';
import { button, element } from '../base/elements';
import { text } from '../base/texts';

export const ACTIONS = [
  'identify',
  'backup',
  'write',
  'erase',
  'inspect',
  'rescue',
  'listen',
] as const;
export type Action = (typeof ACTIONS)[number];

const ICONS: Readonly<Record<Action, string>> = {
  identify: 'search',
  backup: 'download',
  write: 'upload',
  erase: 'eraser',
  inspect: 'file-text-o',
  rescue: 'life-ring',
  listen: 'plug',
};

/** The buttons of a device. */
export class Actions {
  readonly root = element('div', {
    class: 'bk-actions',
    role: 'group',
    'aria-label': text('action.title'),
  });
  readonly #buttons = new Map<Action, HTMLButtonElement>();
  readonly #cancel: HTMLButtonElement;
  #device: DeviceState | null = null;

  constructor(onAction: (action: Action) => void) {
    for (const action of ACTIONS) {
      const press = button(text(`action.${action}`), ICONS[action], () => onAction(action), {
        'data-action': action,
        title: text(`hint.${action}`),
      });
      this.#buttons.set(action, press);
      this.root.append(press);
    }
    this.#cancel = button(text('action.cancel'), 'stop', () => this.#stop(), {
      'data-action': 'cancel',
      title: text('hint.cancel'),
    });
    this.root.append(this.#cancel);
  }

  update(device: DeviceState): void {
    this.#device = device;
    const isBusy = device.job !== null;
    for (const [action, press] of this.#buttons) {
      // A file can be looked at whatever the chip does.
      if (action !== 'inspect') press.disabled = isBusy;
    }
    this.#cancel.disabled = !isBusy;
  }

  /** Puts the keyboard where it was before a task was opened. */
  focus(action: Action): void {
    this.#buttons.get(action)?.focus();
  }

  #stop(): void {
    const device = this.#device;
    if (device === null || device.job === null) return;
    // The end of the job tells whether it worked.
    api.cancel(device.id, device.job.id).catch(() => {});
  }
}
