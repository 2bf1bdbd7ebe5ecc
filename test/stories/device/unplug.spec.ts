import assert from 'node:assert/strict';
import sinon from 'sinon';
import { BLOCK } from '../../../src/chip/geometry';
import { Adapter } from '../../support/adapter';
import { noise, testDevice } from '../../support/bench-device';
import { unplugSimulated } from '../../support/simulated-chips';

describe('an adapter that is pulled out in the middle of a job', () => {
  afterEach(() => sinon.restore());

  for (const sim of ['bk7231n', 'bk7231t']) {
    it(`does not end a write on ${sim}: it goes on when the port is back`, async () => {
      const { device, chip, url, clock } = testDevice(sim);
      chip.flash.set(noise(4 * BLOCK, 7), 0x100000);
      const image = noise(4 * BLOCK);
      let pulled = false;
      const { facts, payload } = await device.write(
        { image, offset: 0x100000 },
        {
          onProgress: ({ phase, done }) => {
            if (pulled || phase !== 'write' || done < BLOCK) return;
            pulled = true;
            unplugSimulated(url);
          },
        },
      );
      assert.ok(pulled);
      assert.ok(chip.flash.subarray(0x100000, 0x140000).equals(image));
      assert.equal(payload.verified, true);
      assert.equal(facts.recoveries.length, 1);
      assert.match(facts.recoveries[0]?.action ?? '', /port came back/);
      assert.match(facts.likely?.[0]?.cause ?? '', /adapter/i);
      await device.close();
      assert.ok(!chip.attached);
      assert.equal(clock.pending, 0);
    });
  }

  it('does not end a backup', async () => {
    const { device, chip, url } = testDevice('bk7231n');
    let pulled = 0;
    const { payload } = await device.read(
      {},
      {
        onProgress: ({ phase, done }) => {
          if (phase === 'read' && done >= (pulled + 1) * 5 * BLOCK && pulled < 3) {
            pulled++;
            unplugSimulated(url);
          }
        },
      },
    );
    assert.equal(pulled, 3);
    assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash));
    await device.close();
  });

  it('while the link is only kept is noticed by the next job, which opens the port anew', async () => {
    const { device, url, clock } = testDevice('bk7231n');
    await device.connect();
    unplugSimulated(url);
    const { payload } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
    await device.close();
    assert.equal(clock.pending, 0);
  });

  for (const path of ['rfc2217', 'tcp'] as const) {
    it(`or whose server goes away does not end a backup over ${path}`, async () => {
      const [sim, reset] =
        path === 'tcp' ? (['bk7231n', 'auto'] as const) : (['bk7231n?app=silent', 'rts'] as const);
      const adapter = new Adapter(sim, { reset, idle: 0 }, path);
      let pulled = 0;
      const { payload, facts } = await adapter.device.read(
        {},
        {
          onProgress: ({ phase, done }) => {
            if (phase !== 'read' || done < (pulled + 1) * 5 * BLOCK || pulled === 3) return;
            pulled++;
            adapter.dropOut(2_000);
          },
        },
      );
      assert.equal(pulled, 3);
      assert.ok(Buffer.isBuffer(payload) && payload.equals(adapter.chip.flash));
      assert.equal(facts.recoveries.length, 3);
      await adapter.device.close();
      await adapter.settle();
      assert.equal(adapter.clock.pending, 0);
    });
  }
});
