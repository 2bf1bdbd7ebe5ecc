import assert from 'node:assert/strict';
import type { BkError, Examination } from '../../../src';
import { Application } from '../../../src/simulator/application';
import { noise, sum, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const BLOCK = 0x10000;

function told(found: Examination): string[] {
  return found.unusual.map(({ whatCode }) => whatCode.code);
}

describe('an examination', function () {
  this.timeout(60_000);

  for (const options of ['bk7231n', 'bk7231t', 'bk7252', 'bk7258', 'bk7236']) {
    it(`changes nothing on a ${options} unless it is told to`, async () => {
      const { device, chip } = testDevice(options);
      const flash = Buffer.from(chip.flash);
      const { payload } = await device.examine();
      assert.equal(payload.flash, null);
      assert.deepEqual(payload.unmeasured, []);
      assert.ok(chip.flash.equals(flash));
      const { erases, programs, statusWrites, burns } = chip.counters;
      assert.deepEqual([sum(erases), sum(programs), statusWrites, burns], [0, 0, 0, 0]);
      await device.close();
    });
  }

  for (const options of ['bk7231n?app=log', 'bk7231t?window=80', 'bk7231n?reset=none']) {
    it(`lets the firmware of a ${options} start twice at most while it looks at the window`, async () => {
      const { device, chip } = testDevice(options);
      await device.connect();
      const { start } = Application.prototype;
      let starts = 0;
      Application.prototype.start = function () {
        starts++;
        start.call(this);
      };
      const { payload } = await device
        .examine()
        .finally(() => Object.assign(Application.prototype, { start }));
      assert.ok(payload.link.window?.closesMs);
      assert.ok(chip.counters.boots > 20);
      assert.ok(starts >= 1 && starts <= 2, `${starts} starts`);
      await device.close();
    });
  }

  it('shows nothing that is secret', async () => {
    const key = '00112233445566778899aabbccddeeff';
    const { device } = testDevice(`bk7231n?mac=381f8d123456&key=${key}`);
    const { payload } = await device.examine({ write: true });
    const text = JSON.stringify(payload).toLowerCase();
    assert.equal(payload.chip.key, 'custom');
    assert.equal(payload.chip.mac, '38:1f:8d:**:**:**');
    for (const secret of ['12:34:56', '123456', key, '00112233', '33221100', 'sim://'])
      assert.ok(!text.includes(secret), secret);
    await device.close();
  });

  it('writes to no flash that holds anything, and says so', async () => {
    const { device, chip } = testDevice('bk7231n');
    for (let at = 0x11000; at < chip.flash.length; at += BLOCK / 2) chip.flash[at] = 0x42;
    const { payload } = await device.examine({ write: true });
    assert.equal(payload.flash, null);
    assert.deepEqual(
      payload.unmeasured.map(({ probe, whyCode }) => [probe, whyCode.code]),
      [['flash', 'examine.noBlankStretch']],
    );
    assert.deepEqual([sum(chip.counters.erases), sum(chip.counters.programs)], [0, 0]);
    await device.close();
  });

  it('writes nowhere near bootloader and calibration', async () => {
    // All that is blank is a block with a calibration's place, and the one with the bootloader's end.
    const { device, chip } = testDevice('bk7231n?mac=381f8d123456');
    noise(chip.flash.length - 0x20000).copy(chip.flash, 0x20000);
    chip.flash.fill(0xff, 0x11000, 0x20000);
    chip.flash.fill(0xff, 0x1d0000, 0x1f0000);
    const { payload } = await device.examine({ write: true });
    assert.equal(payload.flash, null);
    assert.equal(sum(chip.counters.erases), 0);
    await device.close();
  });

  it('leaves flash blank again where its supply gives way in the midst', async () => {
    let broken = 0;
    for (let seed = 1; seed <= 6; seed++) {
      const { device, chip } = testDevice(`bk7231n?brownout=0.15&seed=${9000 + seed}`);
      const flash = Buffer.from(chip.flash);
      const { payload } = await device.examine({ write: true });
      broken += chip.counters.brownouts;
      assert.ok(chip.flash.equals(flash), 'flash is as it was');
      assert.ok(payload.flash !== null || payload.unmeasured.length > 0);
      await device.close();
    }
    assert.ok(broken > 0);
  });

  it('says what lies where when the stretch cannot be made blank again', async () => {
    const { device, chip } = testDevice('bk7231n?app=silent', { linkTimeout: 3, reset: 'none' });
    let cut = false;
    const running = device.examine(
      { write: true },
      {
        onProgress: ({ phase, waitsForPerson }) => {
          if (phase === 'link' && waitsForPerson && !cut) chip.reset();
          if (phase !== 'write' || cut) return;
          cut = true;
          // Its program is cut off, and nobody resets it in time.
          chip.options.window = 0;
          setImmediate(() => chip.reset());
        },
      },
    );
    const error = await running.then(
      () => assert.fail('came to an end'),
      (reason: BkError) => reason,
    );
    assert.equal(error.code, 'BK_LINK_LOST');
    const [range] = error.cause.state?.uncertain ?? [];
    assert.equal(range?.length, BLOCK);
    assert.match(error.message, /State of the flash/);
    await device.close();
  });

  it('waits with a cancel until flash is as it was', async () => {
    const { device, chip } = testDevice('bk7231n');
    const flash = Buffer.from(chip.flash);
    const abort = new AbortController();
    const job = device.examine(
      { write: true },
      {
        signal: abort.signal,
        onProgress: ({ phase }) => {
          if (phase === 'erase') abort.abort();
        },
      },
    );
    const { cause } = await rejection(job, 'BK_CANCELLED');
    assert.match(cause.advice.join(' '), /^Flash is as it was: 0x\w+ to 0x\w+.*blank again/);
    assert.ok(sum(chip.counters.programs) > 0);
    assert.ok(chip.flash.equals(flash));
    await device.close();
  });

  it('leaves the chip linked where it is to stay so, and has no wire for a reset', async () => {
    const { device, chip } = testDevice('bk7231n?reset=none', { after: 'leave', idle: 0 });
    const { payload } = await device.examine();
    const { wire, restart, window } = payload.link;
    assert.deepEqual([wire, restart, window], [null, null, null]);
    assert.deepEqual(
      payload.unmeasured.map(({ whyCode }) => whyCode.code),
      ['examine.noRestart'],
    );
    assert.equal(chip.mode, 'download');
    await device.close();
  });

  it('says what to do about a slow adapter, a slow line and a short window', async () => {
    const { device } = testDevice('bk7231n?latency=16&baudLimit=230400&window=40');
    const { payload } = await device.examine();
    assert.deepEqual(told(payload), [
      'examine.keepsAnswers',
      'examine.slowLine',
      'examine.shortWindow',
    ]);
    assert.match(payload.unusual[0]?.advice ?? '', /latency timer/);
    const sound = testDevice('bk7231n');
    assert.deepEqual(told((await sound.device.examine()).payload), []);
    await sound.device.close();
    await device.close();
  });

  it('refuses options that it does not know', async () => {
    const { device, chip } = testDevice('bk7231n');
    await assert.rejects(device.examine({ write: 'yes' } as never), { code: 'BK_BAD_SETTING' });
    assert.equal(chip.counters.linkChecks, 0);
  });
});
