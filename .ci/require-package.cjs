// Loads the installed package by name from the current folder and looks at what it offers.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const engine = createRequire(join(process.cwd(), 'package.json'))(process.argv[2]);
for (const name of ['Device', 'BkError', 'ERROR_CODES', 'listPorts'])
  if (engine[name] === undefined) throw new Error(`the package does not export ${name}`);
console.log(`exports ${Object.keys(engine).sort().join(', ')}`);
