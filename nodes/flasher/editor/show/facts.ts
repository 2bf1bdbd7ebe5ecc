import { element } from '../base/elements';

/** One line of facts: its name, and what it is. */
export type Fact = readonly [name: string, value: string | HTMLElement | null];

/** Facts as a list of names and values; those without a value are left out. */
export function factList(facts: readonly Fact[]): HTMLElement {
  return element(
    'dl',
    { class: 'bk-facts' },
    ...facts.flatMap(([name, value]) =>
      value === null || value === '' ? [] : [element('dt', {}, name), element('dd', {}, value)],
    ),
  );
}

/** Letters that are compared one by one: addresses, checksums, MACs. */
export function code(words: string): HTMLElement {
  return element('code', {}, words);
}
