import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { connectAsync, type MqttClient } from 'mqtt';
import { type Broker, startBroker } from '../../support/broker';
import { Example, RunningExample } from '../../support/example';
import { APP_N } from '../../support/placing';
import { until } from '../../support/until';

const EXAMPLE = '11 Many benches, one queue';

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
    await office.#client.subscribeAsync('flashing/#', { qos: 2 });
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
    await this.#client.publishAsync(`flashing/${topic}`, text, { qos: 2, retain });
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
});
