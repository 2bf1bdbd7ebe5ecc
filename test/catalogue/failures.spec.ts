import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { Progress } from '../../src';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { loadImage } from '../../src/jobs/place/load-image';
import { write } from '../../src/jobs/write';
import { run } from '../stories/diagnosis/rig';
import { SCENARIOS } from '../stories/diagnosis/scenarios';
import { noise, scratchFolder, sum, testDevice } from '../support/bench-device';
import { rejection } from '../support/rejects';
import { unplugSimulated } from '../support/simulated-chips';

const AT = 0x100000;

/** Told in progress: what a person is asked to do. */
function asks(seen: Progress[]): string[] {
  return seen.filter(({ waitsForPerson }) => waitsForPerson).map(({ message }) => message);
}

function scenario(name: string) {
  const found = SCENARIOS.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}

describe('the failures that users of other tools meet', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  it('F1 silence in the middle of a write: the chip is won back and the write goes on', async () => {
    const { device, chip } = testDevice('bk7231n?brownout=0.1&window=300&app=silent', {
      reset: 'rts',
    });
    const image = noise(0x40000);
    const { payload, facts } = await device.write({ image, offset: AT });
    assert.equal(payload.verified, true);
    assert.ok(chip.counters.brownouts > 0 && facts.recoveries.length > 0);
    assert.ok(chip.flash.subarray(AT, AT + image.length).equals(image));
    for (const { cause, action, ms } of facts.recoveries) assert.ok(cause && action && ms >= 0);
    await device.close();
  });

  it('F1 silence for good: says where, that nothing is lost, and to look at the supply', async () => {
    const { device, chip, clock } = testDevice(
      'bk7231n?brownout=0.2&window=20&app=silent&reset=none',
      {
        reset: 'none',
        linkTimeout: 8,
      },
    );
    clock.setTimeout(() => chip.powerCycle(), 1000);
    const error = await rejection(
      device.write({ image: noise(0x40000), offset: AT }),
      'BK_LINK_LOST',
    );
    assert.match(error.message, /during the (erase|write) at 0x1\w{5}.*same message again/);
    assert.match(error.cause.advice[0] ?? '', /3\.3 V supply of its own|CEN/);
    assert.ok(error.cause.advice.some((line) => /supply of its own/.test(line)));
    await device.close();
  });

  it('F2 link never comes: ends in time, says what to do next while it waits', async () => {
    const { device, clock } = testDevice('bk7231n?window=0&app=silent', { linkTimeout: 10 });
    const seen: Progress[] = [];
    const job = device.connect({ onProgress: (progress) => seen.push(progress) });
    const error = await rejection(job, 'BK_NO_LINK');
    assert.ok(clock.now() < 12_000);
    assert.match(asks(seen)[0] ?? '', /CEN to GND/);
    assert.match(error.message, /within 10 s.*CEN to GND/);
    await device.close();
  });

  it('F2 a chip left at another rate is found', async () => {
    const { device } = testDevice('bk7231n?app=silent', { idle: 0, after: 'leave', baud: 921_600 });
    await device.connect();
    const { payload } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
    await device.close();
  });

  it('F3 unknown bootloader 0xB397B8F6: says that sector 0 is blank and what puts it back', async () => {
    const { device } = testDevice('bk7231n?bootloader=blank');
    const { payload, facts } = await device.connect();
    assert.equal(payload.bootloader.crc, 'b397b8f6');
    assert.match(
      facts.warnings.join(),
      /sector 0 is all FF.*backup of this chip back with bootloader set to replace/,
    );
    await device.close();
  });

  it('F3 really unknown bootloader: one calm line, and the job goes on', async () => {
    const { device } = testDevice('bk7231n?bootloader=unknown');
    const { payload, facts } = await device.write({ image: noise(SECTOR), offset: AT });
    assert.equal(payload.verified, true);
    assert.equal(facts.warnings.filter((line) => /bootloader/.test(line)).length, 1);
    assert.match(facts.warnings.join(), /no fault/);
    await device.close();
  });

  it('F4 port vanishes in the middle of a write: it is opened again and the write goes on', async () => {
    const { device, chip, url } = testDevice('bk7231n', { reset: 'rts' });
    const image = noise(0x40000);
    let isUnplugged = false;
    const { facts } = await device.write(
      { image, offset: AT },
      {
        onProgress: ({ phase, percent }) => {
          if (phase !== 'write' || percent < 50 || isUnplugged) return;
          isUnplugged = true;
          unplugSimulated(url);
        },
      },
    );
    assert.ok(chip.flash.subarray(AT, AT + image.length).equals(image));
    assert.ok(facts.recoveries.some(({ action }) => /port came back/.test(action)));
    await device.close();
  });

  it('F5 chip set to another model: refused by name before anything is changed', async () => {
    const { device, chip } = testDevice('bk7231n', { chip: 'BK7231T' });
    const before = Buffer.from(chip.flash);
    const error = await rejection(
      device.write({ image: noise(SECTOR), offset: AT }),
      'BK_WRONG_CHIP',
    );
    assert.match(error.message, /is a BK7231N.*set to BK7231T.*nothing was changed/);
    assert.ok(chip.flash.equals(before));
    await device.close();
  });

  it('F5 ends of checksums are found out, not believed: both kinds verify without their bootloader known', async () => {
    for (const sim of ['bk7231n?bootloader=unknown', 'bk7231t?bootloader=unknown']) {
      const { device, chip } = testDevice(sim);
      const { payload } = await device.read({ offset: AT, length: 0x10000 });
      assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash.subarray(AT, AT + 0x10000)));
      await device.close();
    }
  });

  it('F6 a rate that adapter or chip does not do: goes on at a lower one and says so', async () => {
    for (const [sim, baud] of [
      ['bk7231n?baudLimit=500000', 921_600],
      ['bk7231n', 3_000_000],
    ] as const) {
      const { device } = testDevice(sim, { baud, reset: 'rts' });
      const { facts } = await device.read({ offset: AT, length: 0x10000 });
      assert.ok((facts.baud ?? 0) < baud && (facts.baud ?? 0) >= 115_200);
      assert.match(facts.warnings.join(), new RegExp(`${baud} baud did not work.*${facts.baud}`));
      await device.close();
    }
  });

  it('F7 flash protected: refused with the way out, and nothing is changed', async () => {
    const { error, evidence } = await scenario('status register that stays locked').run(1);
    assert.equal(error?.code, 'BK_FLASH_PROTECTED');
    assert.match(error.message, /stays write-protected.*nothing was changed/);
    assert.match(error.cause.advice[0] ?? '', /supply off.*CEN is not enough/);
    assert.ok(evidence.status.length > 0);
  });

  it('F7 flash protected without a sign: found out at the first sector, not at the end', async () => {
    const { error, evidence } = await scenario('flash that takes commands and no data').run(1);
    assert.equal(error?.code, 'BK_FLASH_PROTECTED');
    const programs = evidence.tallies.filter(({ kind }) => kind === 'program');
    assert.ok(sum(Uint32Array.from(programs, ({ good }) => good)) <= 40);
  });

  it('F7 protection: the status register is not written where it need not be', async () => {
    const { device, chip } = testDevice('bk7231n?srPunish=true&protect=none');
    await device.write({ image: noise(SECTOR), offset: AT });
    assert.equal(chip.counters.statusWrites, 0);
    await device.close();
  });

  it('F8 unknown flash part: treated as a usual one of its size, with its id told', async () => {
    const { device } = testDevice('bk7231n?jedec=123415');
    const { payload, facts } = await device.write({ image: noise(SECTOR), offset: AT });
    assert.equal(payload.verified, true);
    assert.match(facts.warnings.join(), /123415.*25-series/);
    await device.close();
  });

  it('F9 everything reads as zero: no backup is made of it, and nothing is erased', async () => {
    const { device, chip } = testDevice('bk7231n?jedec=000000');
    chip.flash.fill(0);
    const backup = { mode: 'always', folder: folder() } as const;
    const error = await rejection(device.erase({ backup }), 'BK_UNKNOWN_FLASH');
    assert.match(error.message, /reads as zeros.*Nothing was changed/);
    assert.match(error.cause.advice.join(), /P24/);
    assert.equal(readdirSync(folder()).length, 0);
    assert.equal(sum(chip.counters.erases), 0);
    await device.close();
  });

  it('F10 status 6 to a read of the bootloader: its mirror is read instead', async () => {
    const { device, chip } = testDevice('bk7231t');
    const { payload } = await device.read({ offset: 0, length: BOOTLOADER_END });
    assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash.subarray(0, BOOTLOADER_END)));
    assert.equal(chip.counters.guarded, 0);
    await device.close();
  });

  it('F11 reads break off: the sector is read again until the chip confirms it', async () => {
    const { device, chip } = testDevice('bk7231n?corrupt=0.05', { reset: 'rts' });
    noise(0x80000).copy(chip.flash, AT);
    const { payload, facts } = await device.read({ offset: AT, length: 0x80000 });
    assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash.subarray(AT, AT + 0x80000)));
    assert.ok(facts.recoveries.length > 0);
    await device.close();
  });

  it('F14 radio calibration and MAC lost: kept by every erase that does not ask for it', async () => {
    const { device, chip } = testDevice('bk7231n');
    const kept = Buffer.from(chip.flash.subarray(0x1d0000, 0x1d1000));
    await device.erase({ region: 'all' });
    assert.ok(chip.flash.subarray(0x1d0000, 0x1d1000).equals(kept));
    assert.equal(kept.toString('latin1', 0, 3), 'TLV');
    await device.close();
  });

  it('F15 second flash of a BK7238: the bootloader is as it was', async () => {
    const { device, chip } = testDevice('bk7238');
    const bootloader = Buffer.from(chip.flash.subarray(0, BOOTLOADER_END));
    for (const seed of [1, 2]) {
      await device.write({ image: noise(0x20000, seed), offset: BOOTLOADER_END });
      assert.ok(chip.flash.subarray(0, BOOTLOADER_END).equals(bootloader));
    }
    await device.close();
  });

  it('F16 TuyaMCU on the wires: named, with what to do about it', async () => {
    const { device } = testDevice('bk7231t?reset=none&app=tuyamcu', { linkTimeout: 8 });
    const error = await rejection(device.connect(), 'BK_NO_LINK');
    assert.match(error.cause.likely[0]?.cause ?? '', /TuyaMCU/);
    assert.match(error.message, /in reset|resistor/);
    await device.close();
  });

  it('F18 endless waits: a job with nobody there ends when its time is over', async () => {
    const { device, clock } = testDevice('bk7231n?window=0&app=silent&reset=none', {
      reset: 'none',
      linkTimeout: 60,
    });
    await rejection(device.read(), 'BK_NO_LINK');
    assert.ok(clock.now() < 62_000);
    await device.close();
    assert.equal(clock.pending, 0);
  });

  it('F18 endless retries: a sector that never takes its data is given up with its address', async () => {
    const { device, chip } = testDevice(`bk7231n?deadSector=0x${(AT + SECTOR).toString(16)}`);
    const error = await rejection(
      device.write({ image: noise(0x10000), offset: AT }),
      'BK_BAD_SECTOR',
    );
    assert.equal(error.cause.address, AT + SECTOR);
    assert.ok((chip.counters.erases[(AT + SECTOR) / SECTOR] as number) <= 5);
    await device.close();
  });

  it('F19 slow: the fastest rate that proves itself, and nothing that is there already', async () => {
    const { device } = testDevice('bk7231n', { reset: 'rts' });
    const image = noise(0x40000);
    const first = await device.write({ image, offset: AT });
    assert.ok((first.facts.baud ?? 0) > 115_200);
    const second = await device.write({ image, offset: AT });
    assert.equal(second.payload.bytesWritten, 0);
    assert.ok(second.facts.durationMs < first.facts.durationMs / 4);
    await device.close();
  });

  it('F20 success, and the device cannot start: a job that leaves no bootloader says so', async () => {
    const { device, chip } = testDevice('bk7231n');
    const { facts } = await device.erase({ bootloader: 'erase' });
    assert.ok(chip.flash.subarray(0, SECTOR).every((byte) => byte === 0xff));
    assert.match(facts.warnings.join(), /cannot start its firmware/);
    await device.close();
  });

  it('F20 success, and the device is dead: whether its firmware starts is listened for', async () => {
    for (const [crash, result] of [
      ['', 'started'],
      ['&crash=1500', 'restarts'],
    ] as const) {
      const { device } = testDevice(`bk7231n?app=openbeken${crash}`);
      const options = { image: noise(4096), offset: AT, startCheck: true };
      const { payload, facts } = await device.write(options);
      assert.equal(payload.verified, true);
      assert.equal(payload.startCheck?.result, result);
      assert.equal(/again and again/.test(facts.warnings.join()), result === 'restarts');
      await device.close();
    }
  });

  it('F21 grounding: a silent line is told to look at GND', async () => {
    const { device } = testDevice('bk7231n?window=0&app=silent', { linkTimeout: 5 });
    const error = await rejection(device.connect(), 'BK_NO_LINK');
    assert.match(error.cause.advice.join(), /GND to GND/);
    await device.close();
  });

  it('F22 more than 2 MiB: the size is found and the end is read right', async () => {
    for (const [sim, size] of [
      ['bk7252', 0x400000],
      ['bk7252?size=0x200000', 0x200000],
      ['bk7258', 0x800000],
    ] as const) {
      const { device, chip } = testDevice(sim);
      const { payload } = await device.read({ offset: size - 0x20000 });
      assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash.subarray(size - 0x20000)));
      await device.close();
    }
  });

  it('F1 a line that spoils writes is told from a weak supply and from a worn sector', async () => {
    const { error } = await run({
      sim: 'bk7231n?seed=5',
      settings: { reset: 'rts' },
      spoiling: {
        // One write in three has a byte changed, wherever it goes.
        toChip: (() => {
          let count = 0;
          return (bytes: Buffer) => {
            if (bytes.length < 4000 || count++ % 3 > 0) return bytes;
            const other = Buffer.from(bytes);
            other[2000] = (other[2000] as number) ^ 1;
            return other;
          };
        })(),
      },
      job: async (context) => {
        const options = { image: noise(0x40000), offset: AT };
        await write(context, options, await loadImage(options));
      },
    });
    assert.equal(error, null, 'a third of the writes spoilt is no reason to give up');
  });
});
