// Node-RED looks for .html, locales/ and icons/ beside the compiled .js; tsc copies none of them.
import { cpSync } from 'node:fs';

cpSync('nodes', 'dist/nodes', { recursive: true, filter: (path) => !path.endsWith('.ts') });
cpSync('icons', 'dist/nodes/icons', { recursive: true });
