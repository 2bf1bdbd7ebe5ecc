import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import { BenchProcess } from '../../support/bench-process';
import { Flow, type FlowNode, useNodeRed } from '../../support/flow';
import { readText } from '../../support/project';
import { freePort, RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';
import { forgetSimulatedChips } from '../../support/simulated-chips';
import { until } from '../../support/until';

const CATCH = [
  { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

/** The lines of a block of the page as they stand there, without comments. */
function block(language: string): string[] {
  const page = readText('docs/queues.md');
  const found = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1];
  assert.ok(found, language);
  return found.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** As arguments of redis-server; where it listens is chosen for the test. */
function asArguments(lines: readonly string[]): string[] {
  return lines
    .filter((line) => !/^(bind|port|tls-port) /.test(line))
    .flatMap((line) => `--${line}`.split(' '));
}

describe("the page's settings of Redis", function () {
  this.timeout(60_000);
  useNodeRed();
  afterEach(() => forgetSimulatedChips());

  describe('in a new server', () => {
    let redis: RedisServer;
    let password = '';
    before(async function () {
      const settings = asArguments(block('redis'));
      password = settings[settings.indexOf('--requirepass') + 1] ?? '';
      redis = await RedisServer.start(this, ...settings);
    });
    after(() => redis?.end());

    const flow = (queue: object, credentials: object) => {
      const port = `sim://bk7231n?speed=fast&seed=${nextSeed()}`;
      return Flow.load(
        [
          {
            id: 'queue',
            type: 'bk-queue',
            name: '',
            serverPort: redis.port,
            lostAfter: 4,
            ...queue,
          },
          { id: 'ask', type: 'bk-enqueue', queue: 'queue', operation: 'connect' },
          { id: 'device', type: 'bk-device', name: 'bench', port, idle: 0 },
          { id: 'worker', type: 'bk-worker', name: 'bench', queue: 'queue', device: 'device' },
          ...CATCH,
        ] as never as FlowNode[],
        { queue: credentials },
      );
    };

    it('are all that a queue needs: it has nothing to warn of, and jobs are done', async () => {
      const running = await flow({}, { password });
      running.send('ask');
      await running.message('ask/result');
      assert.equal(running.node('queue').warn.called, false);
    });

    it('let a user in who reaches a queue and nothing else', async () => {
      const [line = ''] = block('redis-acl');
      const [, name = '', , secret = ''] = line.split(' ');
      const admin = redis.client({ password });
      try {
        const words = line.replace(/^user /, '').split(' ');
        await admin.acl('SETUSER', ...(words as [string]));
        await admin.set('bk72xx:cellar:something', '1');
        const running = await flow({ user: name, queueName: name }, { password: secret.slice(1) });
        for (const target of ['', 'BK7231N']) running.send('ask', { target });
        await running.message('ask/result', 1);
        const guest = redis.client({ username: name, password: secret.slice(1) });
        await assert.rejects(guest.get('bk72xx:cellar:something'), /NOPERM/);
        await assert.rejects(guest.flushall(), /NOPERM/);
        guest.disconnect();
      } finally {
        admin.disconnect();
      }
    });
  });

  describe('for TLS', () => {
    let folder = '';
    let port = 0;
    let server: ChildProcess;
    const at = (name: string) => path.join(folder, name);
    before(async function () {
      // Skips where there is no redis-server.
      await (await RedisServer.start(this)).end();
      if (spawnSync('openssl', ['version']).error !== undefined) {
        console.log('        skipped: no openssl on this machine, which makes the certificates');
        this.skip();
      }
      folder = mkdtempSync(path.join(tmpdir(), 'bk72xx-tls-'));
      makeCertificates(folder);
      port = await freePort();
      const files = block('redis-tls').map((line) => line.replace('/etc/redis/', `${folder}/`));
      const settings = asArguments(files.filter((line) => line !== 'port 0'));
      const where = ['--port', '0', '--tls-port', String(port), '--dir', folder];
      server = spawn('redis-server', [...where, ...settings], { stdio: 'ignore' });
    });
    after(async () => {
      server?.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });

    it('let a bench in that knows the authority, and no other', async () => {
      const before = process.env.NODE_EXTRA_CA_CERTS;
      const chip = `sim://bk7231n?speed=fast&seed=${nextSeed()}`;
      const queue = { server: 'localhost', serverPort: port, tls: true };
      const redis = { port } as RedisServer;
      const [stranger, friend] = ['stranger', 'friend'].map(
        (name) => new BenchProcess(name, redis, chip, queue),
      );
      const client = new Redis({
        host: 'localhost',
        port,
        tls: { ca: readFileSync(at('ca.crt')) },
        maxRetriesPerRequest: null,
      });
      client.on('error', () => {});
      try {
        await stranger?.start();
        process.env.NODE_EXTRA_CA_CERTS = at('ca.crt');
        await friend?.start();
        let benches: string[] = [];
        await until(() => {
          void client.smembers('bk72xx:bk72xx:bk:benches').then((all) => {
            benches = all;
          });
          return benches.length > 0;
        }, 'a bench');
        assert.match(benches.join(), /^worker-friend@[^,]*$/);
      } finally {
        if (before === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
        else process.env.NODE_EXTRA_CA_CERTS = before;
        client.disconnect();
        await Promise.all([stranger?.end(), friend?.end()]);
      }
    });
  });
});

/** An authority, and a certificate of its for this computer. */
function makeCertificates(folder: string): void {
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=Test',
    '-days',
    '2',
  );
  openssl('req', ...key, '-keyout', 'redis.key', '-out', 'redis.csr', '-subj', '/CN=localhost');
  writeFileSync(path.join(folder, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  openssl(
    ...['x509', '-req', '-in', 'redis.csr', '-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...['-out', 'redis.crt', '-days', '2', '-extfile', 'names'],
  );
}
