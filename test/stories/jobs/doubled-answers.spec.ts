import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { interposeAnswers } from '../../support/spoil-answers';
import type { VirtualClock } from '../../support/virtual-clock';

const START = 0x100000;
/** In the last block: the answer that speaks against it is the last one. */
const DEAD = START + 2 * BLOCK + 3 * SECTOR;

/** Every answer of the chip comes once more, after so long that the next command has been sent. */
const LATER_MS = 0.5;

function doubleAnswers(chip: SimulatedChip, clock: VirtualClock): void {
  interposeAnswers(chip, (answer, deliver) => {
    deliver(answer);
    clock.setTimeout(() => deliver(answer), LATER_MS);
  });
}

for (const model of ['bk7231n', 'bk7231t']) {
  describe(`a line on which every answer comes twice, ${model}`, () => {
    it('hides no sector that was not erased', async () => {
      const { device, chip, clock } = testDevice(`${model}?deadSector=${DEAD}`);
      chip.flash.fill(0xff, START, START + 3 * BLOCK);
      chip.flash.fill(0, DEAD, DEAD + SECTOR);
      doubleAnswers(chip, clock);
      const job = device.erase({ region: 'range', offset: START, length: 3 * BLOCK });
      const { cause } = await rejection(job, 'BK_BAD_SECTOR');
      assert.equal(cause.address, DEAD);
      await device.close();
    });

    it('keeps no job from its end', async () => {
      const { device, chip, clock } = testDevice(model);
      const image = noise(2 * BLOCK, 3);
      doubleAnswers(chip, clock);
      const { payload } = await device.write({ image, offset: START });
      assert.equal(payload.verified, true);
      assert.ok(chip.flash.subarray(START, START + 2 * BLOCK).equals(image));
      const read = await device.read({ offset: START, length: 2 * BLOCK });
      assert.ok(image.equals(read.payload as Buffer));
      await device.close();
    });
  });
}
