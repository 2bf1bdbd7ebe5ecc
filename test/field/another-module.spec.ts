import assert from 'node:assert/strict';
import { SECTOR } from '../../src/chip/geometry';
import { isBkError } from '../../src/errors';
import { noise } from '../support/bench-device';
import { ExchangedChip } from '../support/exchanged-chip';

/** A module that was put in the place of another one is switched on just then, and listens. */
const SIM = 'reset=none&app=silent&seed=3';
const IMAGE = noise(0x20000, 9);

/** Where its model usually has the calibration, and where another layout has it. */
const USUAL = {
  bk7231n: 0x1d0000,
  bk7231t: 0x1e0000,
  bk7238: 0x1e0000,
  bk7231u: 0x1e0000,
} as const;
const ELSEWHERE = { bk7231n: 0x1e0000, bk7231t: 0x1d0000 } as const;

type Name = keyof typeof USUAL;

interface Case {
  chip: Name;
  baud: number | 'auto';
  /** Where the calibration lies. */
  at: number;
}

const CASES: readonly Case[] = [
  { chip: 'bk7231n', baud: 'auto', at: ELSEWHERE.bk7231n },
  { chip: 'bk7231n', baud: 115_200, at: USUAL.bk7231n },
  { chip: 'bk7231t', baud: 'auto', at: ELSEWHERE.bk7231t },
  { chip: 'bk7231t', baud: 115_200, at: USUAL.bk7231t },
  { chip: 'bk7231t', baud: 115_200, at: ELSEWHERE.bk7231t },
  { chip: 'bk7238', baud: 115_200, at: USUAL.bk7238 },
];

/** A device whose chip has its calibration at an address, and a clone of it: the same in all but its MAC. */
function bench({ chip, baud, at }: Case, settings = {}, window = 300) {
  const own = new ExchangedChip(`${chip}?${SIM}&window=${window}`, {
    baud,
    linkTimeout: 3,
    ...settings,
  });
  const { flash } = own.chip;
  const usual = USUAL[chip];
  if (at !== usual) {
    flash.copyWithin(at, usual, usual + SECTOR);
    flash.fill(0xff, usual, usual + SECTOR);
  }
  // Something to write over.
  noise(0x60000, 4).copy(flash, 0x12000);
  const clone = Buffer.from(flash);
  clone[at + 0x29] = (clone[at + 0x29] as number) ^ 0x5a;
  return { own, clone };
}

/** How the image lies on flash for a write over the application, and for one over the calibration as well. */
function writes(at: number): { offset: number; image: Buffer }[] {
  const over = noise(0x20000, 11);
  over.write('TLV\0', 0x10000, 'latin1');
  return [
    { offset: 0x11000, image: IMAGE },
    // The calibration is written in the middle of it.
    { offset: at - 0x10000, image: over },
    // It is the first that is changed.
    { offset: at, image: over.subarray(0x10000, 0x14000) },
  ];
}

/** Requests at which to exchange the module: every command, in every phase. */
function instants(requests: readonly string[]): number[] {
  const from = requests.findIndex((key) => key !== 'S00' && key !== 'text');
  const picked = new Set<number>();
  const counts = new Map<string, number>();
  for (let index = from; index < requests.length; index++) {
    const key = requests[index] as string;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count <= 2 || count % 37 === 0) picked.add(index);
  }
  return [...picked];
}

describe('another module in the place of the one that a job began with', () => {
  for (const each of CASES) {
    const where = `${each.chip} at ${each.baud}, calibration at 0x${each.at.toString(16)}`;
    it(`gets nothing of its image: ${where}`, async () => {
      for (const { offset, image } of writes(each.at)) {
        const dry = bench(each);
        const start = Buffer.from(dry.own.chip.flash);
        const options = { image, offset, anyImage: true };
        await dry.own.device.write(options, dry.own.control);
        const wrong: string[] = [];
        for (const instant of instants(dry.own.requests)) {
          const { own, clone } = bench(each);
          own.onRequest = ({ ofAll }) => {
            if (ofAll === instant) own.exchange(clone);
          };
          const failure = await own.device.write(options, own.control).then(
            () => null,
            (error: unknown) => error,
          );
          const key = dry.own.requests[instant];
          const sectors = changedSectors(own.chip.flash, clone);
          // Nothing was begun with the other one: then this is simply the chip of the job.
          const isOwn = own.taken?.equals(start) === true;
          if (failure === null && isOwn && holds(own.chip.flash, clone, offset, image)) continue;
          if (failure !== null && !isBkError(failure)) throw failure;
          if (sectors > 0) wrong.push(`${key} ${instant}: ${sectors} sectors of the other's image`);
          else if (failure === null) wrong.push(`${key} ${instant}: verified`);
        }
        assert.deepEqual(wrong, [], `at 0x${offset.toString(16)}`);
      }
    }).timeout(240_000);

    it(`is not erased: ${where}`, async () => {
      const options = { region: 'range', offset: 0x20000, length: 0x24000 } as const;
      const dry = bench(each);
      const start = Buffer.from(dry.own.chip.flash);
      await dry.own.device.erase(options, dry.own.control);
      const wrong: string[] = [];
      for (const instant of instants(dry.own.requests)) {
        const { own, clone } = bench(each);
        own.onRequest = ({ ofAll }) => {
          if (ofAll === instant) own.exchange(clone);
        };
        const failure = await own.device.erase(options, own.control).then(
          () => null,
          (error: unknown) => error,
        );
        const isOwn = own.taken?.equals(start) === true;
        if (failure === null && isOwn) continue;
        if (failure !== null && !isBkError(failure)) throw failure;
        const sectors = changedSectors(own.chip.flash, clone);
        if (sectors > 0 || failure === null) {
          wrong.push(`${dry.own.requests[instant]} ${instant}: ${sectors} sectors erased`);
        }
      }
      assert.deepEqual(wrong, []);
    }).timeout(240_000);

    it(`does not become half of a backup: ${where}`, async () => {
      const range = { offset: 0x1c0000, length: 0x30000 };
      const dry = bench(each, {}, 3000);
      await dry.own.device.read(range, dry.own.control);
      const wrong: string[] = [];
      for (const instant of instants(dry.own.requests)) {
        const { own, clone } = bench(each, {}, 3000);
        const first = Buffer.from(own.chip.flash);
        // So that a half can be told.
        noise(SECTOR, 21).copy(clone, 0x1c8000);
        noise(SECTOR, 22).copy(clone, 0x1ea000);
        own.onRequest = ({ ofAll }) => {
          if (ofAll === instant) own.exchange(clone);
        };
        const bytes = await own.device.read(range, own.control).then(
          ({ payload }) => payload as Buffer,
          (error: unknown) => {
            if (!isBkError(error)) throw error;
            return null;
          },
        );
        const of = (flash: Buffer) => flash.subarray(range.offset, range.offset + range.length);
        if (bytes === null || bytes.equals(of(first)) || bytes.equals(of(clone))) continue;
        wrong.push(`${dry.own.requests[instant]} ${instant}`);
      }
      assert.deepEqual(wrong, []);
    }).timeout(240_000);
  }
});

describe('a kept link', () => {
  for (const each of CASES) {
    const where = `${each.chip} at ${each.baud}, calibration at 0x${each.at.toString(16)}`;
    it(`does not take the next lamp for the last one: ${where}`, async () => {
      const { own, clone } = bench(each, { idle: 30 });
      const first = await own.device.connect(own.control);
      // It is taken off and put on between two calls, as nobody could do by hand.
      own.exchange(clone);
      await own.clock.advance(20);
      own.asked = 0;
      const second = await own.device.connect(own.control);
      assert.notEqual(second.payload.mac, null);
      assert.notEqual(second.payload.mac, first.payload.mac);
      await own.device.close();
    });

    it(`is kept for the same one: ${where}`, async () => {
      const { own } = bench(each, { idle: 30 });
      const [{ offset, image }] = writes(each.at).slice(1, 2) as [
        { offset: number; image: Buffer },
      ];
      await own.device.write({ image, offset, anyImage: true }, own.control);
      const boots = own.chip.counters.boots;
      const { facts } = await own.device.write({ image, offset, anyImage: true }, own.control);
      assert.equal(own.chip.counters.boots, boots);
      assert.deepEqual(facts.recoveries, []);
      await own.device.close();
    });
  }
});

function changedSectors(flash: Buffer, clone: Buffer): number {
  let changed = 0;
  for (let at = 0; at < flash.length; at += SECTOR) {
    const same = flash.subarray(at, at + SECTOR).equals(clone.subarray(at, at + SECTOR));
    if (!same) changed++;
  }
  return changed;
}

/** Whether it is the clone with the image, and nothing else. */
function holds(flash: Buffer, clone: Buffer, offset: number, image: Buffer): boolean {
  const wanted = Buffer.from(clone);
  image.copy(wanted, offset);
  return flash.equals(wanted);
}
