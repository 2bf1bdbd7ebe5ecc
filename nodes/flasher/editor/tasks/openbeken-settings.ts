import { element } from '../base/elements';
import { text } from '../base/texts';
import { checkbox, field } from './task';

/** Not for the browser to remember: it is written onto a chip. */
const PASSWORD = { type: 'password', autocomplete: 'new-password' };
const LAST_PORT = 65535;

/** OpenBeken's own settings, written along with its firmware; named as in `msg.openbeken`. */
export class OpenBekenSettings {
  readonly root: HTMLElement;
  readonly #isWanted = checkbox(text('openbeken.wanted'), false);
  readonly #pins = checkbox(text('openbeken.pins'), true);
  readonly #port = field(text('openbeken.mqttPort'), '', { placeholder: '1883' });
  readonly #texts = {
    ssid: field(text('openbeken.ssid'), ''),
    password: field(text('openbeken.password'), '', PASSWORD),
    name: field(text('openbeken.name'), ''),
    mqttHost: field(text('openbeken.mqttHost'), ''),
    mqttUser: field(text('openbeken.mqttUser'), ''),
    mqttPassword: field(text('openbeken.mqttPassword'), '', PASSWORD),
    mqttTopic: field(text('openbeken.mqttTopic'), ''),
  };

  constructor() {
    const { ssid, password, name, mqttHost, mqttUser, mqttPassword, mqttTopic } = this.#texts;
    const mqtt = [mqttHost, this.#port, mqttUser, mqttPassword, mqttTopic];
    const more = element(
      'div',
      { hidden: true },
      this.#pins.root,
      ssid.root,
      password.root,
      name.root,
      element(
        'details',
        {},
        element('summary', {}, text('openbeken.mqtt')),
        ...mqtt.map(({ root }) => root),
      ),
    );
    this.#isWanted.input.addEventListener('change', () => {
      more.hidden = !this.#isWanted.input.checked;
    });
    this.root = element('div', { class: 'bk-openbeken' }, this.#isWanted.root, more);
  }

  /** What cannot be used as it is typed; null where all can. */
  wrong(): string | null {
    const typed = this.#port.value();
    const isFine = typed === '' || (/^\d+$/.test(typed) && isPort(Number(typed)));
    return !this.#isWanted.input.checked || isFine ? null : text('openbeken.wrongPort');
  }

  /** Null where they are not wanted. What is left empty is left out. */
  options(): Record<string, unknown> | null {
    if (!this.#isWanted.input.checked) return null;
    const typed = Object.entries(this.#texts).map(([name, { value }]) => [name, value()]);
    const port = this.#port.value();
    return {
      ...Object.fromEntries(typed.filter(([, value]) => value !== '')),
      ...(port === '' ? {} : { mqttPort: Number(port) }),
      ...(this.#pins.input.checked ? { pins: 'tuya' } : {}),
    };
  }
}

function isPort(port: number): boolean {
  return port >= 1 && port <= LAST_PORT;
}
