// Runs Node-RED until a flow has said on the console what it proved, then ends it.
//   node run-flow.mjs [--flow <file>] -- <command that starts Node-RED>
// With --flow, the current folder becomes the user directory and the file its flows, and its
// simulated chip does not wait. Without it, the command chooses both; PORT is a free port for it.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What the first example says last. */
const PROVED = /proved: .*SHA-256 .*: equal$/;
const BROKEN = /Waiting for missing types|\[error\]|failed \(|Uncaught Exception|requires Node\.js/;
const LIMIT_MS = 240_000;
const END_MS = 20_000;

const split = process.argv.indexOf('--');
const options = process.argv.slice(2, split);
const command = process.argv.slice(split + 1);
const port = await freePort();
if (options[0] === '--flow') command.push(...prepareUserDirectory(options[1]));

const [program, ...args] = command;
const child = spawn(program, args, {
  detached: true,
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, PORT: String(port) },
});
let verdict = null;
const settle = (text, good) => {
  if (verdict !== null) return;
  verdict = { text, good };
  signal('SIGTERM');
  setTimeout(() => signal('SIGKILL'), END_MS).unref();
};

for (const stream of [child.stdout, child.stderr])
  createInterface({ input: stream }).on('line', (line) => {
    console.log(`  | ${line}`);
    if (BROKEN.test(line)) settle(`it said: ${line.trim()}`, false);
    else if (PROVED.test(line)) settle(line.trim(), true);
  });
setTimeout(() => settle(`no word of success within ${LIMIT_MS / 1000} s`, false), LIMIT_MS).unref();
child.on('error', (error) => settle(error.message, false));
child.on('close', (code) => {
  settle(`it ended by itself with exit code ${code}`, false);
  console.log(verdict.good ? `the flow ran through: ${verdict.text}` : `FAILED: ${verdict.text}`);
  process.exit(verdict.good ? 0 : 1);
});

/** The whole group, since npm puts shells between us and Node-RED. */
function signal(name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It is gone already.
  }
}

function prepareUserDirectory(flow) {
  const folder = process.cwd();
  const quick = readFileSync(flow, 'utf8').replace(/(sim:\/\/[^"]*speed=)real/g, '$1fast');
  writeFileSync(join(folder, 'flows.json'), quick);
  const settings = {
    uiHost: '127.0.0.1',
    uiPort: port,
    flowFile: 'flows.json',
    credentialSecret: 'scratch',
    telemetry: { enabled: false, updateNotification: false },
  };
  writeFileSync(join(folder, 'settings.js'), `module.exports = ${JSON.stringify(settings)};\n`);
  return ['--userDir', folder];
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
