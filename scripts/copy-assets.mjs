// Node-RED looks for .html, locales/ and icons/ beside the compiled .js; tsc copies none of them.
import { chmodSync, cpSync } from 'node:fs';

cpSync('nodes', 'dist/nodes', {
  recursive: true,
  filter: (path) => !/\.ts$|[/\\]editor$/.test(path),
});
cpSync('icons', 'dist/nodes/icons', { recursive: true });
// Installing sets it; who links the checkout builds it again and again.
chmodSync('dist/cli/bk72xx.js', 0o755);
