import assert from 'node:assert/strict';
import { Adapter } from '../../../src/simulator/line/adapter';
import { linked, longAnswer, read4K } from '../../support/simulator';
import { VirtualClock } from '../../support/virtual-clock';

const BYTE_MS = 10_000 / 115_200;

describe("simulated chip: the host's adapter", () => {
  it('passes all on at once where it keeps nothing back', () => {
    const passed: number[] = [];
    const clock = new VirtualClock();
    const adapter = new Adapter(clock, 0, (bytes) => passed.push(bytes.length));
    adapter.take({ bytes: Buffer.alloc(15), end: 0, byteMs: BYTE_MS });
    assert.deepEqual(passed, [15]);
    assert.equal(clock.pending, 0);
  });

  it('passes full packets on at once, and the rest when its timer runs out', async () => {
    const passed: [number, number][] = [];
    const clock = new VirtualClock();
    const adapter = new Adapter(clock, 16, (bytes) => passed.push([clock.now(), bytes.length]));
    adapter.take({ bytes: Buffer.alloc(150), end: 0, byteMs: 0 });
    assert.deepEqual(passed, [[0, 124]]);
    // What comes to a packet that has begun does not wind its timer up again.
    clock.setTimeout(() => adapter.take({ bytes: Buffer.alloc(4), end: 10, byteMs: 0 }), 10);
    await clock.advance(30);
    assert.deepEqual(passed.slice(1), [[16, 30]]);
    assert.equal(clock.pending, 0);
  });

  it('forgets what it holds when it is unplugged', async () => {
    const clock = new VirtualClock();
    const adapter = new Adapter(clock, 16, () => assert.fail('passed on'));
    adapter.take({ bytes: Buffer.alloc(15), end: 0, byteMs: 0 });
    adapter.empty();
    assert.equal(clock.pending, 0);
    await clock.advance(100);
  });

  it('keeps the end of each answer back, whatever its length', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real', latency: 16, window: 300 });
    const sent = bench.clock.now();
    const answer = await bench.send('01e0fc050300008000');
    assert.equal(answer.length, 2 * 15);
    // The first byte's time on the line, and the timer that began with it.
    const onLine = 9 * BYTE_MS + 10_000 / bench.chip.baudRate;
    assert.ok(Math.abs((bench.pieces[0]?.at ?? 0) - sent - onLine - 16) < 0.01);
    const sector = await bench.send(read4K(0x11000));
    assert.ok(sector.startsWith(longAnswer('09', '00', '00100100').slice(0, 14)));
    const rest = bench.pieces.at(-1)?.length ?? 0;
    assert.equal(rest, 4111 % 62);
  });
});
