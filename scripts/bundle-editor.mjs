// One script and one sheet of styles for the browser out of nodes/flasher/editor/: Node-RED serves resources/ of the
// package to the editor.
import { build } from 'esbuild';

await build({
  entryPoints: [
    { in: 'nodes/flasher/editor/main.ts', out: 'bk-flasher' },
    { in: 'nodes/flasher/editor/style/all.css', out: 'bk-flasher' },
  ],
  outdir: 'resources',
  bundle: true,
  format: 'iife',
  // The oldest browsers that Node-RED 4 supports.
  target: ['es2022'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
