import assert from 'node:assert/strict';
import type { JobFacts } from '../../../src';
import { BLOCK } from '../../../src/chip/geometry';
import { noise, scratchFolder } from '../../support/bench-device';
import { type LateDevice, type Lateness, lateDevice } from '../../support/late-line';
import { nextSeed } from '../../support/seed';

const OFFSET = 0x100000;
const BEFORE = noise(2 * BLOCK, 9);
const IMAGE = noise(2 * BLOCK, 7);

/** Lines that are late, and how. */
const LINES: readonly Lateness[] = [160, 250, 500].flatMap((roundTrip) =>
  [0, 1].flatMap((jitter) =>
    (['served', 'raw'] as const).map((kind) => ({ roundTrip, jitter, kind })),
  ),
);

/** @param sim as `bk7231n?app=log` */
function late(sim: string, lateness: Lateness, seed = nextSeed()): LateDevice {
  // A raw line has no modem lines.
  const reset = lateness.kind === 'raw' ? 'none' : 'rts';
  const own = `${sim}${sim.includes('?') ? '&' : '?'}reset=${reset}&seed=${seed}`;
  return lateDevice(own, { ...lateness, seed: nextSeed() });
}

function named({ roundTrip, jitter, kind }: Lateness): string {
  return `${roundTrip} ms${jitter === 0 ? '' : ' and up to as much again'}, ${kind}`;
}

function mustBeClean({ recoveries, likely }: JobFacts): void {
  assert.deepEqual(recoveries, []);
  assert.equal(likely, undefined);
}

for (const sim of ['bk7231n', 'bk7231t']) {
  describe(`over a late line to ${sim}`, function () {
    const folder = scratchFolder(this);
    const never = () => ({ backup: { mode: 'never' as const, folder: folder() } });

    for (const line of LINES) {
      it(`all jobs end right (${named(line)})`, async () => {
        const { device, chip, clock } = late(sim, line);
        chip.flash.set(BEFORE, OFFSET);

        const listened = await device.listen();
        mustBeClean(listened.facts);
        assert.equal(listened.payload.line?.code, 'sound');
        const { payload, facts } = await device.connect();
        mustBeClean(facts);
        assert.equal(payload.chip, sim.toUpperCase());
        const { roundTrip, jitter = 0 } = line;
        const { latencyMs = 0 } = facts;
        assert.ok(
          latencyMs >= roundTrip && latencyMs <= 1.1 * roundTrip * (1 + jitter),
          `${latencyMs}`,
        );
        assert.ok(line.kind === 'raw' || (payload.baud ?? 0) >= 921_600, `${payload.baud} baud`);
        assert.ok(chip.counters.boots <= 1, 'it is not reset again and again');

        const dry = await device.write({ image: IMAGE, offset: OFFSET, dryRun: true, ...never() });
        mustBeClean(dry.facts);
        const read = await device.read({ offset: OFFSET, length: BEFORE.length });
        mustBeClean(read.facts);
        assert.ok(BEFORE.equals(read.payload as Buffer));
        const written = await device.write({ image: IMAGE, offset: OFFSET, ...never() });
        mustBeClean(written.facts);
        assert.equal(written.payload.verified, true);
        assert.ok(IMAGE.equals(chip.flash.subarray(OFFSET, OFFSET + IMAGE.length)));
        const range = { region: 'range', offset: OFFSET, length: BLOCK } as const;
        const erased = await device.erase({ ...range, ...never() });
        mustBeClean(erased.facts);
        assert.ok(chip.flash.subarray(OFFSET, OFFSET + BLOCK).every((byte) => byte === 0xff));
        await device.close();
        assert.equal(clock.pending, 0);
      });
    }
  });
}

/** Whether a job was told the same as on a line that is near, by the same chip. */
describe('a late line', function () {
  const folder = scratchFolder(this);
  const never = () => ({ backup: { mode: 'never' as const, folder: folder() } });

  async function write({ device, chip }: LateDevice): Promise<JobFacts & { boots: number }> {
    chip.flash.set(BEFORE, OFFSET);
    const { facts, payload } = await device.write({ image: IMAGE, offset: OFFSET, ...never() });
    assert.equal(payload.verified, true);
    assert.ok(IMAGE.equals(chip.flash.subarray(OFFSET, OFFSET + IMAGE.length)));
    const { boots } = chip.counters;
    await device.close();
    return { ...facts, boots };
  }

  for (const sim of ['bk7231n', 'bk7231t']) {
    for (const line of LINES) {
      it(`costs a write with brown-outs no more tries (${sim}, ${named(line)})`, async () => {
        const seed = nextSeed();
        const near = await write(late(`${sim}?brownout=0.04`, { ...line, roundTrip: 0 }, seed));
        const far = await write(late(`${sim}?brownout=0.04`, line, seed));
        assert.ok(far.recoveries.length <= near.recoveries.length, `${far.recoveries.length}`);
        const told = [near, far].map(({ likely = [] }) => likely[0]?.code);
        assert.ok(['diagnosis.unclear', told[0]].includes(told[1]), told.join(' and '));
      });
    }
  }

  for (const sim of ['bk7231u', 'bk7231m', 'bk7238', 'bk7252', 'bk7252n', 'bk7236', 'bk7258']) {
    it(`carries jobs on ${sim}`, async () => {
      const { recoveries } = await write(late(sim, { roundTrip: 250, jitter: 1, kind: 'served' }));
      assert.deepEqual(recoveries, []);
    });
  }

  for (const line of LINES) {
    it(`needs nobody to tell that it is one (${named(line)})`, async () => {
      mustBeClean(await write(late('bk7231n', { ...line, isTold: false })));
    });
  }

  for (const kind of ['served', 'raw'] as const) {
    for (const jitter of [0, 1]) {
      it(`may be a second away (${named({ roundTrip: 1000, jitter, kind })})`, async () => {
        for (const sim of ['bk7231n', 'bk7231t'])
          mustBeClean(await write(late(sim, { roundTrip: 1000, jitter, kind })));
      });
    }

    it(`may stand still for a second now and then (${kind})`, async () => {
      const spikes = { every: 7000, ms: 1000 };
      for (const roundTrip of [160, 500])
        mustBeClean(await write(late('bk7231n', { roundTrip, kind, spikes })));
      // A reboot is to be caught over a line that is quick: there a standstill costs a try, and nothing else.
      const { recoveries } = await write(late('bk7231n', { roundTrip: 80, kind, spikes }));
      for (const { action } of recoveries) assert.match(action, /was still there/);
    });

    it(`may become slower in the middle (${kind})`, async () => {
      for (const after of [1000, 4000, 7000, 10_000]) {
        const device = late('bk7231t', { roundTrip: 80, kind, later: { after, roundTrip: 500 } });
        const { recoveries, boots } = await write(device);
        assert.ok(recoveries.length <= 1, `${recoveries.length}`);
        for (const { action } of recoveries) assert.match(action, /was still there/);
        assert.equal(boots, 1, `it is not reset (${after})`);
      }
    });
  }

  it('does not keep a start check from hearing the first words', async () => {
    for (const roundTrip of [160, 500]) {
      const { device, chip } = late('bk7231n?app=openbeken', { roundTrip, jitter: 1 });
      chip.flash.set(BEFORE, OFFSET);
      const { payload } = await device.write({
        image: IMAGE.subarray(0, BLOCK),
        offset: OFFSET,
        startCheck: true,
        ...never(),
      });
      assert.equal(payload.startCheck?.result, 'started');
      assert.equal(payload.startCheck?.starts, 1);
      await device.close();
    }
  });

  it('is told as what it is by an examination, and neither chip nor adapter are blamed', async () => {
    for (const line of LINES) {
      const { device } = late('bk7231n', line);
      const { payload } = await device.examine({ write: true });
      assert.deepEqual(
        payload.unusual.map(({ whatCode }) => whatCode.code),
        ['examine.longWay'],
      );
      assert.equal(payload.link.wire, line.kind === 'raw' ? null : 'rts');
      assert.equal(payload.link.window, null);
      await device.close();
    }
  });

  it('may go away in the middle of a write, and the write goes on when it is back', async () => {
    for (const line of LINES) {
      const own = late('bk7231n', line);
      own.chip.flash.set(BEFORE, OFFSET);
      let pulled = false;
      const { facts, payload } = await own.device.write(
        { image: IMAGE, offset: OFFSET, ...never() },
        {
          onProgress: ({ phase, done }) => {
            if (pulled || phase !== 'write' || done < BLOCK) return;
            pulled = true;
            own.unplug();
          },
        },
      );
      assert.ok(pulled);
      assert.equal(payload.verified, true);
      assert.equal(facts.recoveries.length, 1);
      assert.match(facts.recoveries[0]?.action ?? '', /port came back/);
      await own.device.close();
    }
  });

  it('does not keep a chip that is gone from being told in time', async () => {
    for (const line of LINES) {
      // It reboots at the first erase, and its firmware obeys nobody.
      const { device, chip, clock } = late('bk7231n?brownout=1&app=silent', {
        ...line,
        kind: 'raw',
      });
      chip.flash.set(BEFORE, OFFSET);
      let since = 0;
      let asked = false;
      const write = device.write(
        { image: IMAGE, offset: OFFSET, ...never() },
        {
          onProgress: ({ phase, waitsForPerson }) => {
            if (phase === 'erase' && since === 0) since = clock.now();
            // Somebody is there for the link, and not for what comes later.
            if (!waitsForPerson || asked) return;
            asked = true;
            chip.powerCycle();
          },
        },
      );
      await assert.rejects(write, ({ code }: { code: string }) => code === 'BK_LINK_LOST');
      assert.ok(clock.now() - since < 75_000, `${clock.now() - since} ms`);
      await device.close();
    }
  });

  it('is kept busy by a read, and told where a job waited for it', async () => {
    const times: number[] = [];
    for (const roundTrip of [0, 160]) {
      const { device, chip, clock } = late('bk7231n', { roundTrip, kind: 'served' });
      noise(0x100000, 5).copy(chip.flash, OFFSET);
      const first = await device.connect();
      const advised = (first.facts.adviceCodes ?? []).map(({ code }) => code);
      assert.deepEqual(advised, roundTrip === 0 ? [] : ['job.lateAnswers']);
      const begun = clock.now();
      const { payload } = await device.read({ offset: OFFSET, length: 0x100000 });
      times.push(clock.now() - begun);
      assert.ok(chip.flash.subarray(OFFSET).equals(payload as Buffer));
      await device.close();
    }
    const [near = 0, far = 0] = times;
    assert.ok(far < 1.5 * near, `${far} ms beside ${near} ms`);
  });
});
