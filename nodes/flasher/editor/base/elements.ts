type Child = Node | string | null;

/** `onclick` and the like take listeners; null and false leave an attribute out, true sets it empty. */
type Attributes = Readonly<Record<string, string | number | boolean | null | EventListener>>;

/** An element with attributes and children. Texts become text, whatever stands in them. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.replace(/^on/, ''), value);
    else setAttribute(made, name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function setAttribute(
  target: Element,
  name: string,
  value: string | number | boolean | null,
): void {
  if (value === null || value === false) target.removeAttribute(name);
  else target.setAttribute(name, value === true ? '' : String(value));
}

/** Sets a text only where it differs: screen readers speak what is set anew. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** A button with a sign before its words. @param icon name in Font Awesome 4 */
export function button(
  label: string,
  icon: string | null,
  onclick: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const look = { type: 'button', class: 'bk-button', onclick, ...attributes };
  if (icon === null) return element('button', look, label);
  const picture = element('i', { class: `fa fa-${icon}`, 'aria-hidden': 'true' });
  return element('button', look, picture, ' ', element('span', {}, label));
}

let made = 0;

/** A name that no other element of the page has. */
export function uniqueId(stem: string): string {
  made += 1;
  return `bk-flasher-${stem}-${made}`;
}
