import type { SaidNote } from '../../messages';
import { element } from '../base/elements';
import { say, text } from '../base/texts';

/** Warnings of a job under their heading; nothing where there are none. */
export function warningList(warnings: readonly SaidNote[]): HTMLElement | null {
  if (warnings.length === 0) return null;
  return element(
    'div',
    { class: 'bk-card bk-card-warning' },
    element('h5', {}, text('plan.warnings')),
    element('ul', {}, ...warnings.map((note) => element('li', {}, say(note)))),
  );
}
