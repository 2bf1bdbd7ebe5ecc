import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Broker, startBroker } from '../../support/broker';
import { Example, RunningExample } from '../../support/example';
import { APP_N } from '../../support/placing';
import { until } from '../../support/until';

const EXAMPLE = '12 Many benches by MQTT';

// biome-ignore lint/suspicious/noExplicitAny: what comes by MQTT has no type
type Json = any;

/** Hands jobs in as anybody may, and hears all that is said. */
class Office {
  /** Every message that was not kept from before, oldest first. */
  readonly heard: Array<{ topic: string; payload: Json }> = [];
  /** The latest of each topic. */
  readonly now: Record<string, Json> = {};
  readonly #client: MqttClient;

  static async open({ host, port }: Broker): Promise<Office> {
    const office = new Office(await connectAsync(`mqtt://${host}:${port}`));
    await office.#client.subscribeAsync('flashing/#', { qos: 1 });
    return office;
  }

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, bytes, { retain }) => {
      const text = bytes.toString();
      const payload = /^[{[]/.test(text) ? JSON.parse(text) : text;
      this.now[topic] = payload;
      if (!retain) this.heard.push({ topic, payload });
    });
  }

  async send(topic: string, payload: object | string, retain = true): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    await this.#client.publishAsync(`flashing/${topic}`, text, { qos: 1, retain });
  }

  job(id: string): Json {
    return this.now[`flashing/jobs/${id}`] ?? {};
  }

  bench(name: string): Json {
    return this.now[`flashing/benches/${name}`] ?? {};
  }

  /** How often a job was said to be over. */
  ends(id: string): number {
    const said = this.heard.filter(({ topic }) => topic === `flashing/jobs/${id}`);
    return said.filter(({ payload }) => ['done', 'failed'].includes(payload.state)).length;
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    try {
      await until(isSo, what);
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\nSeen: ${JSON.stringify(this.now, null, 1).slice(-6000)}`,
      );
    }
  }

  /** Leaves nothing with the broker for the next test. */
  async close(): Promise<void> {
    for (const topic of Object.keys(this.now)) await this.send(topic.replace('flashing/', ''), '');
    await this.#client.endAsync();
  }
}

describe('the example of many benches and one queue', function () {
  this.timeout(120_000);
  let broker: Broker;
  let office: Office;
  let running: RunningExample[];
  beforeEach(async () => {
    running = [];
    broker = await startBroker();
    office = await Office.open(broker);
  });
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    await office?.close();
    await broker?.close();
  });

  async function start(example: Example): Promise<RunningExample> {
    const one = await RunningExample.start(example.on(broker).logged());
    running.push(one);
    const folder = path.join(one.userDir, 'firmware');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'plug.bin'), APP_N);
    return one;
  }

  it('does what its buttons hand in, as it was imported', async () => {
    const example = await start(new Example(EXAMPLE));
    await example.press('make firmware/lamp.bin');
    await example.logs(/firmware.lamp\.bin'?\n/);
    await example.press('a backup of any chip');
    await example.press('lamp.bin onto a BK7231N, first');
    await office.until('two jobs that are over', () => office.now['flashing/queue']?.done === 2);
    const jobs = Object.entries(office.now).filter(([topic]) => topic.startsWith('flashing/jobs/'));
    const done = jobs.map(([, { operation, result }]) => ({ operation, result }));
    for (const { operation, result } of done) {
      assert.match(result.backup, /bk-backups/);
      assert.equal(result.verified, operation === 'write' ? true : undefined);
    }
  });

  const queue = () =>
    new Example(EXAMPLE).only('Queue').edit('the queue', 'func', 'GRACE = 30', 'GRACE = 1');
  const bench = (name: string, port: string, stays = 'true') =>
    new Example(EXAMPLE).only('Bench 2').env('Bench 2', { BENCH: name, PORT: port, STAYS: stays });

  it('ends every job once, though a bench and the queue are killed in the middle', async () => {
    const [owner, , , slow] = await Promise.all([
      start(queue()),
      start(bench('one', 'sim://bk7231n?speed=fast&seed=1')),
      start(bench('two', 'sim://bk7231n?speed=fast&seed=2')),
      start(bench('slow', 'sim://bk7231n?seed=3')),
    ]);
    assert.ok(owner && slow);
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `job-${letter}`);
    const job = { operation: 'write', file: 'plug.bin' };
    const mac = () => office.bench('slow').mac;
    await office.until('three benches', () =>
      ['one', 'two', 'slow'].every((name) => office.bench(name).state === 'idle'),
    );
    // Only the slow bench has this chip, until its Node-RED is killed and another bench is there with it.
    await office.send('wanted/slow', { ...job, mac: mac() });
    await office.until('the slow bench at work', () => office.bench('slow').state === 'busy');
    await slow.kill();
    await office.until('that it is known', () => office.bench('slow').state === 'offline');

    const [first = '', ...others] = ids;
    await office.send(`wanted/${first}`, job);
    await office.until('the first one', () => office.job(first).state === 'done');
    await owner.kill();
    // Handed in while nobody is there to take them.
    for (const id of others) await office.send(`wanted/${id}`, job);
    await owner.restart();
    await office.until('all of them', () => ids.every((id) => office.job(id).state === 'done'));

    await office.until('the job that was lost', () => office.job('slow').state === 'waiting');
    await start(bench('three', 'sim://bk7231n?speed=fast&seed=3'));
    await office.until('its second try', () => office.job('slow').state === 'done');
    assert.equal(office.job('slow').tried, 2);
    assert.equal(office.job('slow').bench, 'three');
    for (const id of [...ids, 'slow']) {
      assert.equal(office.ends(id), 1, id);
      assert.equal(office.job(id).result.verified, true, id);
      assert.equal(office.now[`flashing/wanted/${id}`], '', id);
    }
    for (const id of ids) assert.equal(office.job(id).tried, 1, id);
  });

  it('gives up on a job whose benches go away, and does not try on another what is wrong with the job', async () => {
    const silent = 'sim://bk7231n?speed=fast&deadSector=0x12000';
    await Promise.all([start(queue()), start(bench('one', silent))]);
    await office.send('wanted/bad', { operation: 'write', file: 'plug.bin' });
    await office.until('the failure', () => office.job('bad').state === 'failed');
    const { error, tried, bench: who } = office.job('bad');
    assert.equal(error.code, 'BK_BAD_SECTOR');
    assert.deepEqual([tried, who], [1, 'one']);
    assert.ok(error.advice.length > 0);
    // The bench waits for a hand, so that nothing else is spoilt on that chip.
    assert.equal(office.bench('one').state, 'empty');

    const slow = await start(bench('two', 'sim://bk7231n?seed=3'));
    await office.send('wanted/lost', { operation: 'read', tries: 1 });
    await office.until('the second bench at work', () => office.bench('two').job === 'lost');
    await slow.kill();
    await office.until('the end', () => office.job('lost').state === 'failed');
    assert.equal(office.job('lost').error.code, 'BENCH_LOST');
    assert.equal(office.ends('lost'), 1);
  });

  it('does what is first first, on the chip that it is for, and takes back what is wanted no more', async () => {
    await start(queue());
    await office.send('wanted/late', { operation: 'read', chip: 'bk7231t', priority: 50 });
    await office.send('wanted/never', { operation: 'read', chip: 'BK7231N' });
    await office.send('wanted/first', { operation: 'read', chip: 'BK7231T', priority: 1 });
    await office.until('three jobs', () => office.now['flashing/queue']?.waiting === 3);
    await office.send('cancel/never', 'now');
    await office.until('it back', () => office.job('never').state === 'failed');
    assert.equal(office.job('never').error.code, 'BK_CANCELLED');

    await start(bench('one', 'sim://bk7231t?speed=fast', 'false'));
    await office.until('a bench without a chip', () => office.bench('one').state === 'empty');
    await office.send('to/one/next', 'next', false);
    await office.until('one job', () => office.job('first').state === 'done');
    await office.until('that the chip is to go', () => office.bench('one').state === 'empty');
    assert.equal(office.job('late').state, 'waiting');
    await office.send('to/one/next', 'next', false);
    await office.until('the other', () => office.job('late').state === 'done');
  });

  it('refuses what is no job, and lets a bench have limits of its own', async () => {
    const careful = bench('one', 'sim://bk7231n?speed=fast').edit(
      'the bench',
      'func',
      ", 'erase']",
      ']',
    );
    await Promise.all([start(queue()), start(careful)]);
    const wrong: Record<string, object | string> = {
      'no-json': 'write it',
      operation: { operation: 'exec' },
      constructor: { operation: 'write' },
      more: { operation: 'read', port: 'sim://bk7231n?flash=/etc/passwd' },
      times: { operation: 'read', tries: 1e9 },
    };
    for (const [id, payload] of Object.entries(wrong)) await office.send(`wanted/${id}`, payload);
    await office.until('their end', () =>
      Object.keys(wrong).every((id) => office.job(id).state === 'failed'),
    );
    for (const id of Object.keys(wrong)) {
      assert.equal(office.job(id).error.code, 'BAD_JOB', id);
      assert.equal(office.job(id).tried, undefined, id);
    }
    const refused = {
      path: { operation: 'write', file: '../flows.json' },
      erase: { operation: 'erase' },
    };
    for (const [id, payload] of Object.entries(refused)) {
      await office.send(`wanted/${id}`, payload);
      await office.until(`the end of ${id}`, () => office.job(id).state === 'failed');
      assert.equal(office.job(id).error.code, 'BENCH_REFUSES', id);
      await office.until('that it waits', () => office.bench('one').state === 'empty');
      await office.send('to/one/next', 'next', false);
    }
  });
});
