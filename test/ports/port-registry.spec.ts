import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import sinon from 'sinon';
import { BkError, createEnvironment, Device, isBkError } from '../../src';
import { verbatim } from '../../src/texts/note';
import { serialScheme } from '../../src/transport/schemes/serial';
import * as list from '../../src/transport/schemes/serial-ports';
import { noise, scratchFolder } from '../support/bench-device';
import { nextSeed } from '../support/seed';
import { VirtualClock } from '../support/virtual-clock';

const MANY = 10_000;
const MIB = 1024 * 1024;

/** What the process holds when nothing that could go is left, bytes. */
function held(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // The first one lets buffers go, and a newer Node.js gives their memory back with the second.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function world() {
  const clock = new VirtualClock();
  return { clock, environment: createEnvironment(clock) };
}

describe('the ports of an environment', function () {
  const folder = scratchFolder(this);
  this.timeout(120_000);
  afterEach(() => sinon.restore());

  it(`does not grow with ${MANY} ports on which nothing is`, async () => {
    const { environment } = world();
    sinon.replace(list, 'listPorts', async () => []);
    sinon.replace(serialScheme, 'open', (port) =>
      Promise.reject(new BkError('BK_PORT_NOT_FOUND', verbatim(port))),
    );
    const tryPort = async (number: number) => {
      const device = new Device({ port: `/nowhere/ttyUSB${number}` }, environment);
      const error = await device.connect().catch((reason: unknown) => reason);
      assert.ok(isBkError(error, 'BK_PORT_NOT_FOUND'));
      assert.equal(device.inUse, false);
    };
    for (let number = 0; number < MANY / 10; number++) await tryPort(number);
    const before = held();
    for (let number = MANY / 10; number < MANY; number++) await tryPort(number);
    assert.equal(environment.ports.size, 0);
    assert.ok(held() - before < 4 * MIB);
  });

  it(`keeps the flash of a bounded number of ${MANY} simulated chips`, async () => {
    const { clock, environment } = world();
    const { chips } = environment.ports;
    // Faster than to make them from a seed.
    const file = join(folder(), 'flash.bin');
    writeFileSync(file, noise(4096));
    const before = held();
    for (let window = 0; window < MANY; window++) {
      await chips.open(`sim://bk7231n?size=256K&flash=${file}&window=${window}`, clock).close();
    }
    assert.equal(chips.size, 256);
    assert.ok(held() - before < 128 * MIB);
  });

  it('forgets a port when its job is over, and its chip later', async () => {
    const { environment } = world();
    const { ports } = environment;
    for (let count = 0; count < 260; count++) {
      const port = `sim://bk7231n?size=256K&speed=fast&seed=${nextSeed()}`;
      await new Device({ port, idle: 0 }, environment).connect();
      assert.equal(ports.size, 0);
    }
    assert.equal(ports.chips.size, 256);
  });

  it('keep a port as long as a link on it is kept', async () => {
    const { clock, environment } = world();
    const device = new Device({ port: `sim://bk7231n?seed=${nextSeed()}`, idle: 10 }, environment);
    assert.equal(device.inUse, false);
    const job = device.connect();
    assert.equal(device.inUse, true);
    await job;
    assert.deepEqual([environment.ports.size, device.inUse], [1, true]);
    await clock.advance(9000);
    assert.deepEqual([environment.ports.size, device.inUse], [1, true]);
    await clock.advance(2000);
    assert.deepEqual([environment.ports.size, device.inUse], [0, false]);
    await device.connect();
    assert.equal(environment.ports.size, 1);
    await device.close();
    assert.deepEqual([environment.ports.size, device.inUse], [0, false]);
    assert.equal(clock.pending, 0);
  });

  it('forget a port when who waited for it gives up', async () => {
    const { environment } = world();
    const port = `sim://bk7231n?seed=${nextSeed()}`;
    const { release } = await environment.ports.turn(port, undefined);
    const abort = new AbortController();
    const waiting = environment.ports.turn(port.toUpperCase(), abort.signal);
    abort.abort();
    await assert.rejects(waiting, { code: 'BK_CANCELLED' });
    assert.equal(environment.ports.size, 1);
    release();
    assert.equal(environment.ports.size, 0);
  });

  it('share nothing with those of another environment', async () => {
    const one = world();
    const other = world();
    const port = `sim://bk7231n?seed=${nextSeed()}`;
    await new Device({ port }, one.environment).connect();
    assert.equal(other.environment.ports.size, 0);
    assert.equal(other.environment.ports.chips.find(port), undefined);
  });
});

describe('simulated chips that nobody has open', () => {
  it('go when they become too many, those that were changed last', async () => {
    const { clock, environment } = world();
    const { chips } = environment.ports;
    const url = () => `sim://bk7231n?seed=${nextSeed()}`;
    const [written, open] = [url(), url()];
    const device = new Device({ port: written, baud: 921_600, idle: 0 }, environment);
    const image = noise(4096);
    await device.write({ image, offset: 0x100000 });
    const line = chips.open(open, clock);
    const others = Array.from({ length: 40 }, url);
    for (const other of others) await chips.open(other, clock).close();
    assert.equal(chips.size, 33, '64 MiB of flash and the one that is open');
    assert.ok(chips.find(written)?.flash.subarray(0x100000, 0x101000).equals(image));
    assert.notEqual(chips.find(open), undefined);
    assert.equal(chips.find(others[0] as string), undefined);
    assert.notEqual(chips.find(others.at(-1) as string), undefined);
    await line.close();
    assert.equal(chips.size, 32);
    assert.notEqual(chips.find(open), undefined, 'the one that was used last stays');
  });

  it('keep at least the one that was used last, however large it is', async () => {
    const { clock, environment } = world();
    const { chips } = environment.ports;
    await chips.open('sim://bk7231n?size=512K', clock).close();
    await chips.open('sim://bk7231n?size=64M', clock).close();
    assert.equal(chips.size, 1);
    assert.equal(chips.find('sim://bk7231n?size=64M')?.flash.length, 64 * MIB);
  });
});
