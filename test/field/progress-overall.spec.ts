import assert from 'node:assert/strict';
import {
  type Device,
  type JobControl,
  type JobResult,
  type Progress,
  ProgressThrottle,
} from '../../src';
import { BLOCK } from '../../src/chip/geometry';
import { noise, scratchFolder, type TestDevice, testDevice } from '../support/bench-device';
import { rejection } from '../support/rejects';

interface Told extends Progress {
  /** ms since the job was asked for. */
  at: number;
}

interface Story {
  told: Told[];
  /** What a throttle lets through, as flows see it. */
  sent: Progress[];
  /** ms at the end of the job. */
  end: number;
}

/** Runs a job, and listens to what it tells. */
async function listen(
  { clock }: TestDevice,
  run: (control: JobControl) => Promise<JobResult<unknown>>,
): Promise<Story> {
  const start = clock.now();
  const told: Told[] = [];
  const sent: Progress[] = [];
  const throttle = new ProgressThrottle(clock, (progress) => sent.push(progress));
  await run({
    onProgress: (progress) => {
      told.push({ ...progress, at: clock.now() - start });
      throttle.report(progress);
    },
  });
  throttle.flush();
  return { told, sent, end: clock.now() - start };
}

function mustNeverFall(told: readonly Progress[]): void {
  let before = 0;
  for (const { overallPercent, phase } of told) {
    assert.ok(Number.isInteger(overallPercent) && overallPercent <= 100);
    assert.ok(overallPercent >= before, `${phase}: ${overallPercent} % after ${before} %`);
    before = overallPercent;
  }
}

/** 100 once, in the last report of all, and no time is left then. */
function mustEnd(told: readonly Progress[]): void {
  const last = told.at(-1);
  assert.equal(last?.overallPercent, 100);
  assert.equal(last?.overallEtaSeconds, 0);
  assert.equal(told.filter(({ overallPercent }) => overallPercent === 100).length, 1);
}

describe('the overall percent of a job', function () {
  const folder = scratchFolder(this);
  const image = noise(10 * BLOCK, 2);
  const offset = 0x40000;
  const backup = () => ({ mode: 'always', folder: folder() }) as const;

  const PLANNED: readonly [
    name: string,
    baud: number,
    run: (device: Device, control: JobControl) => Promise<JobResult<unknown>>,
  ][] = [
    ['a read', 921_600, (device, control) => device.read({}, control)],
    [
      'a write with its backup',
      921_600,
      (device, control) => device.write({ image, offset, backup: backup() }, control),
    ],
    [
      'the same on a slow line',
      115_200,
      (device, control) => device.write({ image, offset, backup: backup() }, control),
    ],
    [
      'a write that asks for nothing first',
      460_800,
      (device, control) => device.write({ image, offset, unchanged: 'rewrite' }, control),
    ],
    [
      'an erase with its backup',
      921_600,
      (device, control) => device.erase({ region: 'app', backup: backup() }, control),
    ],
  ];

  for (const [name, baud, run] of PLANNED) {
    it(`goes along with the clock: ${name}`, async () => {
      const own = testDevice('bk7231n', { baud });
      noise(0x19f000, 5).copy(own.chip.flash, 0x11000);
      const { told, sent, end } = await listen(own, (control) => run(own.device, control));
      for (const reports of [told, sent]) {
        mustNeverFall(reports);
        mustEnd(reports);
      }
      const work = told.filter(({ total }) => total > 0);
      const begun = work[0]?.at ?? 0;
      for (const { at, phase, overallPercent, overallEtaSeconds } of work.slice(0, -1)) {
        const share = (100 * (at - begun)) / (end - begun);
        const where = `${phase}, ${Math.round(share)} % of the time`;
        assert.ok(Math.abs(overallPercent - share) < 8, `${where}: ${overallPercent} %`);
        const left = (end - at) / 1000;
        const wrong = Math.abs((overallEtaSeconds ?? Number.NaN) - left);
        assert.ok(wrong < 2 + left / 5, `${where}: ${overallEtaSeconds} s for ${left} s`);
      }
      await own.device.close();
    });
  }

  const SURPRISES: readonly [name: string, sim: string, prepare: (own: TestDevice) => unknown][] = [
    ['nothing differs', 'bk7231n', ({ chip }) => image.copy(chip.flash, offset)],
    [
      'only the end differs',
      'bk7231t',
      ({ chip }) => image.subarray(0, 8 * BLOCK).copy(chip.flash, offset),
    ],
    ['the chip browns out again and again', 'bk7231n?brownout=0.05', () => {}],
    [
      'the newest backup is of something else',
      'bk7231n',
      async ({ chip, device }) => {
        await device.read({ file: { folder: folder() } });
        noise(6 * BLOCK, 9).copy(chip.flash, 0x80000);
      },
    ],
  ];

  for (const [name, sim, prepare] of SURPRISES) {
    it(`never falls, and comes to its end: ${name}`, async () => {
      const own = testDevice(sim);
      await prepare(own);
      const write = (control: JobControl) =>
        own.device.write({ image, offset, backup: backup() }, control);
      const { told, sent } = await listen(own, write);
      for (const reports of [told, sent]) {
        mustNeverFall(reports);
        mustEnd(reports);
      }
      assert.ok(told.some(({ phase }) => phase === 'backup'));
      await own.device.close();
    });
  }

  it('goes on with what an earlier try has left', async () => {
    const own = testDevice('bk7231n', { baud: 115_200 });
    const { device } = own;
    noise(0x19f000, 5).copy(own.chip.flash, 0x11000);
    const cancel = new AbortController();
    const options = { image, offset, backup: backup() };
    const first = device.write(options, {
      signal: cancel.signal,
      onProgress: ({ phase, percent }) => {
        if (phase === 'backup' && percent >= 50) cancel.abort();
      },
    });
    await rejection(first, 'BK_CANCELLED');
    const { told } = await listen(own, (control) => device.write(options, control));
    mustNeverFall(told);
    mustEnd(told);
    // What need not be read again is half of the backup, and next to nothing of the time.
    const half = told.find(({ phase, percent }) => phase === 'backup' && percent >= 49);
    assert.ok(half !== undefined && half.overallPercent < 5, `${half?.overallPercent} %`);
    await device.close();
  });

  it('is nothing before there is a plan, and never 100 where the job fails', async () => {
    const own = testDevice('bk7231n');
    const cancel = new AbortController();
    const told: Progress[] = [];
    const job = own.device.write(
      { image, offset, backup: backup() },
      {
        signal: cancel.signal,
        onProgress: (progress) => {
          told.push(progress);
          if (progress.phase === 'verify') cancel.abort();
        },
      },
    );
    await rejection(job, 'BK_CANCELLED');
    mustNeverFall(told);
    for (const { phase, overallPercent, overallEtaSeconds } of told) {
      assert.ok(overallPercent < 100);
      if (phase !== 'link' && phase !== 'identify' && phase !== 'open') break;
      assert.equal(overallPercent, 0);
      assert.equal(overallEtaSeconds, null);
    }
    await own.device.close();
  });
});

describe('what a progress says of the lamp', function () {
  const folder = scratchFolder(this);

  it('is its port, its device, and its MAC as soon as that is known', async () => {
    const own = testDevice('bk7231n', { name: 'kitchen' });
    const write = (control: JobControl) =>
      own.device.write(
        { image: noise(BLOCK), offset: 0x100000, backup: { mode: 'always', folder: folder() } },
        control,
      );
    const { told } = await listen(own, write);
    const { payload } = await own.device.connect();
    for (const [index, { device, port, mac, phase }] of told.entries()) {
      assert.equal(device, 'kitchen');
      assert.equal(port, own.url);
      if (index === 0) assert.equal(mac, null);
      if (!['open', 'link', 'identify'].includes(phase)) assert.equal(mac, payload.mac);
    }
    assert.notEqual(payload.mac, null);
    await own.device.close();
  });

  it('is no MAC where the job has no need of it', async () => {
    const own = testDevice('bk7231n');
    const { told } = await listen(own, (control) => own.device.read({ length: BLOCK }, control));
    assert.deepEqual([...new Set(told.map(({ mac }) => mac))], [null]);
    assert.deepEqual([...new Set(told.map(({ device }) => device))], [own.url]);
    await own.device.close();
  });

  it('comes after the message, which is for people', async () => {
    const own = testDevice('bk7231n');
    const { told } = await listen(own, (control) => own.device.read({ length: BLOCK }, control));
    for (const progress of told) assert.equal(Object.keys(progress)[0], 'message');
    await own.device.close();
  });
});
