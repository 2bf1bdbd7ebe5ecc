import assert from 'node:assert/strict';
import type { DeviceSettings, LineCode, LineVerdict, Progress } from '../../src';
import { testDevice } from '../support/bench-device';

interface Told {
  at: number;
  progress: Progress;
}

/** Listens, and takes down what is told and when, in ms from the start. */
function listening(
  sim: string,
  settings: Partial<DeviceSettings> = {},
  whenTold: (told: Progress, own: ReturnType<typeof testDevice>) => void = () => {},
) {
  const own = testDevice(sim, { linkTimeout: 12, idle: 0, ...settings });
  const told: Told[] = [];
  const abort = new AbortController();
  const job = own.device.listen(
    {},
    {
      signal: abort.signal,
      onProgress: (progress) => {
        told.push({ at: own.clock.now(), progress });
        whenTold(progress, own);
      },
    },
  );
  return { ...own, told, job, abort };
}

/** When a verdict was told first, ms; fails where it was not. */
function toldAt(told: readonly Told[], code: LineCode): number {
  const first = told.find(({ progress }) => progress.line?.code === code);
  assert.ok(first, `${code} is told`);
  return first.at;
}

const NAMED: readonly [what: string, sim: string, verdict: LineVerdict, says: RegExp][] = [
  ['a sound line', 'bk7231n', { code: 'sound', chip: 'BK7231N' }, /sound. Found: BK7231N/],
  [
    'a sound line to a basic chip',
    'bk7231t?app=silent',
    { code: 'sound', chip: 'BK7231T' },
    /sound/,
  ],
  ['TX and RX joined', 'bk7231n?joined', { code: 'echo' }, /own bytes come back/],
  [
    'a TuyaMCU at 9600 baud',
    'bk7231n?reset=none&app=tuyamcu&appBaud=9600',
    { code: 'tuyaMcu', baud: 9600 },
    /TuyaMCU at 9600 baud/,
  ],
  [
    'a TuyaMCU at 115200 baud',
    'bk7231t?reset=none&app=tuyamcu',
    { code: 'tuyaMcu', baud: 115_200 },
    /TuyaMCU at 115200 baud/,
  ],
  [
    "an application's log",
    'bk7231n?app=openbeken&uart=2',
    { code: 'appLog' },
    /logging here.*Use UART1/,
  ],
  ['silence', 'bk7231n?reset=none&app=silent', { code: 'silence' }, /is 3\.3 V there/],
];

describe('listening to a line', () => {
  for (const [what, sim, verdict, says] of NAMED) {
    for (const reset of ['auto', 'none', 'rts'] as const) {
      // Nothing but the wire resets a silent chip.
      if (verdict.code === 'sound' && reset === 'none' && sim.includes('silent')) continue;
      it(`names ${what} within 5 s (reset: ${reset})`, async () => {
        const { told, job } = listening(sim, { reset });
        const { payload } = await job;
        assert.ok(toldAt(told, verdict.code) <= 5000);
        assert.deepEqual(payload.line, verdict);
        assert.match(payload.message, says);
        const last = told.findLast(({ progress }) => progress.line !== undefined);
        assert.deepEqual(last?.progress.line, verdict);
        assert.match(last?.progress.message ?? '', says);
      });
    }
  }

  it('changes nothing on the chip, and starts its firmware afterwards', async () => {
    const { job, chip } = listening('bk7231n');
    const before = Buffer.from(chip.flash);
    const { facts } = await job;
    assert.equal(facts.operation, 'listen');
    assert.ok(chip.flash.equals(before));
    assert.notEqual(chip.mode, 'download');
  });

  it('leaves the chip linked where the device says so', async () => {
    const { job, chip } = listening('bk7231n', { after: 'leave' });
    await job;
    assert.equal(chip.mode, 'download');
  });

  it('finds the chip that a person resets, after it has told of silence', async () => {
    const { job, told } = listening(
      'bk7231n?reset=none&app=silent',
      {},
      ({ line }, { chip, clock }) => {
        if (line?.code === 'silence') clock.setTimeout(() => chip.reset(), 500);
      },
    );
    const { payload } = await job;
    assert.deepEqual(payload.line, { code: 'sound', chip: 'BK7231N' });
    toldAt(told, 'silence');
  });

  it('goes on telling of a TuyaMCU at 9600 baud for as long as it talks', async () => {
    const { told, job } = listening('bk7231n?reset=none&app=tuyamcu&appBaud=9600', {
      linkTimeout: 60,
    });
    await job;
    const from = told.findIndex(({ progress }) => progress.line?.code === 'tuyaMcu');
    for (const { progress } of told.slice(from))
      assert.deepEqual(progress.line, { code: 'tuyaMcu', baud: 9600 });
  });

  it('forgets what it has heard when that is over', async () => {
    // Its log comes once, at its start.
    const { told, job, chip } = listening(
      'bk7231n?window=0&reset=none&app=log',
      { linkTimeout: 60, reset: 'none' },
      ({ code }, { clock }) => {
        if (code === 'session.calling') clock.setTimeout(() => chip.reset(), 700);
      },
    );
    const { payload } = await job;
    toldAt(told, 'appLog');
    assert.deepEqual(payload.line, { code: 'silence' });
  });

  it('takes any chip for a sound line, whatever the device is set to', async () => {
    const { job } = listening('bk7231n', { chip: 'BK7231T' });
    assert.deepEqual((await job).payload.line, { code: 'sound', chip: 'BK7231N' });
  });

  it('lasts as long as it is told', async () => {
    const { device, clock } = testDevice('bk7231n?reset=none&app=silent');
    const { payload } = await device.listen({ linkTimeout: 20 });
    assert.ok(clock.now() >= 20_000 && clock.now() < 22_000);
    assert.equal(payload.line?.code, 'silence');
  });

  it('tells nothing where it has heard too little', async () => {
    const { device } = testDevice('bk7231n?reset=none&app=silent');
    const { payload } = await device.listen({ linkTimeout: 0 });
    assert.equal(payload.line, null);
    assert.match(payload.message, /too short to tell/);
  });

  it('ends when it is cancelled', async () => {
    const { job, abort, clock } = listening('bk7231n?reset=none&app=silent');
    clock.setTimeout(() => abort.abort(), 1700);
    await assert.rejects(job, { code: 'BK_CANCELLED' });
    assert.ok(clock.now() < 2500);
    assert.equal(clock.pending, 0);
  });

  it('refuses a time that is none', async () => {
    const { device } = testDevice('bk7231n');
    await assert.rejects(device.listen({ linkTimeout: -1 }), { code: 'BK_BAD_SETTING' });
  });
});

describe('a job that waits for its chip', () => {
  /** What its progress says of the line, and when. */
  async function connecting(sim: string, reset: DeviceSettings['reset'] = 'auto') {
    const own = testDevice(sim, { linkTimeout: 12, reset });
    const told: Told[] = [];
    const onProgress = (progress: Progress) => told.push({ at: own.clock.now(), progress });
    await assert.rejects(own.device.connect({ onProgress }), { code: 'BK_NO_LINK' });
    return told;
  }

  it('goes on telling of a TuyaMCU at 9600 baud, that it hears once', async () => {
    const { device } = testDevice('bk7231n?reset=none&app=tuyamcu&appBaud=9600', {
      linkTimeout: 60,
    });
    const told: Progress[] = [];
    const onProgress = (progress: Progress) => told.push(progress);
    await assert.rejects(device.connect({ onProgress }), { code: 'BK_NO_LINK' });
    const from = told.findIndex(({ line }) => line !== undefined);
    for (const { line } of told.slice(from))
      assert.deepEqual(line, { code: 'tuyaMcu', baud: 9600 });
  });

  for (const [what, sim, verdict, says] of NAMED) {
    if (verdict.code === 'sound') continue;
    it(`names ${what} within 5 s, and waits for a person`, async () => {
      const told = await connecting(sim);
      assert.ok(toldAt(told, verdict.code) <= 5000);
      const named = told.filter(({ progress }) => progress.line?.code === verdict.code);
      for (const { progress } of named) {
        assert.deepEqual(progress.line, verdict);
        assert.match(progress.message, says);
        assert.equal(progress.waitsForPerson, true);
      }
    });
  }

  it('goes on asking for the reset once it was asked for', async () => {
    for (const reset of ['auto', 'rts', 'none'] as const) {
      const told = await connecting('bk7231n?reset=none&app=silent', reset);
      const asked = told.findIndex(({ progress }) => progress.waitsForPerson);
      assert.ok(asked > 0);
      for (const { progress } of told.slice(asked)) {
        assert.match(progress.message, /^Reset the chip now/);
        assert.equal(progress.waitsForPerson, true);
      }
    }
  });

  it('says nothing of a log that ends with the reset', async () => {
    const { device } = testDevice('bk7231n?app=openbeken');
    const told: Progress[] = [];
    await device.connect({ onProgress: (progress) => told.push(progress) });
    assert.ok(told.every(({ line }) => line === undefined));
  });
});
