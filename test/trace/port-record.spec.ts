import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../support/bench-device';
import { tape } from '../support/records';

describe('a record as a file', function () {
  const folder = scratchFolder(this);

  it('is JSON, one line each, the header first, and readable by its owner alone', async () => {
    const { exchange, recorder } = tape();
    exchange('01e0fc0100', '040e0501e0fc0100');
    const path = join(folder(), 'lamp.jsonl');
    writeFileSync(path, 'an older one', { mode: 0o644 });
    await recorder.record.save(path);
    const lines = readFileSync(path, 'utf8').split('\n');
    assert.equal(lines.pop(), '');
    const kinds = lines.map((line) => JSON.parse(line).kind);
    assert.deepEqual(kinds, ['record', 'job', 'open', 'out', 'in']);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder()), ['lamp.jsonl']);
  });

  it('is complete or absent', async () => {
    const { recorder } = tape();
    const path = join(folder(), 'lamp.jsonl');
    // A folder cannot be replaced by a file.
    mkdirSync(path);
    writeFileSync(join(path, 'mine'), '');
    await assert.rejects(recorder.record.save(path));
    assert.deepEqual(readdirSync(folder()), ['lamp.jsonl']);
    assert.deepEqual(readdirSync(path), ['mine']);
  });

  it('has times with three decimals', async () => {
    const { exchange, recorder, clock } = tape();
    await clock.advance(1 / 3);
    exchange('01e0fc0100');
    await clock.advance(1 / 3);
    exchange('01e0fc0100');
    const [line] = recorder.record.lines().slice(-1);
    assert.deepEqual(line, {
      t: 0.333,
      kind: 'out',
      bytes: ['01e0fc0100'],
      times: 2,
      until: 0.667,
    });
  });
});
