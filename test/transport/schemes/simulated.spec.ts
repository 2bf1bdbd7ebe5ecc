import assert from 'node:assert/strict';
import {
  forgetSimulatedChips,
  openSimulated,
  prepareSimulatedChip,
  simulatedChip,
  unplugSimulated,
} from '../../support/simulated-chips';
import { LINK_CHECK, LINKED, setBaud } from '../../support/simulator';
import { VirtualClock } from '../../support/virtual-clock';

const URL = 'sim://bk7231n?seed=9';

const sleep = (clock: VirtualClock, ms: number) =>
  new Promise<void>((resolve) => {
    clock.setTimeout(resolve, ms);
  });

describe('simulated chip: as a port', () => {
  beforeEach(() => forgetSimulatedChips());
  after(() => forgetSimulatedChips());

  it('opens without a reset, and links after one by RTS', async () => {
    const clock = new VirtualClock();
    const port = await openSimulated(URL, clock);
    let heard = '';
    port.onData = (bytes) => {
      heard += bytes.toString('hex');
    };
    assert.deepEqual([port.port, port.baudRate, port.canSetBaudRate], [URL, 115200, true]);
    assert.equal(simulatedChip(URL)?.counters.boots, 0);
    assert.equal(await port.setLines({ rts: true, dtr: true }), true);
    assert.equal(await port.setLines({ rts: false, dtr: false }), true);
    await sleep(clock, 10);
    await port.write(Buffer.from(LINK_CHECK, 'hex'));
    assert.equal(heard, '');
    await sleep(clock, 10);
    assert.equal(heard, LINKED);
    heard = '';
    await port.write(Buffer.from(setBaud(500_000), 'hex'));
    await port.drain();
    await sleep(clock, 10);
    await port.setBaudRate(500_000);
    assert.equal(port.baudRate, 500_000);
    await sleep(clock, 20);
    assert.equal(heard, '040e0901e0fc0f20a1070014');
    await port.close();
    assert.equal(clock.pending, 0);
  });

  it('drains when the last bit has gone', async () => {
    const clock = new VirtualClock();
    const port = await openSimulated(URL, clock);
    await port.write(Buffer.alloc(1152));
    assert.equal(clock.now(), 0);
    await port.drain();
    assert.ok(Math.abs(clock.now() - 100) < 1e-6);
    await port.drain();
    await port.write(Buffer.alloc(1152));
    const drained = port.drain();
    await port.close();
    await drained;
    assert.equal(clock.pending, 0);
  });

  it('has room for one at a time, however the address is spelt', async () => {
    const clock = new VirtualClock();
    const port = await openSimulated(URL, clock);
    await assert.rejects(openSimulated('sim://BK7231N/?seed=9', clock), {
      code: 'BK_PORT_BUSY',
      message: /sim:\/\/BK7231N\/\?seed=9 is in use/,
    });
    await (await openSimulated('sim://bk7231n?seed=10', clock)).close();
    await port.close();
    await port.close();
    await (await openSimulated(URL, clock)).close();
    await assert.rejects(port.write(Buffer.from([1])), { code: 'BK_PORT_LOST' });
    assert.equal(await port.setLines({ rts: true, dtr: true }), false);
  });

  it('keeps the flash from one opening to the next, on whatever clock', async () => {
    const chip = prepareSimulatedChip(URL, new VirtualClock());
    chip.flash[0x20000] = 0x42;
    const clock = new VirtualClock();
    await sleep(clock, 5000);
    const port = await openSimulated(URL, clock);
    assert.equal(simulatedChip(URL), chip);
    assert.equal(chip.flash[0x20000], 0x42);
    await port.close();
    forgetSimulatedChips();
    assert.equal(simulatedChip(URL), undefined);
  });

  it('refuses rates and options that cannot be', async () => {
    const clock = new VirtualClock();
    await assert.rejects(openSimulated('sim://bk7231n?nonsense=1', clock), {
      code: 'BK_BAD_SETTING',
    });
    const port = await openSimulated('sim://bk7231n?reset=none', clock);
    for (const rate of [0, -1, 1.5, Number.NaN]) {
      await assert.rejects(port.setBaudRate(rate), { code: 'BK_BAD_SETTING' });
    }
    assert.equal(await port.setLines({ rts: true, dtr: true }), false);
    await port.close();
  });

  it('says once when it is unplugged, and never after it was closed', async () => {
    const clock = new VirtualClock();
    const port = await openSimulated(URL, clock);
    const reasons: string[] = [];
    port.onLost = (reason) => reasons.push(reason.message);
    assert.equal(unplugSimulated(URL), true);
    assert.equal(unplugSimulated(URL), false);
    await port.close();
    assert.deepEqual(reasons, ['unplugged']);
    await assert.rejects(port.drain(), { code: 'BK_PORT_LOST' });
    const again = await openSimulated(URL, clock);
    again.onLost = (reason) => reasons.push(reason.message);
    await again.close();
    assert.equal(reasons.length, 1);
  });
});
