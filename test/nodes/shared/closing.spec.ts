import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import sinon from 'sinon';
import { closeWithin } from '../../../nodes/shared/closing';
import { systemClock } from '../../../src';
import { VirtualClock } from '../../support/virtual-clock';

describe('closing a node', () => {
  let clock: VirtualClock;
  let done: sinon.SinonSpy;

  beforeEach(() => {
    clock = new VirtualClock();
    for (const method of ['setTimeout', 'clearTimeout'] as const)
      sinon.stub(systemClock, method).callsFake(clock[method].bind(clock) as never);
    done = sinon.spy();
  });
  afterEach(() => sinon.restore());

  it('waits for work that is slower than the clock, and leaves no timer', async () => {
    const work = readFile(__filename).then(() => sinon.assert.notCalled(done));
    closeWithin(work, done);
    await work;
    await clock.advance(0);
    sinon.assert.calledOnce(done);
    assert.equal(clock.pending, 0);
  });

  it('ends with work that fails', async () => {
    closeWithin(Promise.reject(new Error('stuck')), done);
    await clock.advance(0);
    sinon.assert.calledOnce(done);
    assert.equal(clock.pending, 0);
  });

  it('ends before Node-RED would wait no longer, and only once', async () => {
    let end = () => {};
    closeWithin(new Promise<void>((resolve) => (end = resolve)), done);
    await clock.advance(13_999);
    sinon.assert.notCalled(done);
    await clock.advance(1);
    sinon.assert.calledOnce(done);
    end();
    await clock.advance(0);
    sinon.assert.calledOnce(done);
  });
});
