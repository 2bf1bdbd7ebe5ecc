import { parseSize } from '../../../../src/texts/amounts';
import { element } from '../base/elements';
import { text } from '../base/texts';
import type { ShownInspection } from '../show/inspection';
import { checkbox, choice, field } from './task';

const PARTS = ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'];
/** Images that hold more than one part. */
const OF_PARTS = ['dump', 'qio'];

/** The settings of a write, named as those of bk-write; only those that matter for the image are shown. */
export class WriteSettings {
  readonly root: HTMLElement;
  readonly #backup = choice(
    text('setting.backup'),
    named('backup', ['once', 'always', 'never']),
    'once',
  );
  readonly #part: ReturnType<typeof choice> | null;
  readonly #bootloader = choice(
    text('setting.bootloader'),
    named('bootloader', ['keep', 'replace']),
    'keep',
  );
  readonly #unchanged = choice(
    text('setting.unchanged'),
    named('unchanged', ['skip', 'rewrite']),
    'skip',
  );
  readonly #offset = field(text('setting.offset'), 'auto');
  readonly #anyImage = checkbox(text('setting.anyImage'), false);
  readonly #openbeken: OpenBekenSettings | null;

  constructor({ kind, app }: ShownInspection) {
    this.#part = OF_PARTS.includes(kind)
      ? choice(text('setting.part'), named('part', PARTS), 'image')
      : null;
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
      : text('setting.wrongOffset');
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

/** Values of a setting with their words. */
function named(setting: string, values: readonly string[]): [value: string, label: string][] {
  return values.map((value) => [value, text(`option.${setting}.${value}`)]);
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
