import { parseSize } from '../../../../src/texts/amounts';
import { element } from '../base/elements';
import { editor } from '../base/node-red';
import { formText, text } from '../base/texts';
import type { ChosenImage } from '../show/image-picker';
import type { ShownInspection } from '../show/inspection';
import type { Change } from './change-task';
import { OpenBekenSettings } from './openbeken-settings';
import { checkbox, field, formChoice } from './task';

/** Images that hold more than one part. */
const OF_PARTS = ['dump', 'qio'];

/** The settings of a write, named as those of bk-write; only those that matter for the image are shown. */
export class WriteSettings {
  readonly root: HTMLElement;
  readonly #image: ChosenImage;
  readonly #backup = formChoice('bk-write', 'backup', 'backup', ['once', 'always', 'never']);
  readonly #part: ReturnType<typeof formChoice> | null;
  readonly #bootloader = formChoice('bk-write', 'bootloader', 'bootloader', ['keep', 'replace']);
  readonly #unchanged = formChoice('bk-write', 'unchanged', 'unchanged', ['skip', 'rewrite']);
  readonly #offset = field(formText('bk-write', 'label.offset'), 'auto');
  readonly #version = field(formText('bk-write', 'label.releaseVersion'), '', {
    placeholder: formText('bk-write', 'placeholder.releaseVersion'),
  });
  readonly #server = field(formText('bk-write', 'label.releaseServer'), '', {
    placeholder: 'https://api.github.com',
  });
  readonly #anyImage = checkbox(
    `${formText('bk-write', 'label.anyImage')}: ${formText('bk-write', 'hint.anyImage')}`,
    false,
  );
  readonly #openbeken: OpenBekenSettings | null;

  constructor(image: ChosenImage) {
    this.#image = image;
    const parts = ['image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'] as const;
    this.#part = holdsParts(image) ? formChoice('bk-write', 'part', 'part', parts) : null;
    this.#openbeken = isOpenBeken(image) ? new OpenBekenSettings() : null;
    const isRelease = image.kind === 'release';
    // From where anything is fetched is up to who edits flows.
    const maySetServer = isRelease && editor().user.hasPermission('flows.write');
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
        isRelease ? this.#version.root : this.#offset.root,
        maySetServer ? this.#server.root : null,
        this.#bootloader.root,
        this.#unchanged.root,
        this.#anyImage.root,
      ),
    );
  }

  /** What cannot be used as it is typed; null where all can. */
  wrong(): string | null {
    const offset = this.#offset.value();
    const isOffset = offset === '' || offset === 'auto' || parseSize(offset) !== null;
    return isOffset ? (this.#openbeken?.wrong() ?? null) : formText('bk-write', 'error.offset');
  }

  /** The write that they make with the image. */
  change(): Change {
    const openbeken = this.#openbeken?.options() ?? null;
    const options = {
      ...this.#source(),
      backup: this.#backup.value(),
      part: this.#part?.value() ?? 'image',
      bootloader: this.#bootloader.value(),
      unchanged: this.#unchanged.value(),
      anyImage: this.#anyImage.input.checked,
      ...(openbeken === null ? {} : { openbeken }),
    };
    const image = this.#image;
    return image.kind === 'file'
      ? { operation: 'write', image: image.held.id, options }
      : { operation: 'write', options };
  }

  #source(): Record<string, unknown> {
    const image = this.#image;
    if (image.kind === 'file') return { offset: parseSize(this.#offset.value()) ?? 'auto' };
    return {
      source: 'release',
      release: image.release,
      releaseVersion: this.#version.value(),
      releaseServer: this.#server.value(),
    };
  }
}

function holdsParts(image: ChosenImage): boolean {
  return image.kind === 'file' && OF_PARTS.includes(inspectionOf(image).kind);
}

function isOpenBeken(image: ChosenImage): boolean {
  if (image.kind === 'release') return image.release === 'openbeken';
  return /openbeken|openbk/i.test(inspectionOf(image).app?.project ?? '');
}

function inspectionOf({ held }: ChosenImage & { kind: 'file' }): ShownInspection {
  return held.inspection as ShownInspection;
}
