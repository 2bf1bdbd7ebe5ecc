import assert from 'node:assert/strict';
import type { Examination } from '../../../src';
import { unusualIn } from '../../../src/jobs/examine/judge';

const times = (median: number, worst = median) => ({ least: median, median, worst });

/** One that nothing is to be said of. */
const SOUND: Examination = {
  format: 'bk72xx-report',
  version: 1,
  made: '2026-01-02T03:04:05.000Z',
  chip: {
    model: null,
    family: 'full',
    chipId: null,
    bootloader: { name: 'x', version: null, crc: '00000000', known: true },
    flash: { id: null, name: null, size: 0x200000 },
    key: 'tuya',
    codeKey: 'tuya',
    mac: null,
    registers: null,
    status: { '05': '7c' },
  },
  link: {
    by: 'lines',
    ms: 100,
    wire: 'rts',
    restart: 'wire',
    window: { opensMs: 5, closesMs: 305, longestMs: 300 },
  },
  line: {
    baud: 921_600,
    answerMs: times(1),
    answers: 100,
    lost: 0,
    delayMs: 1,
    holdMs: 0,
    commandAhead: true,
    fastestBaud: null,
    rates: [{ baud: 921_600, toHost: true, toChip: true }],
  },
  checksum: { blankBytesPerSecond: 400_000, otherBytesPerSecond: 400_000 },
  reading: { sectors: 7, differed: 0, contradicted: 0 },
  flash: {
    at: { offset: 0x20000, length: 0x10000 },
    eraseMs: { 4096: times(45), 32768: null, 65536: times(200) },
    programMs: { 256: times(0.7), 4096: times(11) },
  },
  unmeasured: [],
  unusual: [],
};

const { line, link, chip, flash } = SOUND;

const CASES: readonly [what: string, changes: Partial<Examination>, codes: readonly string[]][] = [
  ['a sound chip', {}, []],
  ['nothing measured at all', { reading: null, flash: null }, []],
  ['reads that differ', { reading: { sectors: 7, differed: 1, contradicted: 0 } }, ['readsDiffer']],
  [
    'reads the chip contradicts',
    { reading: { sectors: 7, differed: 0, contradicted: 2 } },
    ['readsDiffer'],
  ],
  ['lost answers', { line: { ...line, lost: 3 } }, ['answersLost']],
  ['an adapter with a timer', { line: { ...line, holdMs: 16 } }, ['keepsAnswers']],
  ['one that was told 1 ms', { line: { ...line, holdMs: 1 } }, []],
  ['a network', { line: { ...line, delayMs: 40 } }, ['longWay']],
  ['a busy computer', { line: { ...line, answerMs: times(1, 80) } }, ['heldUp']],
  ['a slow line', { line: { ...line, fastestBaud: 460_800 } }, ['slowLine']],
  ['a line that fails at the last rate only', { line: { ...line, fastestBaud: 1_000_000 } }, []],
  [
    'a line that is bad one way',
    { line: { ...line, rates: [{ baud: 2_000_000, toHost: true, toChip: false }] } },
    ['requestsGarbled'],
  ],
  ['no window', { link: { ...link, window: null } }, ['noWindow']],
  ['a window that was not looked for', { link: { ...link, window: null, restart: null } }, []],
  [
    'a short window',
    { link: { ...link, window: { opensMs: 5, closesMs: 45, longestMs: 44 } } },
    ['shortWindow'],
  ],
  [
    'a window without an end',
    { link: { ...link, window: { opensMs: 5, closesMs: null, longestMs: 2000 } } },
    [],
  ],
  ['a reset by hand', { link: { ...link, wire: null, by: 'person' } }, ['noWire']],
  ['a firmware that obeys', { link: { ...link, wire: null, by: 'firmware' } }, []],
  [
    'a status of all ones',
    { chip: { ...chip, status: { '05': 'ff', '35': 'ff' } } },
    ['statusOnes'],
  ],
  [
    'slow checksums',
    { checksum: { blankBytesPerSecond: 70_000, otherBytesPerSecond: 70_000 } },
    ['slowChecksum'],
  ],
  [
    'checksums of two speeds',
    { checksum: { blankBytesPerSecond: 800_000, otherBytesPerSecond: 400_000 } },
    ['uneven'],
  ],
  [
    'slow erases',
    { flash: flash && { ...flash, eraseMs: { ...flash.eraseMs, 4096: times(500) } } },
    ['slowFlash'],
  ],
  [
    'writes that the line cannot time',
    {
      line: { ...line, holdMs: 1.5 },
      flash: flash && { ...flash, programMs: { ...flash.programMs, 256: times(4) } },
    },
    [],
  ],
];

describe('an examination: what is unusual', () => {
  for (const [what, changes, codes] of CASES) {
    it(`is said of ${what}`, () => {
      const found = unusualIn({ ...SOUND, ...changes }).map(({ what: note }) => note.code);
      assert.deepEqual(
        found,
        codes.map((code) => `examine.${code}`),
      );
    });
  }
});
