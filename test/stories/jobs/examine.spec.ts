import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Examination } from '../../../src';
import { scratchFolder, testDevice } from '../../support/bench-device';

/** What a chip was given, as it shows in the report. */
interface Given {
  /** Of the simulated chip's address. */
  options: string;
  hold?: number;
  delay?: number;
  window?: number;
  wire?: string | null;
  fastest?: number | null;
  sectorErase?: number;
  halfBlockErase?: number | null;
  blockErase?: number;
  page?: number;
  ahead?: boolean;
  key?: string;
  status?: string;
}

/** Ten chips as different as people's are. */
const CHIPS: readonly Given[] = [
  { options: 'bk7231n' },
  { options: 'bk7231n?latency=4&answer=2', hold: 4, delay: 2 },
  { options: 'bk7231t?latency=16', hold: 16 },
  { options: 'bk7231n?latency=60&reset=dtr', hold: 60, wire: 'dtr' },
  { options: 'bk7231n?slow=3&latency=16', hold: 16, sectorErase: 135, blockErase: 600, page: 2.1 },
  { options: 'bk7231t?baudLimit=115200', fastest: 115_200 },
  { options: 'bk7231u?window=60&answer=5', window: 60, delay: 5 },
  {
    options: 'bk7238?window=1500&erase32=true&reset=rts-inverted',
    window: 1500,
    halfBlockErase: 120,
    wire: 'rts-inverted',
    key: 'not readable',
  },
  {
    options: 'bk7231m?ahead=false&protect=0x0214&reset=none',
    ahead: false,
    key: 'zeros',
    status: '14',
    wire: null,
  },
  { options: 'bk7252?baudLimit=500000&latency=16', hold: 16, fastest: 500_000 },
];

const FULL = ['bk7231n', 'bk7231m', 'bk7238'];

function near(found: number | null | undefined, given: number, what: string, slack = 0): void {
  const off = Math.abs((found ?? Number.NaN) - given);
  assert.ok(off <= Math.max(slack, 0.1 * given), `${what}: ${found} instead of ${given}`);
}

function compare(found: Examination, given: Given): void {
  const { link, line, chip, checksum, flash, reading, unmeasured } = found;
  assert.deepEqual(unmeasured, []);
  near(line.holdMs, given.hold ?? 0, 'hold', 0.05);
  near(line.delayMs, given.delay ?? 0, 'delay', 0.15);
  const { opensMs = 0, closesMs = null } = link.window ?? {};
  near((closesMs ?? 0) - opensMs, given.window ?? 300, 'window');
  near(opensMs, 5, 'opening');
  assert.equal(link.wire, given.wire === undefined ? 'rts' : given.wire);
  assert.equal(line.fastestBaud, given.fastest ?? null);
  assert.equal(line.commandAhead, given.ahead ?? true);
  near(checksum.otherBytesPerSecond, 400_000, 'checksum');
  near(checksum.blankBytesPerSecond, 400_000, 'checksum of blank flash');
  near(flash?.eraseMs[4096].median, given.sectorErase ?? 45, 'sector erase');
  near(flash?.eraseMs[65536].median, given.blockErase ?? 200, 'block erase');
  near(flash?.programMs[256].median, given.page ?? 0.7, 'page');
  near(flash?.programMs[4096].median, 16 * (given.page ?? 0.7), 'sector');
  const half = flash?.eraseMs[32768]?.median ?? null;
  if (given.halfBlockErase) near(half, given.halfBlockErase, 'half block');
  else assert.equal(half, null);
  assert.equal(reading?.differed, 0);
  assert.equal(reading?.contradicted, 0);
  const isFull = FULL.some((name) => given.options.startsWith(name));
  assert.equal(chip.key, given.key ?? (isFull ? 'tuya' : 'not readable'));
  assert.equal(chip.status?.['05'], isFull ? (given.status ?? '7c') : undefined);
}

/** The figures that a profile carries, to compare two reports of them. */
function figures({ link, line, checksum, flash, chip }: Examination) {
  const { opensMs = 0, closesMs = null, longestMs = 0 } = link.window ?? {};
  return {
    opens: opensMs,
    closes: closesMs ?? longestMs,
    hold: line.holdMs ?? 0,
    delay: line.delayMs ?? 0,
    answer: line.answerMs?.median ?? 0,
    blank: checksum.blankBytesPerSecond ?? 0,
    other: checksum.otherBytesPerSecond ?? 0,
    sectorErase: flash?.eraseMs[4096].median ?? 0,
    halfBlockErase: flash?.eraseMs[32768]?.median ?? 0,
    blockErase: flash?.eraseMs[65536].median ?? 0,
    page: flash?.programMs[256].median ?? 0,
    sector: flash?.programMs[4096].median ?? 0,
    ways: { wire: link.wire, restart: link.restart, ahead: line.commandAhead, rates: line.rates },
    chip: { ...chip, mac: chip.mac?.slice(0, 8), bootloader: chip.bootloader.known },
  };
}

describe('an examination', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  for (const given of CHIPS) {
    it(`finds what ${given.options} was given, and makes a profile of it`, async () => {
      const { device, chip } = testDevice(given.options);
      const flash = Buffer.from(chip.flash);
      const { payload } = await device.examine({ write: true });
      await device.close();
      compare(payload, given);
      assert.ok(chip.flash.equals(flash), 'flash is as it was');
      const path = join(folder(), 'report.json');
      writeFileSync(path, JSON.stringify(payload));
      const name = given.options.split('?')[0];
      const twin = testDevice(`${name}?profile=${encodeURIComponent(path)}`);
      const again = await twin.device.examine({ write: true });
      await twin.device.close();
      const [one, other] = [figures(payload), figures(again.payload)];
      for (const [key, value] of Object.entries(one)) {
        const second = other[key as keyof typeof other];
        if (typeof value === 'number') near(second as number, value, key, 0.15);
        else assert.deepEqual(second, value, key);
      }
    });
  }
});
