import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { accessibilityFaults, setTheme } from './accessibility';
import { pageStands } from './editor';

const TAB = '.bk-flasher';
/** Narrow, wide, and as it is as a rule, pixels. */
const WIDTHS = [180, 800, 300];

/**
 * Sees that the tab BK flasher, as it is now, holds in both themes: nothing sticks out at any width, and there is no fault
 * by the rules of accessibility. With `BK72XX_PICTURES` a picture of each lies in that folder.
 * @param name what the pictures are called
 */
export async function tabHolds(page: Page, name: string): Promise<void> {
  const pictures = process.env.BK72XX_PICTURES;
  for (const theme of ['light', 'dark'] as const) {
    await setTheme(page, theme);
    // What is in the tab is the same at every width: how it is laid out is not.
    for (const width of WIDTHS) {
      await setWidth(page, `${width}px`);
      await pageStands(page);
      if (pictures !== undefined) {
        mkdirSync(pictures, { recursive: true });
        const file = path.join(pictures, `${name}-${theme}-${width}.png`);
        await page.locator(TAB).screenshot({ path: file });
      }
      const overhang = await page.evaluate((tab) => {
        const element = document.querySelector(tab);
        return element === null ? 0 : element.scrollWidth - element.clientWidth;
      }, TAB);
      assert.ok(overhang <= 0, `${theme}: ${overhang} pixels too wide at ${width}`);
    }
    assert.deepEqual(await accessibilityFaults(page, TAB), [], theme);
  }
  await setTheme(page, 'light');
  await setWidth(page, '');
}

function setWidth(page: Page, width: string): Promise<void> {
  return page.evaluate(
    ([tab, wanted]) => {
      document
        .querySelector<HTMLElement>(tab as string)
        ?.style.setProperty('width', wanted as string);
    },
    [TAB, width],
  );
}
