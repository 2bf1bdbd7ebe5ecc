import assert from 'node:assert/strict';
import { type Progress, ProgressThrottle } from '../../../src';
import { aProgress } from '../../support/fake-engine';

describe('the progress throttle', () => {
  let now = 0;
  let sent: Progress[] = [];
  let throttle: ProgressThrottle;

  beforeEach(() => {
    now = 0;
    sent = [];
    const clock = {
      now: () => now,
      date: () => new Date(now),
      setTimeout: () => assert.fail('a timer could outlive the job'),
      clearTimeout: () => {},
    };
    throttle = new ProgressThrottle(clock, (progress) => sent.push(progress));
  });

  const report = (progress: Partial<Progress>) => throttle.report(aProgress(progress));
  const seen = () => sent.map(({ phase, done }) => `${phase} ${done}`);

  it('lets five a second through', () => {
    for (now = 0; now < 10_000; now += 10) report({ done: now });
    assert.equal(sent.length, 50);
    for (let index = 0; index < sent.length; index++) assert.equal(sent[index]?.done, index * 200);
  });

  it('lets through at once what else a waiting person is told of the line', () => {
    const waiting = { phase: 'link', total: 0, waitsForPerson: true } as const;
    report(waiting);
    report({ ...waiting, line: { code: 'silence' } });
    report({ ...waiting, line: { code: 'silence' } });
    report({ ...waiting, line: { code: 'echo' } });
    assert.deepEqual(
      sent.map(({ line }) => line?.code),
      [undefined, 'silence', 'echo'],
    );
  });

  it('lets the first and the last of each phase through, in order', () => {
    report({ phase: 'erase', done: 0 });
    report({ phase: 'erase', done: 1 });
    report({ phase: 'erase', done: 2 });
    report({ phase: 'write', done: 0 });
    report({ phase: 'write', done: 1 });
    throttle.flush();
    assert.deepEqual(seen(), ['erase 0', 'erase 2', 'write 0', 'write 1']);
  });

  it('sends nothing twice', () => {
    report({ done: 0 });
    now = 200;
    report({ done: 1 });
    throttle.flush();
    throttle.flush();
    assert.deepEqual(seen(), ['read 0', 'read 1']);
  });

  it('never says less of the whole job than before, whatever it held back', () => {
    report({ phase: 'erase', overallPercent: 10, overallEtaSeconds: 9 });
    report({ phase: 'write', overallPercent: 11, overallEtaSeconds: 8 });
    report({ phase: 'erase', done: 1, overallPercent: 12, overallEtaSeconds: 7 });
    now = 200;
    report({ phase: 'write', done: 1, overallPercent: 13, overallEtaSeconds: 6 });
    throttle.flush();
    assert.deepEqual(seen(), ['erase 0', 'write 0', 'write 1', 'erase 1']);
    const overall = sent.map((one) => [one.overallPercent, one.overallEtaSeconds]);
    assert.deepEqual(overall, [
      [10, 9],
      [11, 8],
      [13, 6],
      [13, 6],
    ]);
  });

  it('lets a call for a person through at once, and only the call', () => {
    report({ phase: 'link' });
    report({ phase: 'link', waitsForPerson: true, message: 'Reset the chip now.' });
    report({ phase: 'link', waitsForPerson: true, message: 'Reset the chip now.' });
    assert.deepEqual(
      sent.map(({ waitsForPerson }) => waitsForPerson),
      [false, true],
    );
  });
});
