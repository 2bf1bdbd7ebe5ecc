import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { readText } from '../../support/project';
import { freePort } from '../../support/redis';
import { until } from '../../support/until';

const USERS = ['queue', 'office', 'button-1', 'bench-1', 'bench-2'];

/** A block of the recipe as it stands there. */
function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(
    readText('docs/recipes.md'),
  )?.[1];
  assert.ok(found, language);
  return found;
}

describe("the recipe's settings of Mosquitto for many benches", function () {
  this.timeout(60_000);
  let folder: string;
  let port: number;
  let mosquitto: ChildProcess;
  let clients: MqttClient[];

  before(function () {
    if (spawnSync('mosquitto', ['-h']).error === undefined) return;
    console.log('    skipped: no mosquitto on this machine');
    this.skip();
  });
  beforeEach(async () => {
    clients = [];
    folder = mkdtempSync(path.join(tmpdir(), 'bk72xx-mosquitto-'));
    port = await freePort();
    const at = (name: string) => path.join(folder, name);
    writeFileSync(at('access'), block('acl'), { mode: 0o600 });
    writeFileSync(at('passwords'), '', { mode: 0o600 });
    for (const user of USERS) execFileSync('mosquitto_passwd', ['-b', at('passwords'), user, user]);
    const settings = block('conf')
      .replace('listener 1883', `listener ${port} 127.0.0.1`)
      .replaceAll('/etc/mosquitto/', `${folder}/`);
    // What Debian's own file has; it would become another user, who may not read this folder.
    const debians = `user ${process.getuid?.() === 0 ? 'root' : ''}\npersistence true\npersistence_location ${folder}/\n`;
    writeFileSync(at('mosquitto.conf'), settings + debians.replace('user \n', ''));
    await start();
  });
  afterEach(async () => {
    for (const client of clients) await client.endAsync(true);
    await end('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    mosquitto = spawn('mosquitto', ['-c', path.join(folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    mosquitto.stderr?.on('data', (piece) => (said += piece));
    await until(() => / running/.test(said) || mosquitto.exitCode !== null, 'Mosquitto');
    assert.equal(mosquitto.exitCode, null, said);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (mosquitto.exitCode !== null || mosquitto.signalCode !== null) return;
    await new Promise((resolve) => {
      mosquitto.once('exit', resolve);
      mosquitto.kill(signal);
    });
  }

  async function as(user: string): Promise<{ client: MqttClient; heard: string[] }> {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
      username: user,
      password: user,
      reconnectPeriod: 0,
    });
    clients.push(client);
    const heard: string[] = [];
    client.on('message', (topic) => heard.push(topic));
    return { client, heard };
  }

  it('lets the office hand in, a bench speak for itself, and nobody else anything', async () => {
    const queue = await as('queue');
    await queue.client.subscribeAsync('flashing/#', { qos: 1 });
    const may: Array<[string, string]> = [
      ['office', 'wanted/job'],
      ['office', 'cancel/job'],
      ['bench-1', 'benches/bench-1'],
      ['bench-1', 'progress/bench-1'],
      ['button-1', 'to/bench-1/next'],
    ];
    const mayNot: Array<[string, string]> = [
      ['bench-1', 'wanted/job'],
      ['bench-1', 'jobs/job'],
      ['bench-1', 'benches/bench-2'],
      ['bench-1', 'to/bench-2/job'],
      ['office', 'jobs/job'],
      ['office', 'to/bench-1/job'],
      ['button-1', 'to/bench-1/job'],
      ['button-1', 'wanted/job'],
    ];
    for (const [user, topic] of [...mayNot, ...may]) {
      const { client } = await as(user);
      await client.publishAsync(`flashing/${topic}`, '{}', { qos: 1 }).catch(() => {});
    }
    await until(() => queue.heard.length >= may.length, 'what may be said');
    assert.deepEqual(
      queue.heard,
      may.map(([, topic]) => `flashing/${topic}`),
    );

    const bench = await as('bench-2');
    await bench.client.subscribeAsync('flashing/#', { qos: 1 }).catch(() => {});
    await bench.client.subscribeAsync('flashing/to/bench-2/+', { qos: 1 });
    await queue.client.publishAsync('flashing/to/bench-1/job', '{}', { qos: 1 });
    await queue.client.publishAsync('flashing/to/bench-2/job', '{}', { qos: 1 });
    await until(() => bench.heard.length > 0, 'what it is to do');
    assert.deepEqual([...new Set(bench.heard)], ['flashing/to/bench-2/job']);
    await assert.rejects(connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 }));
  });

  it('keeps the jobs when Mosquitto is killed', async () => {
    const { client } = await as('office');
    // The very last one may be acknowledged and not written yet.
    for (let id = 0; id <= 50; id++)
      await client.publishAsync(`flashing/wanted/job-${id}`, '{}', { qos: 1, retain: true });
    await end('SIGKILL');
    await start();
    const queue = await as('queue');
    await queue.client.subscribeAsync('flashing/wanted/+', { qos: 1 });
    await until(() => queue.heard.length >= 50, 'all jobs');
  });
});
