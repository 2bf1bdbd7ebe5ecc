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
function late(sim: string, lateness: Lateness, settings = {}): LateDevice {
  // A raw line has no modem lines.
  const reset = lateness.kind === 'raw' ? 'none' : 'rts';
  const own = `${sim}${sim.includes('?') ? '&' : '?'}reset=${reset}&seed=${nextSeed()}`;
  return lateDevice(own, { ...lateness, seed: nextSeed() }, settings);
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
        assert.ok(line.kind === 'raw' || payload.baud >= 921_600, `${payload.baud} baud`);
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
