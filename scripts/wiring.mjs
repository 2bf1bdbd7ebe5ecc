// Draws docs/images/wiring-*.svg anew, one for each module that can be drawn, with the words of the English forms.
// Usage: node scripts/wiring.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const wiring = path.join(root, 'nodes', 'flasher', 'editor', 'wiring');
const { outputFiles } = await build({
  stdin: {
    contents: "export * from './draw-wiring'; export { PINOUTS } from './pinouts';",
    resolveDir: wiring,
  },
  bundle: true,
  format: 'esm',
  write: false,
});
const code = Buffer.from(outputFiles[0].contents).toString('base64');
const { PINOUTS, wiringPicture } = await import(`data:text/javascript;base64,${code}`);
const texts = path.join(root, 'nodes', 'locales', 'en-US', 'bk-device.json');
const { wiring: words } = JSON.parse(readFileSync(texts, 'utf8'))['bk-device'];

const target = path.join(root, 'docs', 'images');
mkdirSync(target, { recursive: true });
for (const pinout of PINOUTS) {
  const file = path.join(target, `wiring-${pinout.name.toLowerCase()}.svg`);
  writeFileSync(file, wiringPicture(pinout, words));
}
