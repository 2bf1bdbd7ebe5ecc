import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addRecord, saveRecord } from '../../src/backup/port-records';
import { scratchFolder } from '../support/bench-device';

const JOB = {
  operation: 'write',
  outcome: 'failed',
  date: new Date(Date.UTC(2026, 4, 6, 7, 8, 9, 10)),
} as const;
const RECORD = { text: () => 'what happened\n' };

describe('the files of records', function () {
  const scratch = scratchFolder(this);
  const folder = () => join(scratch(), 'records');

  it('have a name of their own, and only their owner may read them', async () => {
    const path = await addRecord(folder(), RECORD, JOB);
    assert.equal(path, join(folder(), '20260506-070809-010_write_failed.jsonl'));
    assert.equal(readFileSync(path, 'utf8'), 'what happened\n');
    if (process.platform === 'win32') return;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(folder()).mode & 0o777, 0o700);
  });

  it('do not replace each other', async () => {
    await addRecord(folder(), RECORD, JOB);
    const second = await addRecord(folder(), RECORD, JOB);
    assert.match(second, /20260506-070809-010_2_write_failed\.jsonl$/);
    assert.equal(readdirSync(folder()).length, 2);
  });

  it('are a hundred at most, and what else lies there stays', async () => {
    mkdirSync(folder());
    for (let day = 1; day <= 105; day++) {
      const name = `2025${String(day).padStart(4, '0')}-000000-000_read_done.jsonl`;
      writeFileSync(join(folder(), name), '');
    }
    writeFileSync(join(folder(), 'mine.jsonl'), '');
    await addRecord(folder(), RECORD, JOB);
    const names = readdirSync(folder()).sort();
    assert.equal(names.length, 101);
    assert.ok(names.includes('mine.jsonl'));
    assert.equal(names[0], '20250007-000000-000_read_done.jsonl');
  });

  it('that cannot be written are told as such', async () => {
    writeFileSync(join(scratch(), 'file'), '');
    await assert.rejects(addRecord(join(scratch(), 'file'), RECORD, JOB), { code: 'BK_STORAGE' });
    await assert.rejects(saveRecord(join(scratch(), 'no', 'x.jsonl'), RECORD), {
      code: 'BK_STORAGE',
    });
  });
});
