import { button, element } from '../base/elements';
import { formText, text } from '../base/texts';

/** Something that a person does with one device, in steps, below its buttons. */
export interface Task {
  readonly root: HTMLElement;
}

/** The frame of a task: its title, its content, and a button that closes it. */
export function taskFrame(title: string, onClose: () => void, ...content: Node[]): HTMLElement {
  const heading = element('h3', { tabindex: -1 }, title);
  const close = button(text('action.close'), 'times', onClose, {
    class: 'bk-button bk-close',
  });
  const head = element('div', { class: 'bk-task-head' }, heading, close);
  return element('section', { class: 'bk-task', 'aria-label': title }, head, ...content);
}

/** A choice of one value, with its label. */
export function choice(
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  chosen: string,
): { root: HTMLElement; value: () => string } {
  const select = element(
    'select',
    {},
    ...options.map(([value, words]) =>
      element('option', { value, selected: value === chosen }, words),
    ),
  );
  const root = element('label', { class: 'bk-field' }, element('span', {}, label), select);
  return { root, value: () => select.value };
}

/**
 * A choice as a node's form has it.
 * @param prefix of the texts of what it offers: `backup` of `backupOnce`
 */
export function formChoice(
  node: 'bk-write' | 'bk-erase',
  setting: string,
  prefix: string,
  values: readonly [usual: string, ...others: string[]],
): ReturnType<typeof choice> {
  const options = values.map((value) => {
    const key =
      prefix === '' ? value : `${prefix}${value.charAt(0).toUpperCase()}${value.slice(1)}`;
    return [value, formText(node, `option.${key}`)] as const;
  });
  return choice(formText(node, `label.${setting}`), options, values[0]);
}

export function field(
  label: string,
  value: string,
  attributes: Readonly<Record<string, string>> = {},
): { root: HTMLElement; value: () => string } {
  const input = element('input', { type: 'text', value, autocomplete: 'off', ...attributes });
  const root = element('label', { class: 'bk-field' }, element('span', {}, label), input);
  // A blank may be part of a password.
  const isSecret = attributes.type === 'password';
  return { root, value: () => (isSecret ? input.value : input.value.trim()) };
}

export function checkbox(
  label: string,
  isChecked: boolean,
): { root: HTMLElement; input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox', checked: isChecked });
  return {
    root: element('label', { class: 'bk-check' }, input, element('span', {}, label)),
    input,
  };
}

/** Puts a step in the place of the one before, and the keyboard's focus at its beginning. */
export function showStep(holder: HTMLElement, ...content: (Node | null)[]): void {
  holder.replaceChildren(...content.filter((one) => one !== null));
  holder.querySelector<HTMLElement>('h4, h3')?.setAttribute('tabindex', '-1');
  holder.querySelector<HTMLElement>('h4, h3')?.focus({ preventScroll: true });
  holder.scrollIntoView({ block: 'nearest' });
}
