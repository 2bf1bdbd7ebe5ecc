import assert from 'node:assert/strict';
import { Device } from '../src';
import { SECTOR } from '../src/chip/geometry';
import { noise, testDevice } from './support/bench-device';
import { rejection } from './support/rejects';

describe('jobs on one port', () => {
  it('take turns, first come, first served, however the port is spelled', async () => {
    const { device, url, environment } = testDevice('bk7231n?window=200');
    const other = new Device({ port: url.replace('bk7231n', 'BK7231N') }, environment);
    const order: string[] = [];
    const running = new Set<string>();
    const job = (name: string, on: Device) =>
      on
        .read(
          { offset: 0x11000, length: 0x10000 },
          {
            onProgress: () => {
              if (running.size === 0 || running.has(name)) running.add(name);
              else assert.fail(`${name} runs while ${[...running]} does`);
            },
          },
        )
        .then(() => {
          running.delete(name);
          order.push(name);
        });
    await Promise.all([job('a', device), job('b', other), job('c', device)]);
    assert.deepEqual(order, ['a', 'b', 'c']);
    await device.close();
    await other.close();
  });

  it('use the link of the job before while it is kept', async () => {
    const { device, chip } = testDevice('bk7231n');
    await device.connect();
    const boots = chip.counters.boots;
    await device.read({ offset: 0, length: SECTOR });
    assert.equal(chip.counters.boots, boots);
    assert.ok(chip.attached);
    await device.close();
    assert.ok(!chip.attached);
  });

  it('on a kept link explain a chip that is lost as the first job would', async () => {
    const { device, chip, clock } = testDevice(
      'bk7231n?brownout=0.2&window=20&app=silent&reset=none',
      { reset: 'none', linkTimeout: 8 },
    );
    clock.setTimeout(() => chip.powerCycle(), 1000);
    await device.connect();
    const error = await rejection(
      device.write({ image: noise(0x40000), offset: 0x100000 }),
      'BK_LINK_LOST',
    );
    const causes = error.cause.likely.map(({ cause }) => cause);
    assert.match(causes[0] ?? '', /supply gives way/);
    assert.match(causes[1] ?? '', /not reset while the job called it again/);
    assert.equal(causes.length, 2);
    await device.close();
  });

  it('keep the link alive for the idle time, then end it and start the firmware', async () => {
    const { device, chip, clock } = testDevice('bk7231t', { idle: 10 });
    await device.connect();
    await clock.advance(9000);
    assert.equal(chip.mode, 'download');
    assert.ok(chip.attached);
    const boots = chip.counters.boots;
    await clock.advance(2000);
    assert.ok(!chip.attached, 'the port is free');
    assert.equal(chip.counters.boots, boots + 1, 'the chip was rebooted');
    assert.equal(clock.pending, 0);
  });

  it('end the link at once with idle 0, and leave the chip in download mode if set so', async () => {
    const { device, chip, clock } = testDevice('bk7231n', { idle: 0, after: 'leave' });
    await device.connect();
    assert.ok(!chip.attached);
    assert.equal(chip.mode, 'download');
    assert.equal(clock.pending, 0);
    // It is found again, though it is at another rate now.
    const { payload } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
  });

  it('are cancelled while they wait, without a trace', async () => {
    const { device, chip } = testDevice('bk7231n');
    const first = device.read({ offset: 0, length: 0x20000 });
    const abort = new AbortController();
    const second = device.write(
      { image: noise(SECTOR), offset: 0x100000 },
      { signal: abort.signal },
    );
    const third = device.read({ offset: 0, length: SECTOR });
    abort.abort();
    await rejection(second, 'BK_CANCELLED');
    await first;
    await third;
    assert.equal(chip.counters.programs[0x100], 0);
    await device.close();
  });

  it('are cancelled at a sector boundary while they run', async () => {
    const { device, chip, clock } = testDevice('bk7231n');
    const image = noise(0x40000);
    chip.flash.set(noise(0x40000, 7), 0x100000);
    const abort = new AbortController();
    const job = device.write(
      { image, offset: 0x100000 },
      {
        signal: abort.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'write' && done >= 0x8000) abort.abort();
        },
      },
    );
    const error = await rejection(job, 'BK_CANCELLED');
    assert.match(error.message, /cancelled/);
    for (let address = 0x100000; address < 0x140000; address += SECTOR) {
      const sector = chip.flash.subarray(address, address + SECTOR);
      const offset = address - 0x100000;
      const states = [
        image.subarray(offset, offset + SECTOR),
        noise(0x40000, 7).subarray(offset, offset + SECTOR),
        Buffer.alloc(SECTOR, 0xff),
      ];
      assert.ok(
        states.some((state) => sector.equals(state)),
        `sector ${address.toString(16)}`,
      );
    }
    assert.ok(!chip.attached, 'the port is free');
    assert.equal(clock.pending, 0, 'no timer is left');
  });

  it('end when their device is closed, before close resolves', async () => {
    const { device, chip, clock } = testDevice('bk7231n');
    const write = device.write({ image: noise(0x80000), offset: 0x80000 });
    const queued = device.read();
    const outcomes = Promise.allSettled([write, queued]);
    await clock.advance(1500);
    assert.ok(chip.attached);
    await device.close();
    assert.ok(!chip.attached);
    for (const outcome of await outcomes) {
      assert.equal(outcome.status, 'rejected');
      assert.equal(outcome.reason.code, 'BK_CANCELLED');
    }
    assert.equal(clock.pending, 0);
  });

  it('do not wait for each other when only one of two devices on a port is closed', async () => {
    const { device, url, environment } = testDevice('bk7231n');
    const other = new Device({ port: url }, environment);
    const job = other.read({ offset: 0, length: 0x40000 });
    await device.close();
    const { payload } = await job;
    assert.equal(payload.length, 0x40000);
    await other.close();
  });
});

describe('a rate below the boot rate', () => {
  it('is kept where it is set, for a line that carries no more', async () => {
    const { device, chip } = testDevice('bk7231n', { baud: 57_600 });
    const { payload, facts } = await device.connect();
    assert.equal(payload.baud, 57_600);
    assert.deepEqual(facts.warnings, []);
    const { payload: bytes } = await device.read({ offset: 0x11000, length: 2 * SECTOR });
    assert.ok(Buffer.isBuffer(bytes) && bytes.equals(chip.flash.subarray(0x11000, 0x13000)));
    await device.close();
  });
});
