// Loads the package that is installed in the current folder, both ways, and looks at what it offers.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [name] = process.argv.slice(2);
const require = createRequire(join(process.cwd(), 'package.json'));
const required = require(name);
const imported = await import(pathToFileURL(require.resolve(name)).href);
for (const [way, engine] of Object.entries({ required, imported }))
  for (const part of ['Device', 'BkError', 'ERROR_CODES', 'listPorts'])
    if (engine[part] === undefined) throw new Error(`${way}, ${name} does not export ${part}`);
console.log(`${name} exports ${Object.keys(required).sort().join(', ')}`);
