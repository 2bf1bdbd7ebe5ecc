import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSimulatedChip, filesOfSimulator } from '../../../src/simulator/simulator';
import { scratchFolder } from '../../support/bench-device';
import { VirtualClock } from '../../support/virtual-clock';

const REPORT = {
  format: 'bk72xx-report',
  version: 1,
  chip: {
    model: 'BK7231N',
    bootloader: { name: 'unknown', known: false },
    flash: { id: 'c84016', size: 0x400000 },
    key: 'custom',
    mac: '3c:0b:59:**:**:**',
    registers: { '800000': '7231c', '44010004': '99' },
    status: { '05': '1c', '35': '02' },
  },
  link: { wire: 'dtr', restart: 'wire', window: { opensMs: 9, closesMs: 129, longestMs: 126 } },
  line: { delayMs: 1.5, holdMs: 16, commandAhead: false, fastestBaud: 460800 },
  checksum: { blankBytesPerSecond: 600_000, otherBytesPerSecond: 300_000 },
  flash: {
    eraseMs: { 4096: { median: 90 }, 32768: { median: 250 }, 65536: { median: 400 } },
    programMs: { 256: { median: 2 }, 4096: { median: 20 } },
  },
};

describe('simulated chip: the profile of a report', function () {
  const folder = scratchFolder(this);
  const path = () => join(folder(), 'report.json');
  const make = (report: unknown, options = {}) => {
    writeFileSync(path(), typeof report === 'string' ? report : JSON.stringify(report));
    const given = { chip: 'bk7231n', profile: path(), ...options };
    return createSimulatedChip(given, new VirtualClock());
  };

  it('gives it the times and values of the chip that the report is of', () => {
    const chip = make(REPORT);
    const { timings, ...options } = chip.options;
    assert.equal(options.size, 0x400000);
    assert.equal(options.jedec.toString('hex'), 'c84016');
    assert.equal(options.protect, 0x021c);
    assert.equal(options.bootloader, 'unknown');
    assert.equal(options.mac.toString('hex').slice(0, 6), '3c0b59');
    assert.match(options.key, /^(?!0{32})[0-9a-f]{32}$/);
    assert.deepEqual(
      [options.window, options.reset, options.latency, options.baudLimit],
      [120, 'dtr', 16, 460800],
    );
    assert.deepEqual([options.ahead, options.erase32], [false, true]);
    assert.equal(chip.register(0x44010004), 0x99);
    const { boot, answer, crcBytesPerMs, crcBlankBytesPerMs } = timings;
    assert.deepEqual([boot, answer, crcBytesPerMs, crcBlankBytesPerMs], [9, 1.5, 300, 600]);
    const { sectorErase, halfBlockErase, blockErase, pageProgram, sectorProgram } = timings;
    assert.deepEqual([sectorErase, halfBlockErase, blockErase], [90, 250, 400]);
    assert.deepEqual([pageProgram, sectorProgram], [2, 20]);
  });

  it('leaves the last word to the other options', () => {
    const { options } = make(REPORT, { window: 50, mac: '000102030405', key: 'none', answer: 0 });
    assert.equal(options.window, 50);
    assert.equal(options.timings.answer, 0);
    assert.equal(options.mac.toString('hex'), '000102030405');
    assert.equal(options.key, '0'.repeat(32));
    assert.equal(make(REPORT, { speed: 'fast' }).options.timings.sectorErase, 0);
  });

  it('takes what a report does not tell from the model', () => {
    const { options } = make({ format: 'bk72xx-report', version: 1, chip: { mac: null } });
    const usual = createSimulatedChip({ chip: 'bk7231n' }, new VirtualClock()).options;
    assert.deepEqual(options, usual);
  });

  const refused: [string, unknown, RegExp][] = [
    ['no JSON', 'x', /is no report of bk72xx doctor: it holds no JSON document/],
    ['another document', { format: 'x' }, /does not say that it is one/],
    ['another version', { ...REPORT, version: 2 }, /it has version 2/],
    [
      'a report of another chip',
      { ...REPORT, chip: { model: 'BK7231T' } },
      /is of a BK7231T, and cannot be the profile of a BK7231N/,
    ],
    [
      'a time that cannot be',
      { ...REPORT, line: { holdMs: -1 } },
      /line\.holdMs is -1, which cannot be/,
    ],
    [
      'a size that is none',
      { ...REPORT, chip: { flash: { size: 3_000_000 } } },
      /size cannot be 0x2dc6c0/,
    ],
  ];
  for (const [what, report, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(() => make(report), { code: 'BK_BAD_SETTING', message });
    });
  }

  it('opens plain files only, and not every length of them', () => {
    mkdirSync(path());
    const make = () =>
      createSimulatedChip({ chip: 'bk7231n', profile: path() }, new VirtualClock());
    assert.throws(make, { code: 'BK_STORAGE', message: /profile file .* is no plain file/ });
  });

  it('is one of the files that an address names', () => {
    assert.deepEqual(filesOfSimulator('sim://bk7231n?profile=a.json&flash=b.bin'), [
      'a.json',
      'b.bin',
    ]);
  });
});
