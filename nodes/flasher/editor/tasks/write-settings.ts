import { parseSize } from '../../../../src/texts/amounts';
import { element } from '../base/elements';
import { formText, text } from '../base/texts';
import type { ShownInspection } from '../show/inspection';
import { checkbox, field, formChoice } from './task';

/** Images that hold more than one part. */
const OF_PARTS = ['dump', 'qio'];

/** The settings of a write, named as those of bk-write; only those that matter for the image are shown. */
export class WriteSettings {
  readonly root: HTMLElement;
  readonly #backup = formChoice('bk-write', 'backup', 'backup', ['once', 'always', 'never']);
  readonly #part: ReturnType<typeof formChoice> | null;
  readonly #bootloader = formChoice('bk-write', 'bootloader', 'bootloader', ['keep', 'replace']);
  readonly #unchanged = formChoice('bk-write', 'unchanged', 'unchanged', ['skip', 'rewrite']);
  readonly #offset = field(formText('bk-write', 'label.offset'), 'auto');
  readonly #anyImage = checkbox(
    `${formText('bk-write', 'label.anyImage')}: ${formText('bk-write', 'hint.anyImage')}`,
    false,
  );
  readonly #openbeken: OpenBekenSettings | null;

  constructor({ kind, app }: ShownInspection) {
    const parts = ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'] as const;
    this.#part = OF_PARTS.includes(kind) ? formChoice('bk-write', 'part', 'part', parts) : null;
    this.#openbeken = /openbeken|openbk/i.test(app?.project ?? '') ? new OpenBekenSettings() : null;
    this.root = element(
      'div',
      { class: 'bk-settings' },
      this.#openbeken?.root ?? null,
      this.#backup.root,
      this.#part?.root ?? null,
      element(
        'details',
        {},
        element('summary', {}, text('setting.more')),
        this.#offset.root,
        this.#bootloader.root,
        this.#unchanged.root,
        this.#anyImage.root,
      ),
    );
  }

  /** What cannot be used as it is typed; null where all can. */
  wrong(): string | null {
    const offset = this.#offset.value();
    return offset === '' || offset === 'auto' || parseSize(offset) !== null
      ? null
      : formText('bk-write', 'error.offset');
  }

  options(): Record<string, unknown> {
    const typed = this.#offset.value();
    const openbeken = this.#openbeken?.options() ?? null;
    return {
      backup: this.#backup.value(),
      part: this.#part?.value() ?? 'image',
      bootloader: this.#bootloader.value(),
      unchanged: this.#unchanged.value(),
      offset: parseSize(typed) ?? 'auto',
      anyImage: this.#anyImage.input.checked,
      ...(openbeken === null ? {} : { openbeken }),
    };
  }
}

/** OpenBeken's own settings, written along with its firmware. */
class OpenBekenSettings {
  readonly root: HTMLElement;
  readonly #isWanted = checkbox(text('openbeken.wanted'), false);
  readonly #pins = checkbox(text('openbeken.pins'), true);
  readonly #ssid = field(text('openbeken.ssid'), '');
  readonly #password = field(text('openbeken.password'), '', { type: 'password' });
  readonly #name = field(text('openbeken.name'), '');

  constructor() {
    const more = element(
      'div',
      { hidden: true },
      this.#pins.root,
      this.#ssid.root,
      this.#password.root,
      this.#name.root,
    );
    this.#isWanted.input.addEventListener('change', () => {
      more.hidden = !this.#isWanted.input.checked;
    });
    this.root = element('div', { class: 'bk-openbeken' }, this.#isWanted.root, more);
  }

  /** Null where they are not wanted. What is left empty is left out. */
  options(): Record<string, unknown> | null {
    if (!this.#isWanted.input.checked) return null;
    const typed = {
      ssid: this.#ssid.value(),
      password: this.#password.value(),
      name: this.#name.value(),
    };
    const given = Object.entries(typed).filter(([, value]) => value !== '');
    return { ...Object.fromEntries(given), ...(this.#pins.input.checked ? { pins: 'tuya' } : {}) };
  }
}
