import assert from 'node:assert/strict';
import { Paced } from '../../../../nodes/flasher/devices/paced';
import { VirtualClock } from '../../../support/virtual-clock';

describe('what is paced', () => {
  it('goes at once, then at most four times a second, and the last of it always', async () => {
    const clock = new VirtualClock();
    const sent: [at: number, what: number][] = [];
    let what = 0;
    const paced = new Paced(clock, () => sent.push([clock.now(), what]));
    const begun = clock.now();
    for (let moment = 0; moment < 1000; moment++) {
      what = moment;
      paced.touch();
      await clock.advance(1);
    }
    await clock.advance(1000);
    assert.deepEqual(
      sent.map(([at, value]) => [at - begun, value]),
      [
        [0, 0],
        [250, 249],
        [500, 499],
        [750, 749],
        [1000, 999],
      ],
    );
  });

  it('goes no more once it was stopped', async () => {
    const clock = new VirtualClock();
    let sent = 0;
    const paced = new Paced(clock, () => sent++);
    paced.touch();
    paced.touch();
    assert.ok(paced.isPending);
    paced.stop();
    await clock.advance(1000);
    assert.equal(sent, 1);
    assert.ok(!paced.isPending);
  });
});
