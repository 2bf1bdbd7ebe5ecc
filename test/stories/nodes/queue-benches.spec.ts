import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import { BenchProcess } from '../../support/bench-process';
import { Flow, type FlowNode, type Message, useNodeRed } from '../../support/flow';
import { between, randomFrom } from '../../support/random';
import { RedisServer } from '../../support/redis';
import { nextSeed } from '../../support/seed';

/** All of it takes a minute: `BK72XX_QUEUE=full` asks for that, as `.ci/run` does. */
const IS_FULL = process.env.BK72XX_QUEUE === 'full';
const [JOBS, BENCHES, JOBS_PER_KILL, REDIS_AT, RESTART_AT] = IS_FULL
  ? [60, ['left', 'middle', 'right'], 7, 30, 40]
  : [12, ['left', 'right'], 4, 6, 9];
/** A job whose bench was lost is done by another one; one that had lost two may end, but not be told as done. */
const MOST_STRIKES = 2;
const LOST_AFTER = 3;
const IMAGES = 5;
const TIME_MS = 240_000;

const QUEUE = { lostAfter: LOST_AFTER };

describe('benches that are lost, and a server that restarts', function () {
  this.timeout(TIME_MS + 60_000);
  useNodeRed();
  let redis: RedisServer;
  const benches: BenchProcess[] = [];
  before(async function () {
    redis = await RedisServer.start(this);
    for (const name of BENCHES) {
      const port = `sim://bk7231n?speed=fast&seed=${nextSeed()}`;
      benches.push(new BenchProcess(name, redis, port, QUEUE));
    }
    await Promise.all(benches.map((bench) => bench.start()));
  });
  after(async () => {
    await Promise.all(benches.map((bench) => bench.end()));
    await redis?.end();
  });

  it(`leave none of ${JOBS} jobs undone, and none told twice`, async () => {
    const story = new Story(redis, benches);
    await story.begin();
    await story.wholly();
    assert.deepEqual(
      [...story.results.keys()].sort((a, b) => a - b),
      numbers(JOBS),
    );
    assert.deepEqual(story.twice, []);
    assert.deepEqual(story.failures, []);
    for (const { payload } of story.results.values()) assert.equal(payload.verified, true);
    assert.ok(story.kills >= Math.floor(JOBS / JOBS_PER_KILL) - 1, `${story.kills} kills`);
    const client = redis.client();
    try {
      const whole = (await client.keys('bk72xx:*:image:*')).filter((key) =>
        /:[0-9a-f]{64}$/.test(key),
      );
      assert.equal(whole.length, IMAGES);
      assert.deepEqual(await client.keys('bk72xx:*:open:*'), []);
    } finally {
      client.disconnect();
    }
  });
});

/** What happens in the meantime, by how many results have come. */
class Story {
  readonly results = new Map<number, Message>();
  readonly twice: number[] = [];
  readonly failures: unknown[] = [];
  kills = 0;
  readonly #redis: RedisServer;
  readonly #benches: readonly BenchProcess[];
  readonly #strikes = new Map<string, number>();
  readonly #ended = new Set<string>();
  readonly #restarts: Promise<void>[] = [];
  #lastKill = 0;
  #isRedisDown = false;
  #isRestarted = false;
  #isDone: () => void = () => {};

  constructor(redis: RedisServer, benches: readonly BenchProcess[]) {
    this.#redis = redis;
    this.#benches = benches;
  }

  async begin(): Promise<void> {
    const flow = await this.#load();
    for (const number of numbers(JOBS))
      flow.send('ask', { number, payload: imageOf(number % IMAGES) });
  }

  wholly(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const missing = numbers(JOBS).filter((number) => !this.results.has(number));
        const outputs = this.#benches.map(({ name, output }) => `${name}:\n${output}`);
        reject(new Error(`jobs ${missing} have not ended\n${outputs.join('\n')}`));
      }, TIME_MS);
      this.#isDone = () => {
        clearTimeout(timer);
        Promise.all(this.#restarts).then(() => resolve(), reject);
      };
    });
  }

  async #load(): Promise<Flow> {
    const flow = await Flow.load(flowOf(this.#redis.port));
    helper.getNode('ask/result').on('input', (msg: Message) => this.#result(msg));
    helper.getNode('ask/progress').on('input', (msg: Message) => this.#progress(msg));
    helper.getNode('caught').on('input', (msg: Message) => this.failures.push(msg.error));
    return flow;
  }

  #result(msg: Message): void {
    if (this.results.has(msg.number)) this.twice.push(msg.number);
    this.results.set(msg.number, msg);
    this.#ended.add(msg.bk.queue.job);
    const count = this.results.size;
    if (count >= REDIS_AT && !this.#isRedisDown) {
      this.#isRedisDown = true;
      this.#restarts.push(this.#redis.down('SIGKILL').then(() => this.#redis.up()));
    }
    if (count >= RESTART_AT && !this.#isRestarted) {
      this.#isRestarted = true;
      this.#restarts.push(
        (async () => {
          await helper.unload();
          await this.#load();
        })(),
      );
    }
    if (count === JOBS) this.#isDone();
  }

  /** Strikes a bench in the midst of a job, every few of them. */
  #progress({ payload }: Message): void {
    const { job, bench, phase } = payload;
    const strikes = this.#strikes.get(job) ?? 0;
    if (phase !== 'erase' && phase !== 'write') return;
    if (this.results.size - this.#lastKill < JOBS_PER_KILL - 1 || this.#ended.has(job)) return;
    if (strikes >= MOST_STRIKES || this.results.size > JOBS - 3) return;
    const struck = this.#benches.find(({ name }) => name === bench);
    if (struck === undefined || struck.output === '') return;
    this.#lastKill = this.results.size + 1;
    this.#strikes.set(job, strikes + 1);
    this.kills++;
    this.#restarts.push(struck.kill().then(() => struck.start()));
  }
}

function flowOf(serverPort: number): FlowNode[] {
  return [
    { id: 'queue', type: 'bk-queue', name: '', serverPort, ...QUEUE },
    {
      id: 'ask',
      type: 'bk-enqueue',
      name: '',
      queue: 'queue',
      operation: 'write',
      offset: '0x11000',
      backup: 'never',
      unchanged: 'rewrite',
    },
    { id: 'on-error', type: 'catch', name: '', scope: null, uncaught: false, wires: [['caught']] },
    { id: 'caught', type: 'helper' },
  ] as never as FlowNode[];
}

function imageOf(seed: number): Buffer {
  const random = randomFrom(seed + 1);
  return Buffer.from(Array.from({ length: 0x10000 }, () => between(random, 0, 255)));
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
