import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Example, RunningExample } from '../../support/example';

const NIGHTLY = '2 Nightly backup';
const WRITE = '3 Write, restore, factory reset';
const INSPECT = '4 Inspect a backup';
const CONVERT = '5 Tuya to OpenBeken';

describe('the first examples', function () {
  this.timeout(60_000);
  let example: RunningExample;

  before(async () => {
    const flow = new Example(NIGHTLY, WRITE, INSPECT, CONVERT).logged();
    for (const node of flow.nodes)
      if (node.type === 'bk-device') node.port = `${String(node.port).split('?')[0]}?speed=fast`;
    example = await RunningExample.start(flow);
  });
  after(() => example?.stop());

  it('back up when they are asked to, into a file that says whose it is', async () => {
    await example.press('every night at 3');
    await example.logs(/\[debug:file and checksum\][\s\S]*bytesRead/);
    const files = readdirSync(path.join(example.userDir, 'bk-backups'));
    assert.ok(
      files.some((file) => /^BK7231N_[0-9a-f]{12}_full_.*\.bin$/.test(file)),
      String(files),
    );
  });

  it('check the backups, and send a notification of those that are damaged', async () => {
    const folder = path.join(example.userDir, 'bk-backups');
    await example.press('every Sunday at 4');
    await example.logs(/\[debug:how many are sound\][\s\S]*damaged: 0/);
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.bin'));
    appendFileSync(path.join(folder, file), 'rotten');
    await example.press('every Sunday at 4');
    await example.logs(/\[debug:notification\][\s\S]*_full_[\s\S]*its \.json says 2097152/);
    rmSync(path.join(folder, file));
    rmSync(path.join(folder, `${file}.json`));
  });

  it('put a backup back, tell what went well, and what fails', async () => {
    await example.press('make example.bin');
    await example.logs(/\[debug:the file\].*example\.bin/);
    await example.press('factory reset');
    await example.logs(/\[debug:what was erased\][\s\S]*verified: true/);
    await example.press('write it');
    await example.logs(/\[debug:what was written\][\s\S]*verified: true/);
    await example.logs(/\[debug:it went well\]/);
    await example.press('write nonsense');
    await example.logs(/\[debug:code, causes and advice\][\s\S]*BK_STORAGE/);
  });

  it('tell what flash holds', async () => {
    await example.press('read and inspect');
    await example.logs(/\[debug:what it holds\][\s\S]*kind: 'dump'/);
  });

  it('make OpenBeken of a Tuya plug, with its pins', async () => {
    await example.press('make a plug');
    await example.logs(/\[debug:it is a plug\]/);
    await example.press('convert');
    await example.logs(/\[debug:what was written\][\s\S]*role: 'Rel'/);
    await example.press('look');
    await example.logs(/\[debug:OpenBeken's pins\][\s\S]*role: 'Rel'/);
  });
});
