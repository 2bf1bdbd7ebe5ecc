import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SECTOR } from '../../../src/chip/geometry';
import { PortRegistry } from '../../../src/ports/port-registry';
import { PortSlot } from '../../../src/ports/port-slot';
import { checkCrc, flashRead4K, linkCheck } from '../../../src/protocol/commands/command-table';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const RANGE = { offset: 0x20000, length: SECTOR };

describe('a fault of the program itself', () => {
  afterEach(() => sinon.restore());

  for (const [name, command] of Object.entries({ flashRead4K, checkCrc, linkCheck })) {
    it(`in what reads the answer of ${name} ends the job, and is no fault of the chip`, async () => {
      const { device, clock } = testDevice('bk7231n?speed=fast');
      sinon.stub(command, 'parse').throws(new TypeError('x is not a function'));
      const error = await rejection(device.read(RANGE), 'BK_INTERNAL');
      assert.match(error.message, /failed inside the program: x is not a function/);
      assert.match(error.stack ?? '', /because of TypeError: x is not a function\n +at /);
      await device.close();
      assert.equal(clock.pending, 0);
    });
  }

  it('in taking turns is told like any other', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    sinon.stub(PortRegistry.prototype, 'turn').rejects(new TypeError('no turn'));
    await rejection(device.connect(), 'BK_INTERNAL');
  });

  it('in keeping the link frees the port all the same', async () => {
    const { device, clock } = testDevice('bk7231n?speed=fast');
    const keep = sinon.stub(PortSlot.prototype, 'keep').rejects(new TypeError('not kept'));
    await rejection(device.connect(), 'BK_INTERNAL');
    keep.restore();
    await device.connect();
    await device.close();
    assert.equal(clock.pending, 0);
  });

  it('in letting the link go does not hide what the job failed of', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    sinon.stub(PortSlot.prototype, 'end').rejects(new TypeError('not let go'));
    const image = noise(SECTOR);
    await rejection(device.write({ image, offset: 0x7fff_f000 }), 'BK_OUT_OF_RANGE');
  });
});
