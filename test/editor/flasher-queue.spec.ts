import assert from 'node:assert/strict';
import { Queue } from 'bullmq';
import type { QueueJob, QueueLook, QueueState, ShownError } from '../../nodes/flasher/messages';
import { chromiumFor, Editor } from '../support/editor';
import { FakeFlasher } from '../support/fake-flasher';
import { RedisServer } from '../support/redis';
import { tabHolds } from '../support/tab-pictures';

// In the page: the editor's own global.
// biome-ignore lint/suspicious/noExplicitAny: the editor has no types
declare const RED: any;

const FLOW = [
  { id: 'tab', type: 'tab', label: 'Lamps' },
  { id: 'read', type: 'bk-read', z: 'tab', device: '', x: 200, y: 80, wires: [[], []] },
];

const note = (code: string, params: Record<string, unknown> = {}) => ({ code, params });

const FAILURE: ShownError = {
  code: 'BK_BAD_SECTOR',
  message: note('common.verbatim', {
    text: 'The sector at 0x012000 does not take what is written.',
  }),
  likely: [],
  advice: [note('diagnosis.lineAction')],
  state: null,
};

function job(id: string, state: QueueJob['state'], more: Partial<QueueJob> = {}): QueueJob {
  return {
    id,
    operation: 'write',
    target: 'any',
    state,
    tries: 0,
    mostTries: 3,
    at: '2026-01-02T20:15:00.000Z',
    bench: null,
    percent: null,
    message: null,
    error: null,
    ...more,
  };
}

const ACTIVE = job('a', 'active', {
  target: 'BK7231N',
  tries: 1,
  bench: 'left',
  percent: 42,
  message: note('job.writing', { address: '0x0b3000' }),
});
const LOOK: QueueLook = {
  counts: { waiting: 2, active: 1, delayed: 0, failed: 1, done: 57 },
  isPaused: false,
  benches: [
    {
      id: 'left',
      name: 'left',
      computer: 'workshop',
      state: 'busy',
      chip: 'BK7231N',
      mac: 'c8:47:8c:00:11:22',
      job: 'a',
    },
    {
      id: 'right',
      name: 'right',
      computer: 'attic',
      state: 'idle',
      chip: null,
      mac: null,
      job: null,
    },
    {
      id: 'spare',
      name: 'spare',
      computer: 'attic',
      state: 'resting',
      chip: 'BK7231T',
      mac: null,
      job: null,
    },
  ],
  jobs: [
    ACTIVE,
    job('w', 'waiting'),
    job('r', 'waiting', { operation: 'read', target: 'c8:47:8c:aa:bb:cc' }),
    job('f', 'failed', { tries: 1, bench: 'right', error: FAILURE }),
    job('d', 'done', { operation: 'erase', target: 'BK7238', tries: 2, bench: 'left' }),
  ],
};
const QUEUE: QueueState = { id: 'q', name: 'workshop', server: 'ready', trouble: null, look: LOOK };

describe('the queues in the tab BK flasher', function () {
  this.timeout(120_000);
  let editor: Editor;
  const server = new FakeFlasher();
  const asked: string[] = [];

  before(async function () {
    const chromium = chromiumFor(this);
    server.tell({ id: 'Lamp' });
    editor = await Editor.open(chromium, FLOW, (page) => server.install(page));
    await editor.page.evaluate(() => RED.sidebar.show('bk-flasher'));
    await part('.bk-device').waitFor();
  });
  after(() => editor?.close());

  const part = (selector: string) => editor.page.locator(`.bk-flasher ${selector}`);
  // What is seen: line by line, and without what is hidden.
  const texts = async (selector: string) =>
    // biome-ignore lint/performance/useDomNodeTextContent: the text of the nodes has no line ends
    (await part(selector).innerText()).replace(/\s+/g, ' ');
  const changed = (change: Partial<QueueLook>): QueueState => ({
    ...QUEUE,
    look: { ...LOOK, ...change },
  });

  const holds = (what: string) => tabHolds(editor.page, `queue-${what}`);

  it('shows nothing of queues where there is none, and one as soon as it begins', async () => {
    assert.equal(await part('.bk-queues').isVisible(), false);
    server.tellQueue(QUEUE);
    await part('.bk-queue').waitFor();
    assert.equal(await texts('.bk-queue > summary'), 'Queue: workshop');
    assert.equal(await texts('.bk-counts'), '2 waiting 1 under way 0 later 1 failed 57 done');
  });

  it('shows what each bench is at, and each job with how it stands', async () => {
    const linesOf = async (list: string) =>
      (await part(`${list} > li`).allInnerTexts()).map((line) => line.replace(/\s+/g, ' ').trim());
    assert.deepEqual(await linesOf('.bk-queue-part:has-text("Benches") .bk-queue-list'), [
      'left at work workshop · BK7231N · c8:47:8c:00:11:22 Write, BK7231N 42 %',
      'right idle attic',
      'spare rests after failures attic · BK7231T',
    ]);
    const jobs = await linesOf('.bk-queue-jobs');
    assert.match(jobs[0] ?? '', /^Write, BK7231N under way 42 % .* left · try 1 of 3 Writing/);
    assert.match(jobs[1] ?? '', /^Write, any chip waiting Cancel/);
    assert.match(jobs[3] ?? '', /^Write, any chip failed Try again .* Why, and what to do/);
    assert.match(jobs[4] ?? '', /^Erase, BK7238 done .* left · try 2 of 3/);
    await holds('jobs');
  });

  it('says why a job failed, and what to do', async () => {
    await part('.bk-queue-jobs [data-state=failed] summary').click();
    assert.match(
      await texts('.bk-queue-jobs .bk-card-bad'),
      /The sector at 0x012000 .* What to do .* BK_BAD_SECTOR/,
    );
    await holds('failure');
    await part('.bk-queue-jobs [data-state=failed] summary').click();
  });

  it('can be folded to one line that still has the numbers', async () => {
    await part('.bk-queue > summary').click();
    assert.equal(
      await texts('.bk-queue > summary'),
      'Queue: workshop 2 waiting · 1 under way · 1 failed',
    );
    await part('.bk-queue > summary').press('Enter');
  });

  it('takes a waiting job back with the keyboard alone, which stays at its line', async () => {
    server.answers['DELETE queues/q/jobs/w'] = () => {
      asked.push('w');
      return {};
    };
    const cancel = editor.page.getByRole('button', { name: 'Cancel: Write, any chip' });
    await cancel.focus();
    // Word of other jobs comes meanwhile, also such that moves the lines.
    server.tellQueue(changed({ jobs: [{ ...ACTIVE, percent: 43 }, ...LOOK.jobs.slice(1)] }));
    await part('.bk-queue-jobs >> text=under way 43 %').waitFor();
    server.tellQueue(changed({ jobs: LOOK.jobs.slice(1) }));
    await part('.bk-queue-jobs > li[data-state=active]').waitFor({ state: 'detached' });
    const focused = () =>
      editor.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
    assert.equal(await focused(), 'Cancel: Write, any chip');
    await editor.page.keyboard.press('Enter');
    await part('.bk-queue-said >> text=Taken back: Write, any chip').waitFor();
    assert.deepEqual(asked, ['w']);
    server.tellQueue(changed({ jobs: [job('w', 'done'), ...LOOK.jobs.slice(2, 4)] }));
    await part('.bk-queue-jobs > li[data-state=done]').waitFor();
    const isAtLine = await part('.bk-queue-jobs > li[data-state=done]').evaluate(
      (line) => line === document.activeElement || line.contains(document.activeElement),
    );
    assert.equal(isAtLine, true);
  });

  it('lets a job that failed wait again, and says what the server does not do', async () => {
    server.answers['POST queues/q/jobs/f/retry'] = () => {
      asked.push('f');
      return {};
    };
    await part('[data-action=retry-queued]').click();
    await part('.bk-queue-said >> text=Waits again: Write, any chip').waitFor();
    assert.deepEqual(asked, ['w', 'f']);
    await part('[data-action=cancel-queued]').first().click();
    await part('.bk-queue [role=alert] .bk-card-bad').waitFor();
    await holds('refused');
  });

  it('says what keeps jobs from being done', async () => {
    server.tellQueue(changed({ isPaused: true, benches: [], jobs: [] }));
    await part('.bk-queue >> text=The queue is paused').waitFor();
    assert.match(await texts('.bk-queue'), /No bench is there.* No job yet\./);
    server.tellQueue({
      ...QUEUE,
      server: 'away',
      trouble: note('queue.away', { host: 'h', port: 1 }),
    });
    await part('.bk-queue > .bk-wrong').waitFor();
    assert.doesNotMatch(await texts('.bk-queue > .bk-wrong'), /queue\./);
    await holds('away');
  });

  it('shows several, and forgets one that has gone', async () => {
    server.tellQueue({ ...QUEUE, id: 'p', name: 'attic', server: 'connecting', look: null });
    await part('.bk-queue >> nth=1').waitFor();
    assert.equal(
      await texts('.bk-queue >> nth=0'),
      'Queue: attic Connecting to the server of the queue.',
    );
    server.forgetQueue('p');
    await part('.bk-queue >> nth=1').waitFor({ state: 'detached' });
    server.forgetQueue('q');
    await part('.bk-queues').waitFor({ state: 'hidden' });
  });
});

describe('a real queue in the tab BK flasher', function () {
  this.timeout(120_000);
  let redis: RedisServer;
  let editor: Editor;

  before(async function () {
    const chromium = chromiumFor(this);
    redis = await RedisServer.start(this);
    const place = { z: 'tab', x: 100, y: 100, wires: [[], []] };
    editor = await Editor.open(chromium, [
      { id: 'tab', type: 'tab', label: 'Bench' },
      { id: 'queue', type: 'bk-queue', name: 'workshop', serverPort: redis.port },
      { id: 'lamp', type: 'bk-device', name: 'Lamp', port: 'sim://bk7231n?speed=fast', idle: 0 },
      { ...place, id: 'worker', type: 'bk-worker', name: 'left', queue: 'queue', device: 'lamp' },
    ]);
    await editor.page.evaluate(() => RED.sidebar.show('bk-flasher'));
  });
  after(async () => {
    await editor?.close();
    await redis?.end();
  });

  it('is there with its bench, and shows a job that somebody puts in until it is done', async () => {
    const part = (selector: string) => editor.page.locator(`.bk-flasher .bk-queue ${selector}`);
    await part('.bk-queue-list >> text=left').waitFor();
    const client = redis.client();
    const queue = new Queue('bk72xx', { connection: client, prefix: 'bk72xx' });
    try {
      const order = {
        operation: 'connect',
        target: 'any',
        settings: {},
        share: false,
        owner: 'me',
      };
      await queue.add('connect', order);
      await part('.bk-queue-jobs > li[data-state=done] >> text=Identify, any chip').waitFor();
      await queue.add('connect', { ...order, operation: 'wash' });
      await part('.bk-queue-jobs > li[data-state=failed] [data-action=retry-queued]').waitFor();
      await part('.bk-queue-list >> text=BK7231N').waitFor();
    } finally {
      await queue.close();
      client.disconnect();
    }
    assert.deepEqual(editor.errors, []);
  });
});
