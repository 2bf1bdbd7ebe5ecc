import assert from 'node:assert/strict';
import { type Catalogue, type StartCheck, summaryIn, type WriteSummary } from '../../../src';

const german: Catalogue = {
  language: 'de',
  texts: { job: { started: 'Die Firmware startet: __firmware__ war zu hören' } },
};

describe('the result of a write, in a language', () => {
  const startCheck: StartCheck = {
    result: 'started',
    firmware: { name: 'OpenBeken', version: null },
    starts: 1,
    message: 'The firmware starts: OpenBeken was heard',
    code: 'job.started',
    params: { firmware: 'OpenBeken' },
  };
  const summary = { bytes: 4096, startCheck } as WriteSummary;

  it('says in it whether the firmware starts', () => {
    const said = summaryIn(german, summary);
    assert.equal(said.startCheck?.message, 'Die Firmware startet: OpenBeken war zu hören');
    assert.deepEqual({ ...said, startCheck: undefined }, { ...summary, startCheck: undefined });
  });

  it('is what it was without one', () => {
    assert.equal(summaryIn(undefined, summary), summary);
    const { startCheck: _, ...plain } = summary;
    assert.deepEqual(summaryIn(german, plain), plain);
  });
});
