// One script for the browser out of nodes/flasher/editor/: Node-RED serves resources/ of the package to the editor.
import { build } from 'esbuild';

await build({
  entryPoints: ['nodes/flasher/editor/main.ts'],
  outfile: 'resources/bk-flasher.js',
  bundle: true,
  format: 'iife',
  // The oldest browsers that Node-RED 4 supports.
  target: ['es2022'],
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
