import { parseSize, sizeText } from '../../../../src/texts/amounts';
import { element, setText } from '../base/elements';
import { text } from '../base/form-texts';

/** Whoever types fewer bytes knows how much that is. */
const LEAST = 1024;

/** What a person may have typed, in the other ways to write it; null where that says nothing new. */
export function sizeHint(typed: string): { size: string; hex: string; bytes: string } | null {
  if (typed.trim() === '') return null;
  const bytes = parseSize(typed);
  if (bytes === null || bytes < LEAST) return null;
  return { size: sizeText(bytes), hex: `0x${bytes.toString(16)}`, bytes: String(bytes) };
}

/** Says behind each of these fields how much it is that stands in it: 0x132000 is 1.2 MiB. */
export function showSizes(names: readonly string[]): void {
  for (const name of names) {
    const field = document.getElementById(`node-input-${name}`);
    const row = field?.closest('.form-row');
    if (!(field instanceof HTMLInputElement) || row == null) continue;
    const hint = element('div', { class: 'bk-size-hint' });
    row.append(hint);
    const show = () => {
      const type = document.getElementById(`node-input-${name}Type`);
      const isItself = !(type instanceof HTMLInputElement) || type.value === 'size';
      const found = isItself ? sizeHint(field.value) : null;
      setText(hint, found === null ? '' : text('sizeHint', found));
      hint.hidden = found === null;
    };
    // The typed input tells of its changes by the editor's jQuery only.
    onChange(field, show);
    show();
  }
}

interface Listening {
  on(events: string, listener: () => void): void;
}

declare const $: (element: Element) => Listening;

/** Calls for each change of a field, those that the editor's own code makes included. */
export function onChange(field: Element, listener: () => void): void {
  $(field).on('change keyup paste', listener);
}
