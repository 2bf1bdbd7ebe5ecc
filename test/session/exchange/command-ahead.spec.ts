import assert from 'node:assert/strict';
import { flashRead4K } from '../../../src/protocol/commands/command-table';
import { AheadTrust, CommandsAhead } from '../../../src/session/exchange/command-ahead';
import { noise, testDevice } from '../../support/bench-device';
import { VirtualClock } from '../../support/virtual-clock';

const LENGTH = 0x40000;

/** A read of used flash at 921600 baud: how long it took on the clock, and whether it is right. */
async function timed(options: string) {
  const { device, chip, clock } = testDevice(`bk7231n?${options}`, { baud: 921_600 });
  noise(LENGTH, 4).copy(chip.flash, 0x100000);
  await device.connect();
  const begun = clock.now();
  const { payload, facts } = await device.read({ offset: 0x100000, length: LENGTH });
  const ms = clock.now() - begun;
  assert.ok((payload as Buffer).equals(chip.flash.subarray(0x100000, 0x100000 + LENGTH)));
  const again = clock.now();
  await device.read({ offset: 0x100000, length: LENGTH });
  const secondMs = clock.now() - again;
  await device.close();
  return { ms, secondMs, recoveries: facts.recoveries.length };
}

describe('the next sector, asked for ahead', () => {
  it('hides the time for which answers are kept back', async () => {
    const prompt = await timed('');
    const late = await timed('latency=16');
    assert.equal(late.recoveries, 0);
    assert.ok(late.ms < 1.1 * prompt.ms, `${late.ms} ms beside ${prompt.ms} ms`);
  });

  it('is given up with a chip that misses it, and costs one wait', async () => {
    const ahead = await timed('latency=16');
    const { ms, secondMs, recoveries } = await timed('latency=16&ahead=false');
    const sectors = LENGTH / 4096;
    assert.equal(recoveries, 0);
    assert.ok(ms < 1.1 * ahead.ms + sectors * 17 + 300, `${ms} ms`);
    assert.ok(secondMs <= ms, 'nobody tries it again');
  });

  it('is right on a line that loses and changes answers', async () => {
    for (const options of ['', '&ahead=false']) {
      await timed(`latency=16&lose=0.02&corrupt=0.02${options}`);
    }
  });

  it('is not in the way of what is asked instead', async () => {
    // The rest of each block is blank: the sector that was asked for ahead is not wanted any more.
    const { device, chip } = testDevice('bk7231n?latency=16', { baud: 921_600 });
    chip.flash.fill(0xff, 0x100000, 0x100000 + LENGTH);
    for (let block = 0x100000; block < 0x100000 + LENGTH; block += 0x10000) {
      noise(3 * 4096, block).copy(chip.flash, block);
    }
    const { payload, facts } = await device.read({ offset: 0x100000, length: LENGTH });
    assert.ok((payload as Buffer).equals(chip.flash.subarray(0x100000, 0x100000 + LENGTH)));
    assert.equal(facts.bytesRead, (LENGTH / 0x10000) * 3 * 4096);
    assert.deepEqual(facts.recoveries, []);
    await device.close();
  });
});

describe('how many commands go ahead', () => {
  const SECTOR_MS = 45;

  it('is none where answers come at once, and one where an adapter keeps them back', () => {
    const trust = new AheadTrust();
    assert.equal(trust.depth(1, 0, SECTOR_MS), 0);
    assert.equal(trust.depth(16, 0, SECTOR_MS), 1);
  });

  it('is as many as the way of a late line takes, up to what a chip can hold', () => {
    const trust = new AheadTrust();
    assert.equal(trust.depth(160, 160, SECTOR_MS), 4);
    assert.equal(trust.depth(500, 800, SECTOR_MS), 8);
  });

  it('is one again when one of several does not come, and none after the next', () => {
    const trust = new AheadTrust();
    trust.doubt(5);
    assert.equal(trust.depth(500, 800, SECTOR_MS), 1);
    trust.doubt(1);
    assert.equal(trust.depth(500, 800, SECTOR_MS), 0);
    trust.doubt(5);
    assert.equal(trust.depth(500, 800, SECTOR_MS), 0, 'and stays so');
  });
});

describe('commands ahead', () => {
  it('are sent one after the other, as fast as the chip answers, and no more once they are held', async () => {
    const clock = new VirtualClock();
    const ahead = new CommandsAhead(clock);
    const sent: [address: number, at: number][] = [];
    const row = [1, 2, 3, 4].map((address) => ({ address }));
    const send = ({ address }: { address: number }) => sent.push([address, clock.now()]);
    clock.setTimeout(() => ahead.hold(), 100);
    ahead.fill(flashRead4K, row, { everyMs: 45, send });
    await clock.advance(500);
    assert.deepEqual(sent, [
      [1, 0],
      [2, 45],
      [3, 90],
    ]);
    assert.equal(ahead.takeFirst(flashRead4K as never, { address: 2 }), null, 'not the first one');
    assert.deepEqual(ahead.takeFirst(flashRead4K as never, { address: 1 }), { frame: null });
    // What is under way is not what is wanted: nothing is added to it.
    ahead.fill(flashRead4K, [{ address: 9 }], { everyMs: 45, send });
    assert.equal(ahead.count, 2);
    assert.equal(clock.pending, 0);
  });
});
