import assert from 'node:assert/strict';
import { noise, testDevice } from '../../support/bench-device';

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
