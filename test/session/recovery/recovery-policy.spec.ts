import assert from 'node:assert/strict';
import { BkError, type ErrorCode } from '../../../src';
import type { LinkState } from '../../../src/session/base/link-state';
import type { Step } from '../../../src/session/base/step';
import {
  afterFailure,
  afterFinding,
  afterLineError,
  afterRecovery,
  afterSuccess,
  CLEAN_RECORD,
  type Finding,
  type LinkRecord,
} from '../../../src/session/recovery/recovery-policy';
import { verbatim } from '../../../src/texts/note';

const READ: Step = { phase: 'read', address: 0x20000 };
const ERASE: Step = { phase: 'erase', address: 0x20000 };
const WRITE: Step = { phase: 'write', address: 0x20000 };
const IDENTIFY: Step = { phase: 'identify', address: null };

/** Tries of an erase or a program, and of what wears nothing. */
const CHANGE_TRIES = 5;
const CHANCE_TRIES = 12;
const FIRST = [0, 0] as const;
/** One failure more is the last one that is borne, and one more ends the step. */
const CHANGE_END = [CHANGE_TRIES - 1, 0] as const;
const CHANGE_LEFT = [CHANGE_TRIES - 2, 0] as const;
const CHANCE_END = [0, CHANCE_TRIES - 1] as const;
const CHANCE_LEFT = [0, CHANCE_TRIES - 2] as const;

describe('what recovery does about a failure', () => {
  /** Code, step, failures until now (chip alive, rebooted), when, → what, and the failures then. */
  const CASES: readonly (readonly [
    what: string,
    code: ErrorCode | null,
    step: Step,
    before: readonly [number, number],
    during: 'try' | 'winning back',
    isPortGone: boolean,
    action: string,
    after: readonly [number, number],
  ])[] = [
    ['silence', 'BK_NO_RESPONSE', READ, FIRST, 'try', false, 'winBack', [0, 0]],
    ['a wrong answer', 'BK_BAD_RESPONSE', ERASE, FIRST, 'try', false, 'winBack', [0, 0]],
    ['a checksum', 'BK_CRC_MISMATCH', READ, FIRST, 'try', false, 'winBack', [0, 0]],
    ['a port that went', 'BK_PORT_LOST', WRITE, FIRST, 'try', true, 'winBack', [0, 0]],
    [
      'silence before the chip is known',
      'BK_NO_RESPONSE',
      IDENTIFY,
      FIRST,
      'try',
      false,
      'winBack',
      [0, 0],
    ],
    ['a cancel', 'BK_CANCELLED', READ, FIRST, 'try', false, 'passOn', [0, 0]],
    [
      'a protected bootloader',
      'BK_BOOTLOADER_PROTECTED',
      ERASE,
      FIRST,
      'try',
      false,
      'passOn',
      [0, 0],
    ],
    ['protected flash', 'BK_FLASH_PROTECTED', ERASE, FIRST, 'try', false, 'passOn', [0, 0]],
    ['a fault of the program', null, READ, FIRST, 'try', false, 'passOn', [0, 0]],
    ['no link in a try', 'BK_NO_LINK', READ, FIRST, 'try', false, 'passOn', [0, 0]],

    [
      'the last but one change',
      'BK_NO_RESPONSE',
      ERASE,
      CHANGE_LEFT,
      'try',
      false,
      'winBack',
      CHANGE_LEFT,
    ],
    [
      'the last erase',
      'BK_NO_RESPONSE',
      ERASE,
      CHANGE_END,
      'try',
      false,
      `giveUp ${CHANGE_TRIES}`,
      CHANGE_END,
    ],
    [
      'the last write',
      'BK_BAD_RESPONSE',
      WRITE,
      CHANGE_END,
      'try',
      false,
      `giveUp ${CHANGE_TRIES}`,
      CHANGE_END,
    ],
    ['as many reads', 'BK_NO_RESPONSE', READ, CHANGE_END, 'try', false, 'winBack', CHANGE_END],
    [
      'changes that reboots broke off',
      'BK_NO_RESPONSE',
      ERASE,
      CHANCE_LEFT,
      'try',
      false,
      'winBack',
      CHANCE_LEFT,
    ],
    [
      'too many reboots',
      'BK_NO_RESPONSE',
      ERASE,
      CHANCE_END,
      'try',
      false,
      `giveUp ${CHANCE_TRIES}`,
      CHANCE_END,
    ],
    [
      'too many of both',
      'BK_NO_RESPONSE',
      ERASE,
      [3, 8],
      'try',
      false,
      `giveUp ${CHANCE_TRIES}`,
      [3, 8],
    ],
    [
      'the last read',
      'BK_CRC_MISMATCH',
      READ,
      [CHANCE_TRIES - 1, 0],
      'try',
      false,
      `giveUp ${CHANCE_TRIES}`,
      [CHANCE_TRIES - 1, 0],
    ],

    [
      'silence on the way back',
      'BK_NO_RESPONSE',
      ERASE,
      FIRST,
      'winning back',
      false,
      'winBack',
      [1, 0],
    ],
    [
      'the last silence on the way back',
      'BK_NO_RESPONSE',
      ERASE,
      CHANGE_LEFT,
      'winning back',
      false,
      `giveUp ${CHANGE_TRIES}`,
      CHANGE_END,
    ],
    [
      'a port that does not come back',
      'BK_PORT_LOST',
      READ,
      FIRST,
      'winning back',
      true,
      'passOn',
      [0, 0],
    ],
    [
      'a port that went and is there again',
      'BK_PORT_LOST',
      READ,
      FIRST,
      'winning back',
      false,
      'winBack',
      [1, 0],
    ],
    [
      'no link on the way back',
      'BK_NO_LINK',
      READ,
      FIRST,
      'winning back',
      false,
      'declareLost',
      [0, 0],
    ],
    ['another chip', 'BK_WRONG_CHIP', ERASE, FIRST, 'winning back', false, 'passOn', [1, 0]],
    [
      'a chip that stays away',
      'BK_LINK_LOST',
      ERASE,
      FIRST,
      'winning back',
      false,
      'passOn',
      [1, 0],
    ],
    [
      'a cancel on the way back',
      'BK_CANCELLED',
      READ,
      FIRST,
      'winning back',
      false,
      'passOn',
      [1, 0],
    ],
  ];

  for (const [what, code, step, [alive, rebooted], during, isPortGone, wanted, after] of CASES) {
    it(`${what} (${step.phase}, ${alive} + ${rebooted} before): ${wanted}`, () => {
      const error =
        code === null ? new TypeError('a mistake of ours') : new BkError(code, verbatim('x'));
      const failure = { error, during, isPortGone, step };
      const { failures, action } = afterFailure({ alive, rebooted }, failure);
      assert.equal(
        'attempts' in action ? `${action.kind} ${action.attempts}` : action.kind,
        wanted,
      );
      assert.equal(action.error, error);
      assert.deepEqual([failures.alive, failures.rebooted], after);
    });
  }

  for (const [found, tellsReboots, counted] of [
    ['alive', true, 'alive'],
    ['alive', false, 'rebooted'],
    ['rebooted', true, 'rebooted'],
    ['relinked', true, 'rebooted'],
    ['replugged', true, 'rebooted'],
  ] as const) {
    it(`counts a chip found ${found}${tellsReboots ? '' : ' at the boot rate'} as ${counted}`, () => {
      const before = { alive: 1, rebooted: 2 };
      const after = afterRecovery(before, found, tellsReboots);
      assert.deepEqual(after, { ...before, [counted]: before[counted] + 1 });
    });
  }
});

describe('what recovery does with a chip that it has found', () => {
  const ALIVE: Finding = {
    found: 'alive',
    wasBusy: false,
    hasRefused: false,
    state: 'linked',
    workingBaud: 2_000_000,
  };
  const record = (part: Partial<LinkRecord> = {}): LinkRecord => ({ ...CLEAN_RECORD, ...part });

  /** The finding, the record before, → what, is it slow, and the record then. */
  const CASES: readonly (readonly [
    what: string,
    finding: Partial<Finding>,
    before: Partial<LinkRecord>,
    action: object,
    isSlow: boolean,
    after: Partial<LinkRecord>,
  ])[] = [
    ['alive: a line error', {}, {}, { kind: 'repeat' }, true, { lineErrors: 1 }],
    ['alive: a second one', {}, { lineErrors: 1 }, { kind: 'repeat' }, true, { lineErrors: 2 }],
    [
      'alive: the third one costs a rung',
      {},
      { lineErrors: 2 },
      { kind: 'stepDown', baudRate: 1_000_000 },
      true,
      {},
    ],
    [
      'alive: from 1000000',
      { workingBaud: 1_000_000 },
      { lineErrors: 2 },
      { kind: 'stepDown', baudRate: 921_600 },
      true,
      {},
    ],
    [
      'alive: from a rate between rungs',
      { workingBaud: 1_500_000 },
      { lineErrors: 2 },
      { kind: 'stepDown', baudRate: 1_000_000 },
      true,
      {},
    ],
    [
      'alive: from the lowest rate',
      { workingBaud: 115_200 },
      { lineErrors: 2 },
      { kind: 'repeat' },
      true,
      {},
    ],
    [
      'alive after a while: slow, and no line error',
      { wasBusy: true },
      { lineErrors: 2 },
      { kind: 'repeat' },
      true,
      { lineErrors: 2 },
    ],
    [
      'alive after its own refusal: neither',
      { hasRefused: true },
      { lineErrors: 2 },
      { kind: 'repeat' },
      false,
      { lineErrors: 2 },
    ],
    [
      'alive before it is known: a line error',
      { state: 'opening' },
      { lineErrors: 1 },
      { kind: 'repeat' },
      true,
      { lineErrors: 2 },
    ],
    [
      'alive before it is known: no rung',
      { state: 'opening' },
      { lineErrors: 2 },
      { kind: 'repeat' },
      true,
      {},
    ],
    [
      'rebooted',
      { found: 'rebooted' },
      { lineErrors: 2 },
      { kind: 'recognise', restMs: 100 },
      false,
      { lineErrors: 2, reboots: 1 },
    ],
    [
      'relinked',
      { found: 'relinked' },
      { reboots: 1 },
      { kind: 'recognise', restMs: 200 },
      false,
      { reboots: 2 },
    ],
    [
      'replugged',
      { found: 'replugged' },
      { reboots: 2 },
      { kind: 'recognise', restMs: 300 },
      false,
      { reboots: 3 },
    ],
    [
      'rebooted many times: no longer rest',
      { found: 'rebooted' },
      { reboots: 30 },
      { kind: 'recognise', restMs: 1000 },
      false,
      { reboots: 31 },
    ],
    [
      'rebooted after a refusal',
      { found: 'rebooted', hasRefused: true },
      {},
      { kind: 'recognise', restMs: 100 },
      false,
      { reboots: 1 },
    ],
    [
      'rebooted before it is known',
      { found: 'rebooted', state: 'opening' },
      {},
      { kind: 'repeat' },
      false,
      {},
    ],
    [
      'replugged before it is known',
      { found: 'replugged', state: 'opening' },
      {},
      { kind: 'repeat' },
      false,
      {},
    ],
    [
      'alive, and not recognised yet',
      { state: 'lost' },
      { reboots: 2 },
      { kind: 'recognise', restMs: 200 },
      false,
      { reboots: 2 },
    ],
    [
      'busy, and not recognised yet',
      { state: 'lost', wasBusy: true },
      { reboots: 1 },
      { kind: 'recognise', restMs: 100 },
      false,
      { reboots: 1 },
    ],
    [
      'rebooted, and not recognised yet',
      { found: 'rebooted', state: 'lost' },
      { reboots: 1 },
      { kind: 'recognise', restMs: 200 },
      false,
      { reboots: 2 },
    ],
  ];

  for (const [what, finding, before, action, isSlow, after] of CASES) {
    it(what, () => {
      const decided = afterFinding(record(before), { ...ALIVE, ...finding });
      assert.deepEqual(decided, { record: record(after), action, isSlow });
    });
  }

  for (const [state, before, workingBaud, action, lineErrors] of [
    ['linked', 0, 2_000_000, { kind: 'repeat' }, 1],
    ['linked', 2, 2_000_000, { kind: 'stepDown', baudRate: 1_000_000 }, 0],
    ['lost', 2, 921_600, { kind: 'stepDown', baudRate: 500_000 }, 0],
    ['opening', 2, 921_600, { kind: 'repeat' }, 0],
  ] as const) {
    it(`a line blamed ${before + 1} times while ${state}: ${action.kind}`, () => {
      const decided = afterLineError(
        record({ lineErrors: before }),
        state as LinkState,
        workingBaud,
      );
      assert.deepEqual(decided, { record: record({ lineErrors }), action });
    });
  }

  for (const [goodSteps, before, after] of [
    [0, 2, 2],
    [62, 2, 2],
    [63, 2, 1],
    [127, 1, 0],
    [63, 0, 0],
  ] as const) {
    it(`a good step after ${goodSteps} leaves ${after} of ${before} line errors`, () => {
      assert.deepEqual(
        afterSuccess(record({ goodSteps, lineErrors: before })),
        record({ goodSteps: goodSteps + 1, lineErrors: after }),
      );
    });
  }
});
