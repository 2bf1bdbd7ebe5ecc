import assert from 'node:assert/strict';
import sinon from 'sinon';
import { SECTOR } from '../../../src/chip/geometry';
import { Adapter, PATHS } from '../../support/adapter';
import { noise } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const OFFSET = 0x100000;
const LENGTH = 16 * SECTOR;

const OF_SERVER = { words: /has not answered for 10 s/, advice: /Check the serial server/ };
/** How each is reset (raw bytes carry no modem lines: there the firmware is asked to), and what is said of it. */
const WAYS = {
  serial: {
    sim: 'bk7231n?app=silent',
    reset: 'rts',
    linkTimeout: 30,
    words: /takes no bytes any more/,
    advice: /plug it in again/i,
  },
  rfc2217: { sim: 'bk7231n?app=silent', reset: 'rts', linkTimeout: 90, ...OF_SERVER },
  tcp: { sim: 'bk7231n', reset: 'auto', linkTimeout: 90, ...OF_SERVER },
} as const;

describe('an adapter that takes no more bytes', () => {
  afterEach(() => sinon.restore());

  for (const path of PATHS) {
    const { sim, reset, linkTimeout, words, advice } = WAYS[path];
    for (const [key, nth] of [
      ['S00', 2],
      ['S0F', 2],
      ['L0F', 1],
      ['L07', 2],
      ['L09', 2],
    ] as const) {
      // Over raw bytes no rate is changed and proved.
      if (path === 'tcp' && (key === 'S0F' || key === 'L09')) continue;
      const from = path === 'tcp' ? 1 : nth;
      it(`does not end a write over ${path} when it works again after it was opened anew (at ${key})`, async () => {
        const adapter = new Adapter(sim, { reset, idle: 0 }, path);
        adapter.chip.flash.set(noise(LENGTH, 3), OFFSET);
        const image = noise(LENGTH);
        adapter.onRequest = (sent, count) => {
          if (sent === key && count === from && adapter.line) adapter.line.isStuck = true;
        };
        const { payload, facts } = await adapter.device.write({ image, offset: OFFSET });
        assert.equal(payload.verified, true);
        assert.ok(adapter.chip.flash.subarray(OFFSET, OFFSET + LENGTH).equals(image));
        assert.match(facts.recoveries[0]?.cause ?? '', words);
        await adapter.device.close();
        await adapter.settle();
        assert.equal(adapter.clock.pending, 0);
      });

      it(`ends a write in time when it stays so (at ${key}, ${path})`, async () => {
        const adapter = new Adapter(sim, { reset, linkTimeout }, path);
        adapter.chip.flash.set(noise(LENGTH, 3), OFFSET);
        let isStuck = false;
        adapter.onOpen = (line) => {
          line.isStuck = isStuck;
        };
        adapter.onRequest = (sent, count) => {
          isStuck ||= sent === key && count === from;
          if (adapter.line) adapter.line.isStuck = isStuck;
        };
        const work = adapter.device.write({ image: noise(LENGTH), offset: OFFSET });
        const error = await rejection(work, 'BK_PORT_LOST');
        assert.match(`${error.message} ${error.cause.reason}`, words);
        assert.match(error.cause.advice.join(' '), advice);
        await adapter.device.close();
        await adapter.settle();
        assert.equal(adapter.clock.pending, 0);
      });
    }
  }
});
