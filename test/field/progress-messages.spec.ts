import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { StatusTexts } from '../../nodes/shared/status';
import { aProgress, FakeEngine } from '../support/fake-engine';
import { Flow, useNodeRed } from '../support/flow';

const DEVICE = { id: 'device', type: 'bk-device', name: '', port: '/dev/ttyTEST0' };
const READ = { id: 'read', type: 'bk-read', name: '', device: 'device' };

describe('progress messages of several lamps', () => {
  useNodeRed();
  let engine: FakeEngine;
  beforeEach(() => {
    engine = new FakeEngine();
  });

  it('have the id of the message that started each, and nothing else of it', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    const ids = ['lamp one', 'lamp two'];
    for (const _msgid of ids) flow.send('read', { _msgid, topic: _msgid, port: `tcp://${_msgid}` });
    for (const index of [0, 1]) {
      const job = await engine.call(index);
      job.report({ port: job.settings.port, mac: 'c8:47:8c:00:00:42' });
      const { topic, payload, _msgid, ...more } = await flow.message('read/progress', index);
      assert.equal(_msgid, ids[index]);
      assert.equal(topic, 'progress');
      assert.deepEqual(more, {});
      assert.equal(payload.port, `tcp://${ids[index]}`);
      assert.equal(payload.device, 'bench');
      assert.equal(payload.mac, 'c8:47:8c:00:00:42');
      job.succeed(Buffer.alloc(0));
      const result = await flow.message('read/result', index);
      assert.equal(result._msgid, _msgid);
    }
  });

  it('say first what is for people', async () => {
    const flow = await Flow.load([DEVICE, READ]);
    flow.send('read');
    const job = await engine.call();
    const { message, ...progress } = aProgress();
    job.control.onProgress?.({ message, ...progress });
    const { payload } = await flow.message('read/progress');
    assert.equal(Object.keys(payload)[0], 'message');
    assert.ok(!('waitsForPerson' in payload));
    job.succeed(Buffer.alloc(0));
    await flow.message('read/result');
  });
});

describe('the badge of a job with several phases', () => {
  const badges = new StatusTexts({ _: (key: string) => key } as unknown as NodeAPI);

  it('shows the percent of the whole job', () => {
    const progress = aProgress({ phase: 'write', percent: 90, overallPercent: 61 });
    assert.equal(badges.progress(progress).text, 'writing 61 %');
  });

  it('shows it as well while something is mended', () => {
    const progress = aProgress({ phase: 'recover', total: 0, overallPercent: 61 });
    const { fill, text } = badges.progress(progress);
    assert.equal(fill, 'yellow');
    assert.match(text ?? '', / 61 %$/);
  });
});
