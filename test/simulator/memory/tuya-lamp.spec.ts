import assert from 'node:assert/strict';
import { inspect } from '../../../src';
import { createSimulatedChip } from '../../../src/simulator/simulator';
import { VirtualClock } from '../../support/virtual-clock';

describe("simulated chip: a lamp with Tuya's firmware", () => {
  for (const chip of ['BK7231N', 'BK7231T', 'BK7231M'] as const) {
    it(`${chip}: is one for whoever reads its flash`, async () => {
      const { flash } = createSimulatedChip({ chip, contents: 'tuya' }, new VirtualClock());
      const found = await inspect(flash, { secrets: 'hide' });
      assert.equal(found.kind, 'dump');
      assert.equal(found.app?.project, `oem_${chip.toLowerCase()}_light_ty`);
      assert.equal(found.tuya?.module, 'CB2S');
      const { pins } = found.template as { pins: Record<string, string> };
      assert.deepEqual(pins, { 6: 'PWM;2', 7: 'PWM;4', 8: 'PWM;3', 24: 'PWM;0', 26: 'PWM;1' });
    });
  }

  it('is the same chip as without it, but for what names it and its storage', () => {
    const flashOf = (contents: 'factory' | 'tuya') =>
      createSimulatedChip({ chip: 'BK7231N', contents }, new VirtualClock()).flash;
    const [factory, lamp] = [flashOf('factory'), flashOf('tuya')];
    assert.ok(factory.subarray(0, 0x11000).equals(lamp.subarray(0, 0x11000)));
    assert.ok(factory.subarray(0x1d0000, 0x1ee000).equals(lamp.subarray(0x1d0000, 0x1ee000)));
    assert.ok(!factory.equals(lamp));
  });
});
