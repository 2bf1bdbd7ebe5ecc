import { button, element, setText } from '../base/elements';
import { text } from '../base/texts';

/** A button that puts a text onto the clipboard, and says so. @param make called when it is pressed */
export function copyButton(label: string, make: () => string): HTMLElement {
  const said = element('span', { class: 'bk-said', role: 'status' });
  const press = button(label, 'clipboard', () => {
    copy(make()).then(
      () => setText(said, text('copy.done')),
      () => setText(said, text('copy.failed')),
    );
    setTimeout(() => setText(said, ''), 4000);
  });
  return element('span', { class: 'bk-copy' }, press, said);
}

/** Pages that are not served by https have no clipboard of their own: there the old way has to do. */
async function copy(words: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(words);
  const area = element('textarea', { class: 'bk-hidden', 'aria-hidden': 'true' }, words);
  document.body.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone) throw new Error('copy');
}
