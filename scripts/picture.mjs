// Makes docs/images/flow.png anew: the first example as it stands in the editor. Needs chromium.
// Usage: npm run build && npx tsc -p tsconfig.test.json && node scripts/picture.mjs
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const { Editor, findChromium } = createRequire(import.meta.url)(
  path.join(root, 'dist-test', 'test', 'support', 'editor.js'),
);

const chromium = findChromium();
if (chromium === null) {
  console.error('No chromium is on the PATH.');
  process.exit(1);
}
const example = path.join(root, 'examples', '1 Try it on a simulated chip.json');
const flow = JSON.parse(readFileSync(example, 'utf8'));
const editor = await Editor.open(chromium, flow);
try {
  const { page } = editor;
  // The badges of the picture are those of a finished run, which takes a minute and a half.
  await page.waitForSelector('.red-ui-flow-node-status-label >> text=proved', { timeout: 300_000 });
  const target = path.join(root, 'docs', 'images');
  mkdirSync(target, { recursive: true });
  const box = await page.evaluate(() => {
    const left = document.querySelector('#red-ui-workspace-chart')?.getBoundingClientRect();
    const nodes = [...document.querySelectorAll('.red-ui-flow-node-group')];
    const edges = nodes.map((node) => node.getBoundingClientRect());
    return {
      x: left?.x ?? 0,
      y: left?.y ?? 0,
      right: Math.max(...edges.map((edge) => edge.right)) + 20,
      bottom: Math.max(...edges.map((edge) => edge.bottom)) + 20,
    };
  });
  await page.screenshot({
    path: path.join(target, 'flow.png'),
    clip: { x: box.x, y: box.y, width: box.right - box.x, height: box.bottom - box.y },
  });
} finally {
  await editor.close();
}
