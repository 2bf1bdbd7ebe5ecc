import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SECTOR } from '../../../src/chip/geometry';
import { Adapter } from '../../support/adapter';
import { noise } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const OFFSET = 0x100000;
const LENGTH = 16 * SECTOR;

describe('an adapter that takes no more bytes', () => {
  afterEach(() => sinon.restore());

  for (const [key, nth] of [
    ['S00', 2],
    ['S0F', 2],
    ['L0F', 1],
    ['L07', 2],
    ['L09', 2],
  ] as const) {
    it(`does not end a write when it works again after it was opened anew (at ${key})`, async () => {
      const adapter = new Adapter('bk7231n?app=silent', { reset: 'rts', idle: 0 });
      adapter.chip.flash.set(noise(LENGTH, 3), OFFSET);
      const image = noise(LENGTH);
      adapter.onRequest = (sent, count) => {
        if (sent === key && count === nth && adapter.line) adapter.line.isStuck = true;
      };
      const { payload, facts } = await adapter.device.write({ image, offset: OFFSET });
      assert.equal(payload.verified, true);
      assert.ok(adapter.chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image));
      assert.match(facts.recoveries[0]?.cause ?? '', /takes no bytes any more/);
      await adapter.device.close();
      assert.equal(adapter.clock.pending, 0);
    });

    it(`ends a write in time when it stays so (at ${key})`, async () => {
      const adapter = new Adapter('bk7231n?app=silent', { reset: 'rts', linkTimeout: 30 });
      adapter.chip.flash.set(noise(LENGTH, 3), OFFSET);
      let isStuck = false;
      adapter.onOpen = (line) => {
        line.isStuck = isStuck;
      };
      adapter.onRequest = (sent, count) => {
        isStuck ||= sent === key && count === nth;
        if (adapter.line) adapter.line.isStuck = isStuck;
      };
      const work = adapter.device.write({ image: noise(LENGTH), offset: OFFSET });
      const error = await rejection(work, 'BK_PORT_LOST');
      assert.match(`${error.message} ${error.cause.reason}`, /takes no bytes any more/);
      assert.match(error.cause.advice.join(' '), /plug it in again/i);
      await adapter.device.close();
      assert.equal(adapter.clock.pending, 0);
    });
  }
});
