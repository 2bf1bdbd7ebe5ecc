import assert from 'node:assert/strict';
import type { Identity } from '../../src/session/base/identity';
import type { Fingerprint } from '../../src/session/identify/fingerprint';
import type { LinkOutcome } from '../../src/session/link/link';
import type { Flash } from '../../src/session/memory/flash';
import {
  answered,
  atRate,
  begunAnew,
  fingerprinted,
  identified,
  mistrusted,
  recognised,
  relinked,
  UNOPENED,
} from '../../src/session/session-state';

const LINK: LinkOutcome = { by: 'lines', ms: 300 };
const RELINK: LinkOutcome = { by: 'person', ms: 5000 };
const IDENTITY = { chip: 'BK7231N' } as Identity;
const FLASH = { size: 0x200000 } as Flash;
const PRINT = {} as Fingerprint;

describe('the states of a session', () => {
  const opening = answered(UNOPENED, LINK, 921_600);
  const linked = fingerprinted(atRate(identified(opening, IDENTITY, FLASH), 2_000_000), PRINT);

  it('begin without a link, at the boot rate', () => {
    assert.deepEqual(UNOPENED, { state: 'opening', link: null, workingBaud: 115_200 });
    assert.deepEqual(opening, { state: 'opening', link: LINK, workingBaud: 921_600 });
  });

  it('have all that is known once the chip is identified', () => {
    assert.deepEqual(linked, {
      state: 'linked',
      link: LINK,
      identity: IDENTITY,
      flash: FLASH,
      fingerprint: PRINT,
      workingBaud: 2_000_000,
    });
  });

  it('keep what is known of a chip that is lost, until it is recognised', () => {
    const lost = mistrusted(linked);
    assert.deepEqual(lost, { ...linked, state: 'lost' });
    assert.equal(mistrusted(lost).state, 'lost');
    assert.equal(relinked(lost, RELINK).state, 'lost', 'an answer alone tells nothing');
    assert.deepEqual(recognised(relinked(lost, RELINK)), { ...linked, link: RELINK });
  });

  it('lose nothing before there is anything to lose', () => {
    assert.equal(mistrusted(opening), opening);
    assert.equal(recognised(opening), opening);
    assert.equal(fingerprinted(opening, PRINT), opening);
  });

  it('forget the chip when all is begun anew, and not that it has answered', () => {
    for (const state of [linked, mistrusted(linked)]) {
      assert.deepEqual(begunAnew(state), { state: 'opening', link: LINK, workingBaud: 2_000_000 });
    }
  });
});
