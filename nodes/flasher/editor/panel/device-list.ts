import type { DeviceState } from '../../messages';
import { element, setText } from '../base/elements';
import { text, textOr } from '../base/texts';

/** What a device does, by sign and word. */
interface Standing {
  icon: string;
  /** Of the style: `busy`, `person`, `bad`, `good` or `idle`. */
  kind: string;
  words: string;
}

/** In a few words what a device is at. */
export function standingOf({ job, last, queued }: DeviceState): Standing {
  if (job?.waitsForPerson) {
    return { icon: 'hand-paper-o', kind: 'person', words: text('state.resetNow') };
  }
  if (job !== null) {
    const phase = textOr(`phase.${job.phase}`, job.phase);
    return {
      icon: 'cog',
      kind: 'busy',
      words: text('state.busy', { phase, percent: job.percent }),
    };
  }
  if (queued > 0) return { icon: 'clock-o', kind: 'busy', words: text('state.waiting') };
  if (last === null) return { icon: 'circle-o', kind: 'idle', words: text('state.idle') };
  if (last.error === null) return { icon: 'check', kind: 'good', words: text('state.done') };
  return last.error.code === 'BK_CANCELLED'
    ? { icon: 'ban', kind: 'idle', words: text('state.cancelled') }
    : { icon: 'exclamation-triangle', kind: 'bad', words: text('state.failed') };
}

/** All devices, one of which is looked at. */
export class DeviceList {
  readonly root = element('ul', { class: 'bk-devices', 'aria-label': text('devices.title') });
  readonly #onChoose: (id: string) => void;
  readonly #rows = new Map<string, Row>();

  constructor(onChoose: (id: string) => void) {
    this.#onChoose = onChoose;
  }

  /** The devices have changed, or which one is looked at. */
  show(devices: readonly DeviceState[], chosen: string | null): void {
    const focused = [...this.#rows].find(([, { press }]) => press === document.activeElement)?.[0];
    this.#rows.clear();
    const lines = devices.map((device) => {
      const row = new Row(device, device.id === chosen, () => this.#onChoose(device.id));
      this.#rows.set(device.id, row);
      return element('li', {}, row.press);
    });
    this.root.replaceChildren(...lines);
    if (focused !== undefined) this.#rows.get(focused)?.press.focus();
  }

  /** One device has told its state. */
  update(device: DeviceState): void {
    this.#rows.get(device.id)?.update(device);
  }
}

class Row {
  readonly press: HTMLButtonElement;
  readonly #icon = element('i', { 'aria-hidden': 'true' });
  readonly #name = element('span', { class: 'bk-device-name' });
  readonly #words = element('span', { class: 'bk-device-state' });

  constructor(device: DeviceState, isChosen: boolean, onclick: () => void) {
    this.press = element(
      'button',
      { type: 'button', class: 'bk-device', 'aria-current': isChosen ? 'true' : null, onclick },
      this.#icon,
      this.#name,
      this.#words,
    );
    this.update(device);
  }

  update(device: DeviceState): void {
    const { icon, kind, words } = standingOf(device);
    this.#icon.className = `fa fa-${icon} fa-fw`;
    this.press.dataset.kind = kind;
    setText(this.#name, device.name);
    setText(this.#words, words);
  }
}
