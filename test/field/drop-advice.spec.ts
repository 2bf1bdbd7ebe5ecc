import assert from 'node:assert/strict';
import { isBkError } from '../../src/errors';
import { ExchangedChip } from '../support/exchanged-chip';

/** So short a time to listen after a boot that the chip is not caught in it. */
const SIM = 'window=10&reset=none&app=silent&seed=5';

describe('the advice for a chip that was lost while it was given a rate', () => {
  for (const chip of ['bk7231n', 'bk7231t']) {
    for (const nth of [0, 1]) {
      it(`is not a lower rate where it was never heard at that one: ${chip}, change ${nth + 1}`, async () => {
        const own = new ExchangedChip(`${chip}?${SIM}`);
        own.onRequest = ({ key, ofKind }) => {
          if (key === 'S0F' && ofKind === nth) own.chip.powerCycle();
        };
        const error: unknown = await own.device.connect(own.control).then(
          () => assert.fail('nobody brought it back'),
          (reason) => reason,
        );
        assert.ok(isBkError(error), String(error));
        const told = [error.message, ...error.cause.advice].join(' ');
        assert.doesNotMatch(told, /baud below|lower baud/);
      });
    }
  }
});
