import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { readScript } from '../../src/replay/script';
import { recordFile } from '../support/replay-script';

describe('the script of a record', function () {
  const record = recordFile(this);
  const fails = (file: string, code: string, words: RegExp) =>
    assert.throws(() => readScript(file), { code, message: words });

  it('has the steps of the wire with their lines, and each of many equal writes', () => {
    const { steps, header } = readScript(
      record([
        { t: 0, kind: 'open', baud: 115_200, rates: true },
        { t: 1, kind: 'phase', phase: 'link', text: { code: 'common.comma', params: {} } },
        { t: 2, kind: 'out', bytes: ['01e0fc0100'], times: 3, until: 14 },
      ]),
    );
    assert.equal(header.settings?.linkTimeout, 10);
    assert.deepEqual(
      steps.map(({ kind, t, line }) => [kind, t, line]),
      [
        ['open', 0, 2],
        ['out', 2, 4],
        ['out', 8, 4],
        ['out', 14, 4],
      ],
    );
  });

  it('is refused where the record is not whole, and it is said how to get a whole one', () => {
    const file = record([], { whole: false });
    assert.throws(
      () => readScript(file),
      ({ code, cause }: { code: string; cause: { advice: string[] } }) =>
        code === 'BK_REPLAY' && /"record": "all"/.test(cause.advice[0] ?? ''),
    );
  });

  it('is refused where a line is none, which is named without showing what it holds', () => {
    const file = record([{ t: 0, kind: 'close' }]);
    appendFileSync(file, 'secret\n');
    fails(file, 'BK_REPLAY', /line 3 is no line of a record$/);
  });

  it('is refused where the file is something else, or of a format to come', () => {
    const file = record([]);
    writeFileSync(file, '{"hello": 1}\n');
    fails(file, 'BK_REPLAY', /is no record of a port/);
    writeFileSync(file, '\x00\x01');
    fails(file, 'BK_REPLAY', /is no record of a port/);
    fails(record([], { format: 2 as 1 }), 'BK_REPLAY', /format 2, and .* reads 1/);
  });

  it('is refused where two records stand in one file', () => {
    const file = record([]);
    appendFileSync(file, '{"kind": "record"}\n');
    fails(file, 'BK_REPLAY', /another one begins at line 2/);
  });

  it('says what is wrong with a file that cannot be read', () => {
    fails('/nowhere/at/all.jsonl', 'BK_STORAGE', /there is no such file/);
    fails('/', 'BK_STORAGE', /is no plain file/);
  });
});
