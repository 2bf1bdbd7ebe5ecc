// Makes the pictures of docs/images/ that are taken from the running editor anew: the first example as it stands there,
// the tab of the sidebar while a chip is written, and the plan of the README's first steps. Needs chromium.
// Usage: npm run build && npx tsc -p tsconfig.test.json && node scripts/picture.mjs [flow|sidebar|plan]
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const support = (file) =>
  createRequire(import.meta.url)(path.join(root, 'dist-test', 'test', 'support', file));
const { Editor, findChromium } = support('editor.js');
const { container, openBekenTexts } = support('images.js');
const { openBekenRelease, ReleaseStandIn } = support('release-server.js');

const chromium = findChromium();
if (chromium === null) {
  console.error('No chromium is on the PATH.');
  process.exit(1);
}
const target = path.join(root, 'docs', 'images');
mkdirSync(target, { recursive: true });

const only = process.argv[2];
const pictures = { flow: pictureFlow, sidebar: pictureSidebar, plan: picturePlan };
for (const [name, picture] of Object.entries(pictures)) {
  if (only === undefined || only === name) await picture();
}

async function pictureFlow() {
  const example = path.join(root, 'examples', '1 Try it on a simulated chip.json');
  const flow = JSON.parse(readFileSync(example, 'utf8'));
  const editor = await Editor.open(chromium, flow);
  try {
    const { page } = editor;
    // The badges of the picture are those of a finished run, which takes a minute and a half.
    await page.waitForSelector('.red-ui-flow-node-status-label >> text=proved', {
      timeout: 300_000,
    });
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
}

async function pictureSidebar() {
  const flow = [
    { id: 'tab', type: 'tab', label: 'Bench' },
    { id: 'lamp', type: 'bk-device', name: 'Lamp', port: 'sim://bk7231n', baud: '921600' },
    { id: 'plug', type: 'bk-device', name: 'Plug', port: 'sim://bk7231t', baud: '921600' },
    { id: 'read', type: 'bk-read', z: 'tab', device: 'lamp', x: 200, y: 80, wires: [[], []] },
  ];
  const editor = await Editor.open(chromium, flow);
  try {
    const { page } = editor;
    await page.setViewportSize({ width: 1600, height: 1250 });
    await page.evaluate(() => RED.sidebar.show('bk-flasher'));
    const tab = page.locator('.bk-flasher');
    await tab.locator('[data-action=write]').click();
    await tab.locator('input[type=file]').setInputFiles({
      name: 'OpenBK7231N_1.18.2.bin',
      mimeType: 'application/octet-stream',
      buffer: container({ texts: openBekenTexts('BK7231N'), saysBk7231: true, length: 0x90000 }),
    });
    await tab.locator('label:has-text("Backup") select').selectOption('never');
    await tab.getByRole('button', { name: 'Show the plan' }).click();
    await tab.getByRole('button', { name: 'Write now' }).click();
    await tab.getByRole('button', { name: 'Close' }).click();
    await tab.locator('.bk-legend li:has-text("written") .bk-count >> text=/^[3-9]\\d$/').waitFor();
    await page.mouse.move(10, 10);
    await tab.screenshot({ path: path.join(target, 'bk-flasher.png') });
  } finally {
    await editor.close();
  }
}

/** What the README's first steps lead to, shortly before the lamp is changed. */
async function picturePlan() {
  const port = 'sim://bk7231n?contents=tuya&speed=fast';
  const flow = [
    { id: 'tab', type: 'tab', label: 'Bench' },
    { id: 'lamp', type: 'bk-device', name: 'Lamp', port },
    { id: 'read', type: 'bk-read', z: 'tab', device: 'lamp', x: 200, y: 80, wires: [[], []] },
  ];
  const github = await ReleaseStandIn.start();
  github.publish(openBekenRelease('1.18.298'));
  const editor = await Editor.open(chromium, flow);
  try {
    const { page } = editor;
    await page.evaluate(() => RED.sidebar.show('bk-flasher'));
    const tab = page.locator('.bk-flasher');
    const press = (name) => tab.getByRole('button', { name, exact: true }).click();
    await press('Back up');
    await tab.locator('.bk-last h4 >> text=Backed up').waitFor();
    await press('Write…');
    await press('OpenBeken');
    await tab.getByText('Set up OpenBeken along with it').click();
    await tab.getByLabel('Wi-Fi name').fill('home');
    await tab.getByLabel('Wi-Fi password').fill('a password');
    await tab.getByText('More settings').click();
    await tab.getByLabel('Release server').fill(github.url);
    await press('Show the plan');
    await tab.locator('.bk-plan').waitFor();
    const task = tab.locator('.bk-task');
    await page.setViewportSize({ width: 1600, height: 1400 });
    await page.mouse.move(10, 10);
    await task.screenshot({ path: path.join(target, 'plan.png') });
  } finally {
    await editor.close();
    await github.close();
  }
}
