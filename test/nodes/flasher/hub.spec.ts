import assert from 'node:assert/strict';
import { FlasherHub } from '../../../nodes/flasher/hub';
import type { DeviceState, MapChange } from '../../../nodes/flasher/messages';
import type { DeviceNode } from '../../../nodes/shared/device-node';
import { BkError, Device } from '../../../src';
import { verbatim } from '../../../src/texts/note';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

interface Published {
  at: number;
  topic: string;
  data: unknown;
}

/** A hub with one device on a simulated chip, all on one virtual clock, and what it has published. */
function rig(sim: string, settings: object = {}) {
  const bench = testDevice(sim, settings);
  const { clock, device, url } = bench;
  const published: Published[] = [];
  const publish = (topic: string, data: unknown) =>
    // As a browser gets it.
    published.push({ at: clock.now(), topic, data: JSON.parse(JSON.stringify(data)) });
  const hub = new FlasherHub({ clock, publish, run: 'run' });
  const node = { id: 'lamp', use: () => device } as unknown as DeviceNode;
  const announced = hub.announce(node, { name: 'Lamp', port: url });
  announced.follow(device);
  const on = (topic: string) => published.filter((one) => one.topic === topic);
  const states = () => on('bk72xx/device/lamp').map(({ data }) => data as DeviceState | null);
  const changes = () => on('bk72xx/map/lamp').map(({ data }) => data as MapChange);
  const entry = () => hub.entry('lamp');
  return { ...bench, hub, node, announced, published, states, changes, entry };
}

/** The most messages in any one second. */
function mostInASecond(published: readonly Published[]): number {
  return Math.max(
    ...published.map(
      ({ at: from }) => published.filter(({ at }) => at >= from && at < from + 1000).length,
    ),
  );
}

/** A browser's map, brought up to date change by change. */
function mapOf(changes: readonly MapChange[]): string {
  let cells: string[] = [];
  for (const { runs, fresh } of changes) {
    if (fresh !== undefined) cells = new Array(fresh.size / 4096).fill('.');
    for (const [first, count, letter] of runs) cells.fill(letter, first, first + count);
  }
  return cells.join('');
}

describe('the hub', () => {
  it('tells at most ten messages a second of a device, however fast its chip is, and its end', async () => {
    const { device, clock, published, states, changes, entry } = rig('bk7231n?speed=real');
    await device.write({ image: noise(0x100000), offset: 0x100000, unchanged: 'rewrite' });
    await device.read();
    await clock.advance(1000);
    assert.ok(published.length > 100, `${published.length} messages`);
    assert.ok(mostInASecond(published) <= 10);
    const last = states().at(-1);
    assert.equal(last?.job, null);
    assert.equal(last?.last?.operation, 'read');
    assert.equal(last?.last?.error, null);
    assert.equal(mapOf(changes()), entry()?.map?.sectors);
    assert.deepEqual(
      changes().map(({ revision }) => revision),
      changes().map((_, index) => index + 1),
    );
    await device.close();
  });

  it('shows how far a job of a flow is: its percent never falls, and its phase has words', async () => {
    const { device, clock, states } = rig('bk7231n?speed=real');
    await device.write({ image: noise(0x80000), offset: 0x100000 });
    await clock.advance(1000);
    const jobs = states().flatMap((state) => state?.job ?? []);
    const percents = jobs.map(({ percent }) => percent);
    assert.ok(percents.length > 10);
    assert.deepEqual(
      percents,
      [...percents].sort((a, b) => a - b),
    );
    assert.deepEqual(new Set(jobs.map(({ by }) => by)), new Set(['flow']));
    const { id: _, ...job } = jobs[5] as (typeof jobs)[number];
    assert.deepEqual(Object.keys(job).sort(), [
      ...['by', 'bytesPerSecond', 'line', 'message', 'operation', 'percent', 'phase'],
      ...['recoveries', 'secondsLeft', 'waitsForPerson'],
    ]);
    assert.match(jobs.at(-1)?.message.code ?? '', /^job\./);
    await device.close();
  });

  it('starts jobs for the sidebar, tells them by their ids, and queues them behind others', async () => {
    const { device, clock, states, entry } = rig('bk7231n');
    const flow = device.read({ offset: 0, length: 0x10000 });
    const started = await entry()?.start(() => device.connect());
    assert.equal(started?.device, 'lamp');
    assert.equal(entry()?.state.queued, 2);
    await flow;
    await clock.advance(1000);
    const { last, queued } = states().at(-1) as DeviceState;
    assert.equal(last?.id, started?.job);
    assert.equal(last?.by, 'sidebar');
    assert.equal(last?.operation, 'connect');
    assert.equal((last?.result as { chip: string } | undefined)?.chip, 'BK7231N');
    assert.equal(queued, 0);
    await device.close();
  });

  it('never sends bytes of flash', async () => {
    const { device, clock, states } = rig('bk7231n');
    await device.read();
    await clock.advance(1000);
    assert.equal(states().at(-1)?.last?.result, null);
    await device.close();
  });

  it('refuses in the answer what the engine refuses at once, and more jobs than eight', async () => {
    const { device, entry } = rig('bk7231n');
    const unusable = new Device({ port: '' });
    await assert.rejects(async () => entry()?.start(() => unusable.connect()), {
      code: 'BK_BAD_SETTING',
    });
    assert.equal(entry()?.state.queued, 0);
    const jobs = Array.from({ length: 8 }, () => entry()?.start(() => device.connect()));
    const one = () => device.connect();
    await assert.rejects(async () => entry()?.start(one), { code: 'BK_BAD_SETTING' });
    await Promise.all(jobs);
    await device.close();
  });

  it('cancels a job, whoever asked for it, and says so', async () => {
    const { device, clock, states, entry } = rig('bk7231n?speed=real');
    const reading = rejection(device.read(), 'BK_CANCELLED');
    await clock.advance(2000);
    const { job } = entry()?.state ?? {};
    entry()?.cancel('no-such-job');
    entry()?.cancel(job?.id ?? '');
    await reading;
    await clock.advance(1000);
    const { last } = states().at(-1) as DeviceState;
    assert.equal(last?.error?.code, 'BK_CANCELLED');
    assert.equal(last?.id, job?.id);
    await device.close();
  });

  it('shows a failure with its cause, its advice and what flash holds', async () => {
    const { device, clock, states } = rig('bk7231n?deadSector=0x101000');
    await rejection(device.write({ image: noise(0x4000), offset: 0x100000 }), 'BK_BAD_SECTOR');
    await clock.advance(1000);
    const { error, result } = states().at(-1)?.last ?? {};
    assert.equal(error?.code, 'BK_BAD_SECTOR');
    assert.equal(result, null);
    assert.match(error?.message.code ?? '', /^job\./);
    assert.match(error?.likely[0]?.cause.code ?? '', /^diagnosis\./);
    assert.ok((error?.advice.length ?? 0) > 0);
    assert.deepEqual(error?.state?.uncertain, [{ offset: 0x101000, length: 0x1000 }]);
    await device.close();
  });

  it('writes a log, a line each, that is told as news and once', async () => {
    const { device, clock, states, entry } = rig('bk7231n?brownout=0.02');
    await device.write({ image: noise(0x40000), offset: 0x100000 });
    await clock.advance(1000);
    const news = states().flatMap((state) => state?.news ?? []);
    assert.deepEqual(news, entry()?.log);
    assert.deepEqual(
      news.map(({ number }) => number),
      news.map((_, index) => index + 1),
    );
    const codes = news.map(({ text }) => text.code);
    assert.equal(codes[0], 'flasher.writeBegins');
    assert.ok(codes.includes('flasher.found'));
    assert.ok(codes.includes('flasher.mended'));
    assert.equal(codes.at(-1), 'flasher.done');
    assert.ok(news.length < 60, `${news.length} lines`);
    await device.close();
  });

  it('knows two devices on one port apart, of which one waits', async () => {
    const { device, clock, hub, url, environment } = rig('bk7231n?speed=real');
    const other = new Device({ port: url }, environment);
    const node = { id: 'other', use: () => other } as unknown as DeviceNode;
    hub.announce(node, { name: '', port: url }).follow(other);
    const jobs = Promise.all([device.read({ length: 0x40000 }), other.connect()]);
    await clock.advance(1500);
    assert.equal(hub.entry('lamp')?.state.job?.operation, 'read');
    assert.deepEqual([hub.entry('other')?.state.job, hub.entry('other')?.state.queued], [null, 1]);
    assert.equal(hub.entry('other')?.state.name, url);
    await jobs;
    await Promise.all([device.close(), other.close()]);
  });

  it('shows a port that a message has named as a device of its own, until it is let go', async () => {
    const { announced, hub, clock, published } = rig('bk7231n');
    const { device } = testDevice('bk7238', {}, clock);
    announced.follow(device);
    const id = hub.states.map((state) => state.id).find((one) => one !== 'lamp') ?? '';
    assert.match(id, /^lamp-[0-9a-f]{8}$/);
    assert.equal(hub.entry(id)?.port, device.settings.port);
    announced.forget(device);
    assert.equal(hub.entry(id), undefined);
    const topic = `bk72xx/device/${id}`;
    assert.equal(published.findLast((one) => one.topic === topic)?.data, null);
    await device.close();
  });

  it('tells that a device has gone with its node, in the middle of a job as well', async () => {
    const { device, announced, clock, states, hub } = rig('bk7231n?speed=real');
    const reading = rejection(device.read(), 'BK_CANCELLED');
    await clock.advance(2000);
    await device.close();
    announced.close(true);
    await reading;
    await clock.advance(2000);
    const [last, gone] = states().slice(-2);
    assert.equal(last?.last?.error?.code, 'BK_CANCELLED');
    assert.equal(gone, null);
    assert.deepEqual(hub.states, []);
  });

  it('leaves the device of a new node alone when the old one goes late', () => {
    const { announced, hub, node, url } = rig('bk7231n');
    hub.announce(node, { name: 'Lamp', port: url });
    announced.close(false);
    assert.equal(hub.states.length, 1);
  });

  it('keeps log, chip and map of a device over a deploy, unless it has another port now', async () => {
    const { device, announced, hub, node, url, entry } = rig('bk7231n');
    await device.read({ offset: 0, length: 0x10000 });
    await device.close();
    const log = [...(entry()?.log ?? [])];
    announced.close(false);
    assert.deepEqual(hub.states, []);
    const again = hub.announce(node, { name: 'New name', port: url });
    assert.equal(entry()?.state.name, 'New name');
    assert.equal(entry()?.state.chip?.chip, 'BK7231N');
    assert.deepEqual(entry()?.log, log);
    assert.match(entry()?.map?.sectors ?? '', /^r{16}/);
    again.close(false);
    const other = hub.announce(node, { name: '', port: 'sim://bk7238' });
    assert.deepEqual(entry()?.log, []);
    other.close(true);
    hub.announce(node, { name: '', port: 'sim://bk7238' });
    assert.equal(entry()?.map, null);
  });

  it('is not ended by a job that fails by what nobody expected', async () => {
    const { clock, entry, device } = rig('bk7231n');
    const broken = new BkError('BK_INTERNAL', verbatim('a mistake'));
    await assert.rejects(async () => entry()?.start(() => Promise.reject(broken)), broken);
    await clock.advance(1000);
    await device.close();
  });
});
