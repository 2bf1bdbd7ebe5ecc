import assert from 'node:assert/strict';
import { BaudMemories } from '../../../src/session/baud/baud-memory';
import { VirtualClock } from '../../support/virtual-clock';

describe('what is remembered of rates', () => {
  it('is kept for each chip on each port', () => {
    const memories = new BaudMemories(new VirtualClock());
    memories.of('/dev/ttyUSB0', 'a').works(921_600);
    assert.equal(memories.of('/dev/ttyUSB0', 'a').proved, 921_600);
    assert.equal(memories.of('/dev/ttyUSB0', 'b').proved, null);
    assert.equal(memories.of('/dev/ttyUSB1', 'a').proved, null);
  });

  it('does not grow with ever other ports, and is kept longest for those that are used', () => {
    const memories = new BaudMemories(new VirtualClock());
    memories.of('used', 'chip').works(2_000_000);
    memories.of('not used', 'chip').works(2_000_000);
    for (let index = 0; index < 10_000; index++) {
      memories.of(`tcp://host:${index}`, 'chip').fails(921_600);
      memories.of('used', 'chip');
    }
    assert.equal(memories.of('used', 'chip').proved, 2_000_000);
    assert.equal(memories.of('not used', 'chip').proved, null);
    for (const [index, isKnown] of [
      [9_999, true],
      [9_750, true],
      [9_700, false],
      [0, false],
    ] as const) {
      const failed = memories.of(`tcp://host:${index}`, 'chip').failed();
      assert.equal(failed.has(921_600), isKnown, `${index}`);
    }
  });

  it('leaves a rate that failed alone for an hour', async () => {
    const clock = new VirtualClock();
    const memory = new BaudMemories(clock).of('port', 'chip');
    memory.works(921_600);
    memory.fails(921_600);
    assert.equal(memory.proved, null);
    assert.deepEqual([...memory.failed()], [921_600]);
    await clock.advance(3_600_000);
    assert.deepEqual([...memory.failed()], []);
  });
});
