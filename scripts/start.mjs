// Starts a Node-RED that loads this package from the checkout and runs the first example in it.
// Usage: see USAGE.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '..');
const userDir = path.join(root, '.node-red');
const example = path.join(root, 'examples', '1 Try it on a simulated chip.json');
const host = '127.0.0.1';

const USAGE = `Starts a Node-RED with this package and its first example, for this computer only.

Usage: npm start -- [--port 1881]

  -p, --port   port of the editor (default 1880; the environment variable PORT does the same)
  -h, --help   shows this
`;

const port = readPort();
if (!existsSync(path.join(root, 'dist', 'nodes', 'bk-device.js'))) {
  fail('The package is not built yet. Run: npm run build');
}
if (!(await isFree(port))) {
  fail(
    `Port ${port} is in use, perhaps by another Node-RED. Stop that, or choose another port: npm start -- --port ${port + 1}`,
  );
}
prepareUserDir();
run();

function readPort() {
  const given = readArguments();
  if (given.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const text = given.port ?? (process.env.PORT || '1880');
  if (/^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536) return Number(text);
  return misused(`"${text}" is no port: it has to be a number from 1 to 65535.`);
}

function readArguments() {
  try {
    const options = {
      port: { type: 'string', short: 'p' },
      help: { type: 'boolean', short: 'h' },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(error.message.split('. ')[0]);
  }
}

function isFree(number) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(number, host, () => server.close(() => resolve(true)));
  });
}

/** The user's own changes to the flow stay; the settings are ours and are written anew. */
function prepareUserDir() {
  mkdirSync(userDir, { recursive: true });
  const flows = path.join(userDir, 'flows.json');
  if (!existsSync(flows)) copyFileSync(example, flows);
  const settings = {
    flowFile: 'flows.json',
    flowFilePretty: true,
    uiHost: host,
    uiPort: port,
    nodesDir: [root],
    // A playground has no secrets to encrypt.
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  };
  writeFileSync(
    path.join(userDir, 'settings.js'),
    `// Written by scripts/start.mjs at every start.\nmodule.exports = ${JSON.stringify(settings, null, 2)};\n`,
  );
}

function run() {
  const nodeRed = createRequire(import.meta.url).resolve('node-red/red.js');
  console.log(`The editor will be at http://${host}:${port} (Ctrl+C ends it).`);
  const child = spawn(process.execPath, [nodeRed, '--userDir', userDir], { stdio: 'inherit' });
  // Ctrl+C reaches both; Node-RED closes its ports and then ends this script by its own end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 0)));
}

function misused(message) {
  console.error(`${message}\nHelp: npm start -- --help`);
  process.exit(2);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
