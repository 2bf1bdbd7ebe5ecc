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
      const found = await axe.run({ include: [selector as string] }, options);
      return found.violations.map(({ id, nodes }) => ({
        id,
        nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
      }));
    },
    [part, AA] as const,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node}`));
}

/** As Node-RED 5 tells its dark theme, with the colours of it that are used; older ones have none. */
export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((isDark) => {
    const id = 'bk-test-dark';
    document.documentElement.classList.toggle('nr-theme-dark', isDark);
    document.getElementById(id)?.remove();
    if (!isDark) return;
    const style = document.createElement('style');
    style.id = id;
    style.textContent =
      'html.nr-theme-dark { --red-ui-primary-background: #15151a; --red-ui-secondary-background: #1b1b23; }';
    document.head.append(style);
  }, theme === 'dark');
}
