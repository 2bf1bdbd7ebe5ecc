import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { systemClock } from '../../../src';
import { canonicalPort, clockOfPort, filesOfPort } from '../../../src/transport/schemes/schemes';
import { VirtualClock } from '../../support/virtual-clock';

describe('a record as a port', () => {
  it('is one port however its file is spelled', async () => {
    const file = resolve('lamp.jsonl');
    assert.equal(await canonicalPort('replay://lamp.jsonl'), `replay://${file}`);
    assert.equal(await canonicalPort(' REPLAY://./lamp.jsonl '), `replay://${file}`);
  });

  it('names its file, so that messages reach no further than they may', () => {
    assert.deepEqual(filesOfPort('replay:///tmp/lamp.jsonl'), ['/tmp/lamp.jsonl']);
    assert.deepEqual(filesOfPort('replay://'), []);
  });

  it('needs a file', async () => {
    await assert.rejects(canonicalPort('replay://'), { code: 'BK_BAD_SETTING' });
  });

  it('has a clock of its own that waits for nothing, and takes one that is such a clock', () => {
    assert.ok(clockOfPort('replay://a.jsonl', systemClock) instanceof VirtualClock);
    const clock = new VirtualClock();
    assert.equal(clockOfPort('replay://a.jsonl', clock), clock);
    assert.equal(clockOfPort('sim://bk7231n', systemClock), systemClock);
  });
});
