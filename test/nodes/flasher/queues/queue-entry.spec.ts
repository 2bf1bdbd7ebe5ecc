import assert from 'node:assert/strict';
import { FlasherHub } from '../../../../nodes/flasher/hub';
import type { QueueJob, QueueLook, QueueState } from '../../../../nodes/flasher/messages';
import type { QueueHost } from '../../../../nodes/flasher/queues/queue-entry';
import { VirtualClock } from '../../../support/virtual-clock';

const NOTHING: QueueLook = {
  counts: { waiting: 0, active: 0, delayed: 0, failed: 0, done: 0 },
  isPaused: false,
  benches: [],
  jobs: [],
};

/** A hub with one queue whose server answers what the test says, on a virtual clock. */
function rig() {
  const clock = new VirtualClock();
  const published: { at: number; topic: string; state: QueueState | null }[] = [];
  const publish = (topic: string, data: unknown) =>
    published.push({ at: clock.now(), topic, state: JSON.parse(JSON.stringify(data)) });
  const hub = new FlasherHub({ clock, publish, run: 'run' });
  const server = {
    looks: 0,
    answer: (): Promise<QueueLook> => Promise.resolve(NOTHING),
    standing: { server: 'ready', trouble: null } as QueueHost['standing'],
    changed: () => {},
    isWatched: true,
  };
  const forget = hub.announceQueue('q', {
    name: 'workshop',
    get standing() {
      return server.standing;
    },
    look: () => {
      server.looks++;
      return server.answer();
    },
    watch: (listener) => {
      server.changed = listener;
      return () => {
        server.isWatched = false;
      };
    },
    cancel: async () => {},
    retry: async () => {},
  });
  const waiting = (count: number) => {
    const look = { ...NOTHING, counts: { ...NOTHING.counts, waiting: count } };
    server.answer = () => Promise.resolve(look);
  };
  return { clock, hub, published, server, forget, waiting, entry: hub.queue('q') };
}

describe('a queue in the sidebar', () => {
  it('is told of when it begins, and asked for nothing until somebody looks on', async () => {
    const { clock, published, server } = rig();
    assert.deepEqual(
      published.map(({ topic, state }) => [topic, state?.name, state?.look]),
      [['bk72xx/queue/q', 'workshop', null]],
    );
    server.changed();
    await clock.advance(120_000);
    assert.equal(server.looks, 0);
  });

  it('tells what changes while somebody looks on, and a minute later asks for nothing more', async () => {
    const { clock, published, server, waiting, entry } = rig();
    entry?.watched();
    await clock.advance(1000);
    waiting(3);
    server.changed();
    await clock.advance(1000);
    assert.equal(published.at(-1)?.state?.look?.counts.waiting, 3);
    await clock.advance(70_000);
    const { looks } = server;
    assert.ok(looks > 10, `${looks} looks`);
    server.changed();
    await clock.advance(60_000);
    assert.equal(server.looks, looks);
  });

  it('asks once a second at most, however much is signalled, and says nothing twice', async () => {
    const { clock, published, server, entry } = rig();
    entry?.watched();
    await clock.advance(100);
    const before = published.length;
    for (let turn = 0; turn < 100; turn++) {
      server.changed();
      await clock.advance(100);
    }
    assert.ok(server.looks >= 9 && server.looks <= 12, `${server.looks} looks`);
    assert.equal(published.length, before);
  });

  it('says at once that the server is away, keeps what was seen, and does not wait for its answer', async () => {
    const { clock, published, server, waiting, entry } = rig();
    waiting(2);
    entry?.watched();
    await clock.advance(1000);
    server.answer = () => new Promise(() => {});
    server.standing = { server: 'away', trouble: { code: 'queue.away', params: {} } };
    server.changed();
    await clock.advance(1000);
    const { state } = published.at(-1) ?? {};
    assert.equal(state?.server, 'away');
    assert.equal(state?.look?.counts.waiting, 2);
    server.standing = { server: 'ready', trouble: null };
    waiting(1);
    entry?.watched();
    await clock.advance(20_000);
    assert.equal(published.at(-1)?.state?.look?.counts.waiting, 1);
  });

  it('goes on when the server refuses', async () => {
    const { clock, published, server, waiting, entry } = rig();
    server.answer = () => Promise.reject(new Error('no'));
    entry?.watched();
    await clock.advance(1000);
    waiting(4);
    server.changed();
    await clock.advance(2000);
    assert.equal(published.at(-1)?.state?.look?.counts.waiting, 4);
  });

  it('sends no more than fifty jobs and benches, whoever has put more there', async () => {
    const { clock, published, server, entry } = rig();
    const job = (_: unknown, id: number) => ({ id: String(id) }) as QueueJob;
    const bench = (_: unknown, id: number) => ({ id: String(id) }) as QueueLook['benches'][number];
    const many = {
      jobs: Array.from({ length: 900 }, job),
      benches: Array.from({ length: 900 }, bench),
    };
    server.answer = () => Promise.resolve({ ...NOTHING, ...many });
    entry?.watched();
    await clock.advance(1000);
    const { look } = published.at(-1)?.state ?? {};
    assert.deepEqual([look?.jobs.length, look?.benches.length], [50, 50]);
  });

  it('goes with its node, and says so', async () => {
    const { clock, hub, published, server, forget, entry } = rig();
    entry?.watched();
    await clock.advance(100);
    forget();
    assert.equal(published.at(-1)?.state, null);
    assert.equal(hub.queue('q'), undefined);
    assert.equal(server.isWatched, false);
    const { looks } = server;
    await clock.advance(60_000);
    assert.equal(server.looks, looks);
    assert.equal(published.at(-1)?.state, null);
  });
});
