import assert from 'node:assert/strict';
import { linkCheck } from '../../../src/protocol/commands/command-table';
import { identify } from '../../../src/session/identify/identify';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { noise } from '../../support/bench-device';
import { allEnglish } from '../../support/english';
import { appImage, bootloader, MARKERS, packets } from '../../support/images';
import { bench } from '../../support/linked-session';

/** What a chip is taken for whose flash was arranged. */
async function identityOf(
  url: string,
  arrange: (flash: SimulatedChip['flash']) => void = () => {},
) {
  const own = bench(url);
  arrange(own.chip.flash);
  const session = await own.open({});
  try {
    return session.identity;
  } finally {
    await session.close('leave');
    assert.equal(own.chip.counters.bootloaderTouches, 0);
  }
}

describe('the code key of a chip', () => {
  it('is none on BK7238 and BK7252N, which come without one', async () => {
    for (const sim of ['bk7238', 'bk7238?bootloader=unknown', 'bk7252n'])
      assert.equal((await identityOf(`sim://${sim}`)).encryption, 'none', sim);
  });

  it('is that of the bootloader where a basic chip has one that is not known', async () => {
    for (const [sim, key] of [
      ['bk7231t', 'tuya'],
      ['bk7231u', 'none'],
      ['bk7252', 'none'],
    ] as const)
      assert.equal((await identityOf(`sim://${sim}?bootloader=unknown`)).encryption, key, sim);
  });

  it('is not that of an application which may not start', async () => {
    const found = await identityOf('sim://bk7231t?bootloader=unknown', (flash) => {
      packets(64, MARKERS.clear).copy(flash, 0x11000);
    });
    assert.equal(found.encryption, 'tuya');
  });

  it('is that of the application where the bootloader tells none', async () => {
    const found = await identityOf('sim://bk7252?bootloader=unknown', (flash) => {
      // Sound code that fits no known key would tell: it is the chip's own.
      noise(0x11000).copy(flash);
      appImage({ key: 'none' }).copy(flash, 0x11000);
    });
    assert.equal(found.encryption, 'none');
  });

  it("is Tuya's where eFuse reads as zeros and flash holds code with it: then it is a BK7231N", async () => {
    const found = await identityOf('sim://bk7231n?bootloader=unknown&key=none', (flash) => {
      bootloader({ saysBk7231: true }).copy(flash);
    });
    assert.equal(found.chip, 'BK7231N');
    assert.equal(found.encryption, 'tuya');
    assert.match(
      allEnglish(found.warnings).join(' '),
      /reads as zeros, but flash holds code with Tuya's key/,
    );
    const blank = await identityOf('sim://bk7231n?bootloader=blank&key=none', (flash) => {
      appImage().copy(flash, 0x11000);
    });
    assert.equal(blank.chip, 'BK7231N');
    const none = await identityOf('sim://bk7231n?bootloader=unknown&key=none');
    assert.equal(none.chip, 'BK7231M');
    assert.equal(none.encryption, 'none');
  });

  it('costs no reading where the bootloader is known', async () => {
    for (const sim of ['bk7231n', 'bk7231t', 'bk7238', 'bk7231n?key=none']) {
      const own = bench(`sim://${sim}`);
      const exchanger = await own.exchanger();
      own.chip.reset();
      await exchanger.pause(20);
      await exchanger.sendOnce(linkCheck, undefined);
      await identify(exchanger);
      assert.equal(own.chip.counters.commands.L09 ?? 0, 0, sim);
      await own.line().close();
    }
  });
});
