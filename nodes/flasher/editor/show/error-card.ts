import type { ShownError } from '../../messages';
import { rangeText } from '../base/amounts';
import { element } from '../base/elements';
import { say, text, textOr } from '../base/texts';

/** A failure as a card: what happened, why it probably did, what flash holds, and what to do. */
export function errorCard(error: ShownError): HTMLElement {
  const { code, message, likely, advice, state } = error;
  const held = Object.entries(state ?? {}).filter(([, ranges]) => ranges.length > 0);
  return element(
    'div',
    { class: 'bk-card bk-card-bad', 'data-code': code },
    element('h4', {}, code === 'BK_CANCELLED' ? text('failed.cancelled') : text('failed.title')),
    element('p', { class: 'bk-lead' }, say(message)),
    ...section(
      'failed.likely',
      likely.map(({ cause, confidence, evidence }) =>
        element(
          'li',
          {},
          `${say(cause)} (${text('failed.confidence', { percent: Math.round(confidence * 100) })})`,
          element('span', { class: 'bk-evidence' }, evidence.map(say).join(' ')),
        ),
      ),
    ),
    ...section(
      'failed.advice',
      advice.map((note) => element('li', {}, say(note))),
    ),
    ...section(
      'failed.state',
      held.map(([name, ranges]) =>
        element('li', {}, `${textOr(`state.${name}`, name)}: ${ranges.map(rangeText).join(', ')}`),
      ),
    ),
    code === '' ? null : element('p', { class: 'bk-code bk-muted' }, code),
  );
}

function section(title: string, items: readonly HTMLElement[]): HTMLElement[] {
  if (items.length === 0) return [];
  return [element('h5', {}, text(title)), element('ul', {}, ...items)];
}
