import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

// In the page: what axe-core puts there.
declare const axe: {
  run(
    context: { include: string[] },
    options: object,
  ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
};

/** The rules of WCAG 2.2, levels A and AA. */
const AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * What axe-core finds wrong with a part of the page by the rules of WCAG, levels A and AA, as a sentence each.
 * @param part selector
 */
export async function accessibilityFaults(page: Page, part: string): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) {
    const script = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(script);
  }
  const violations = await page.evaluate(
    async ([selector, tags]) => {
      const options = { runOnly: { type: 'tag', values: tags } };
      // Neither has a height of its own, and both hide what is beyond it: axe-core would take all text for unseen.
      const flat = [document.body, document.documentElement];
      for (const one of flat) one.style.overflow = 'visible';
      const found = await axe.run({ include: [selector as string] }, options);
      for (const one of flat) one.style.overflow = '';
      return found.violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
      }));
    },
    [part, AA] as const,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node}`));
}

/** What Node-RED 5 has as colours of its dark theme, as far as forms and this package use them. */
const DARK = {
  'primary-background': '#15151a',
  'secondary-background': '#1b1b23',
  'primary-text-color': '#f0f0f0',
  'secondary-text-color': '#aaaaaa',
  'form-background': '#1b1b23',
  'form-text-color': '#f0f0f0',
  'form-placeholder-color': '#8a8a8a',
  'form-input-background': '#0e0e12',
  'form-input-border-color': '#2a2a2c',
  'form-input-focus-color': '#e84a4a',
  'form-button-background': '#22222c',
  'form-tips-background': '#120c00',
  'list-item-color': '#f0f0f0',
  'list-item-background': '#1b1b23',
  'list-item-background-hover': '#1e1e27',
  'workspace-button-color': '#aaaaaa',
  'workspace-button-background': '#15151a',
  'workspace-button-background-hover': '#1e1e27',
};

/** As Node-RED 5 tells its dark theme, with its colours; older ones have none. */
export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  const colours = Object.entries(DARK).map(([name, value]) => `--red-ui-${name}: ${value};`);
  await page.evaluate(
    ([isDark, css]) => {
      const id = 'bk-test-dark';
      document.documentElement.classList.toggle('nr-theme-dark', isDark);
      document.getElementById(id)?.remove();
      if (!isDark) return;
      const style = document.createElement('style');
      style.id = id;
      style.textContent = css;
      document.head.append(style);
    },
    [theme === 'dark', `html.nr-theme-dark { ${colours.join(' ')} }`] as const,
  );
}
