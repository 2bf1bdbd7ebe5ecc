import assert from 'node:assert/strict';
import { failureCard, forNodeRed } from '../../../nodes/shared/failure-card';
import { BkError, type ErrorCause } from '../../../src';
import { say, verbatim } from '../../../src/texts/note';

const POWER = {
  cause: say('diagnosis.power'),
  confidence: 0.8,
  evidence: verbatim('It rebooted twice.'),
};
const OTHER = { ...POWER, cause: say('diagnosis.line') };
const LOST = new BkError('BK_LINK_LOST', verbatim('The link broke.'), {
  likely: [POWER, OTHER],
  advice: ['One.', 'Two.', 'Three.'].map(verbatim),
  recordPath: '/data/bk-records/lost.jsonl',
});

describe('a failure as Node-RED gets it', () => {
  it('is what it always was where a Catch node takes it', () => {
    const told = forNodeRed(LOST, undefined);
    assert.equal(told.toString(), 'BkError: The link broke.');
    assert.equal(`${told}`, 'BkError: The link broke.');
    assert.equal(told.message, 'The link broke.');
    for (const name of ['code', 'cause', 'stack'] as const) {
      assert.ok(Object.hasOwn(told, name), name);
      assert.equal((told as BkError)[name], LOST[name]);
    }
  });

  it('is a card where it is joined to the line of a log, or comes as JSON', () => {
    const told = forNodeRed(LOST, undefined);
    const card = failureCard(LOST, undefined);
    assert.equal(
      ['[error] ', told].reduce((line, one) => line + (one as string), ''),
      `[error] ${card}`,
    );
    assert.equal(JSON.parse(JSON.stringify(told)), card);
    // By that name the debug sidebar knows what it takes as JSON.
    assert.equal(told.constructor.name, 'Object');
  });
});

describe('the card of a failure', () => {
  const linesOf = (error: BkError, ...more: ['write' | 'erase' | 'read'] | []) =>
    failureCard(error, undefined, ...more).split('\n');

  it('says what happened, the likeliest cause, what to do first, and where more is', () => {
    assert.deepEqual(linesOf(LOST), [
      'The link broke.',
      'Likely: The supply gives way: the chip reboots while it erases or programs. It rebooted twice.',
      'To do: One.',
      'To do: Two.',
      'Record: /data/bk-records/lost.jsonl',
      'Code: BK_LINK_LOST. A Catch node gets all causes and all advice.',
    ]);
  });

  it('says what flash holds in a line of its own', () => {
    const region = { offset: 0x11000, length: 0x1000 };
    const state: ErrorCause['state'] = {
      fresh: [],
      written: [],
      blank: [region],
      old: [],
      uncertain: [],
    };
    const holds = say('job.holdsBlank', { ranges: '0x11000–0x11fff' });
    const text = say('job.withFlashState', { error: LOST.text, state: holds });
    const [first, ...others] = linesOf(LOST.with({ text, state }), 'write');
    assert.equal(first, 'The link broke.');
    assert.ok(others.includes('Flash: 0x11000–0x11fff holds nothing (erased).'), String(others));
  });

  it('says that nothing has changed only of a job that would have said so', () => {
    const nothing = 'Flash: this job has changed nothing there.';
    assert.ok(linesOf(LOST, 'write').includes(nothing));
    assert.ok(linesOf(LOST, 'erase').includes(nothing));
    assert.ok(!linesOf(LOST, 'read').includes(nothing));
    assert.ok(!linesOf(LOST).includes(nothing));
    const fault = new BkError('BK_INTERNAL', verbatim('Unexpected.'));
    assert.ok(!linesOf(fault, 'write').includes(nothing));
  });

  it('says what lies underneath unless the message has it', () => {
    const text = verbatim('The computer refused.');
    const refused = (reason: string) =>
      linesOf(new BkError('BK_STORAGE', text, { reason: new Error(reason) }))[1];
    assert.equal(refused('EIO'), 'Because: EIO');
    assert.match(refused('computer') ?? '', /^Code/);
  });

  it('comes in the language of the server', () => {
    const texts = { node: { cardCode: 'Kode: __code__' }, diagnosis: { power: 'STRØM' } };
    const lines = failureCard(LOST, { language: 'da', texts }).split('\n');
    assert.equal(lines.at(-1), 'Kode: BK_LINK_LOST');
    assert.equal(lines[1], 'Likely: STRØM. It rebooted twice.');
  });
});
