import assert from 'node:assert/strict';
import { DeviceLog } from '../../../../nodes/flasher/devices/device-log';
import { JobLog } from '../../../../nodes/flasher/devices/job-log';
import { BkError } from '../../../../src';
import { say, verbatim } from '../../../../src/texts/note';
import { aProgress, someFacts } from '../../../support/fake-engine';

const FOLDER = '/home/ada/lamps of the nursery';
const MAC = '38:1f:8d:60:8d:0b';

function logged() {
  const log = new DeviceLog(() => new Date(0));
  return {
    jobs: new JobLog(log),
    lines: () => log.entries.map(({ level, text }) => [level, text]),
  };
}

describe('what is written down of jobs', () => {
  it('may be posted: paths, names and MACs are left out', () => {
    const { jobs, lines } = logged();
    const why = verbatim(`ENOSPC: ${FOLDER}`);
    const unwritable = say('backup.folderUnwritable', { folder: FOLDER, why });
    const progress = aProgress({ code: 'common.verbatim', params: { text: MAC } });
    jobs.hear('write', { kind: 'progress', progress });
    jobs.hear('write', { kind: 'warning', text: unwritable });
    const recovery = { address: 0, phase: 'write', cause: why, action: why, ms: 1 } as const;
    jobs.hear('write', { kind: 'recovery', recovery });
    const facts = someFacts({ warningCodes: [verbatim(MAC)] });
    jobs.hear('write', { kind: 'done', result: { payload: FOLDER, facts } });
    jobs.hear('write', { kind: 'failed', error: new BkError('BK_STORAGE', unwritable) });
    const all = JSON.stringify(lines());
    assert.equal(lines().length, 6);
    for (const secret of [FOLDER, 'nursery', MAC]) assert.ok(!all.includes(secret), secret);
    assert.ok(all.includes('BK_STORAGE') && all.includes('backup.folderUnwritable'));
  });

  it('has a phase with bytes once, and what a person has to do each time that it is said', () => {
    const { jobs, lines } = logged();
    jobs.hear('read', { kind: 'started' });
    for (let done = 0; done < 100; done++)
      jobs.hear('read', { kind: 'progress', progress: aProgress({ done }) });
    for (const waitsForPerson of [false, true]) {
      const code = waitsForPerson ? 'session.resetNow' : 'session.calling';
      const progress = aProgress({ phase: 'link', total: 0, code, waitsForPerson });
      jobs.hear('read', { kind: 'progress', progress });
    }
    assert.deepEqual(
      lines().map(([level, text]) => [level, (text as { code: string }).code]),
      [
        ['info', 'flasher.readBegins'],
        ['info', 'job.reading'],
        ['info', 'session.calling'],
        ['warning', 'session.resetNow'],
      ],
    );
  });

  it('tells a job that was cancelled from one that failed', () => {
    const { jobs, lines } = logged();
    for (const code of ['BK_CANCELLED', 'BK_NO_LINK'] as const)
      jobs.hear('read', { kind: 'failed', error: new BkError(code, say('job.done')) });
    assert.deepEqual(
      lines().map(([level]) => level),
      ['warning', 'error'],
    );
  });
});
