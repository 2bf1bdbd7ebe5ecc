import { type HeldImage, SIDEBAR_RELEASES, type SidebarRelease } from '../../messages';
import { button, element } from '../base/elements';
import { text } from '../base/texts';
import { FilePicker } from './file-picker';
import { inspectionCard } from './inspection';

/** What is to be written: a firmware by its name, or a file that the server holds. */
export type ChosenImage =
  | { kind: 'release'; release: SidebarRelease }
  | { kind: 'file'; held: HeldImage };

/** A place to choose what is to be written: firmware that the server fetches, or a file from here. */
export class ImagePicker {
  readonly root: HTMLElement;

  constructor(onChosen: (image: ChosenImage) => void) {
    const releases = SIDEBAR_RELEASES.map((release) =>
      button(text(`release.${release}`), 'cloud-download', () =>
        onChosen({ kind: 'release', release }),
      ),
    );
    const files = new FilePicker((held) => onChosen({ kind: 'file', held }));
    this.root = element(
      'div',
      { class: 'bk-images' },
      element('p', {}, text('release.choose')),
      element('div', { class: 'bk-row' }, ...releases),
      element('p', {}, text('release.orFile')),
      files.root,
    );
  }
}

/** What it is. Which file of a release fits, and its version, are told by the plan: the chip is asked first. */
export function imageCard(image: ChosenImage): HTMLElement {
  if (image.kind === 'file') return inspectionCard(image.held);
  return element(
    'div',
    { class: 'bk-card' },
    element('h4', {}, text(`release.${image.release}`)),
    element('p', {}, text(`release.${image.release}Is`)),
    element('p', {}, text('release.how')),
  );
}
