import assert from 'node:assert/strict';
import { inspect, type WriteOptions } from '../../src';
import type { SimulatedChip } from '../../src/simulator/simulator';
import { noise, sum, testDevice } from '../support/bench-device';
import {
  appImage,
  bootloader,
  container,
  flashImage,
  MARKERS,
  openBekenTexts,
  packets,
  plainCode,
  rblFile,
  uf2File,
} from '../support/images';
import { rejection } from '../support/rejects';

/** That of Uascent's Matter modules, a BK7231N by its id, whose eFuse reads as zeros. */
const OWN = 'key=4862379a8612784b85c5e25875754528';
const UNREADABLE = `bk7231n?bootloader=unknown&${OWN}&efuse=none`;

const FOR_M = container({ texts: openBekenTexts('BK7231N'), key: 'none' });
const FOR_N = container({ texts: openBekenTexts('BK7231N') });
const FOR_U = container({ texts: openBekenTexts('BK7231U'), key: 'none' });

type Arrange = (flash: SimulatedChip['flash']) => void;

async function connected(sim: string, arrange: Arrange = () => {}, chip?: string) {
  const { device, chip: own } = testDevice(sim, chip === undefined ? {} : { chip: chip as 'auto' });
  arrange(own.flash);
  const { payload, facts } = await device.connect();
  await device.close();
  return { ...payload, warnings: facts.warnings.join(' ') };
}

async function refusedBy(sim: string, options: WriteOptions, arrange: Arrange = () => {}) {
  const { device, chip } = testDevice(sim);
  arrange(chip.flash);
  const before = Buffer.from(chip.flash);
  const error = await rejection(device.write(options), 'BK_WRONG_IMAGE');
  await device.close();
  assert.ok(chip.flash.equals(before));
  assert.equal(sum(chip.counters.erases) + sum(chip.counters.programs), 0);
  return error;
}

const blank = (flash: Buffer) => flash.fill(0xff);

describe('a chip with a key of its own that eFuse does not tell', function () {
  this.timeout(60_000);

  it('is known by its code, which fits no key that is known', async () => {
    const { chip, chipId, encryptionKey, warnings } = await connected(UNREADABLE);
    assert.deepEqual([chip, chipId, encryptionKey], ['BK7231N', '7231c', 'custom']);
    assert.match(warnings, /reads as zeros.*this chip's own.*does not start/);
  });

  it('gets no image with another key, wherever that is to go', async () => {
    for (const image of [FOR_M, FOR_N])
      for (const options of [{ image }, { image, offset: 0x11000 }]) {
        const { message } = await refusedBy(UNREADABLE, options);
        assert.match(message, /its code is stored with .*, but the chip needs code with .* own/);
      }
  });

  it('gets no UF2 file with another key either', async () => {
    const app = appImage({ texts: openBekenTexts('BK7231N') });
    const image = uf2File({
      partitions: [['app', 0x11000, 0x119000]],
      parts: [{ partition: 'app', schemes: '000100', bytes: app }],
    });
    const { message } = await refusedBy(UNREADABLE, { image });
    assert.match(message, /its code is stored with/);
  });

  it('takes its own dump back, and an update that any key fits', async () => {
    const { device, chip } = testDevice(UNREADABLE);
    const before = Buffer.from(chip.flash);
    const { payload: erased } = await device.erase({ region: 'app' });
    assert.equal(erased.verified, true);
    await device.write({ image: before });
    assert.ok(chip.flash.equals(before));
    const update = rblFile(plainCode({ texts: openBekenTexts('BK7231N') }), { compression: 1 });
    const { payload } = await device.write({ image: update });
    assert.deepEqual(payload.regions[0]?.offset, 0x12a000);
    await device.close();
  });

  it('is believed whatever eFuse says', async () => {
    const { encryptionKey, warnings } = await connected(
      `bk7231n?bootloader=unknown&${OWN}&efuse=tuya`,
    );
    assert.equal(encryptionKey, 'custom');
    assert.match(warnings, /reads as Tuya's, but the code on flash is stored with another one/);
    const read = await connected(`bk7231n?bootloader=unknown&${OWN}`);
    assert.equal(read.encryptionKey, 'custom');
  });

  it('is known by its application where its bootloader is blank', async () => {
    for (const efuse of ['none', 'tuya'])
      assert.equal(
        (await connected(`bk7231n?bootloader=blank&${OWN}&efuse=${efuse}`)).encryptionKey,
        'custom',
        efuse,
      );
  });

  it('is known by either, where somebody put code with another key beside it', async () => {
    for (const key of ['none', 'tuya'] as const) {
      const app = await connected(UNREADABLE, (flash) => {
        appImage({ key }).copy(flash, 0x11000);
      });
      assert.equal(app.encryptionKey, 'custom', key);
      const boot = await connected(UNREADABLE, (flash) => {
        bootloader({ key, saysBk7231: true }).copy(flash);
      });
      assert.equal(boot.encryptionKey, 'custom', key);
    }
  });

  it('is known on chips whose eFuse nobody can read', async () => {
    for (const sim of ['bk7238', 'bk7252n', 'bk7231u', 'bk7252', 'bk7231t']) {
      const { encryptionKey, warnings } = await connected(`${sim}?bootloader=unknown&${OWN}`);
      assert.equal(encryptionKey, 'custom', sim);
      assert.match(warnings, /this chip's own/, sim);
    }
    await refusedBy(`bk7238?bootloader=unknown&${OWN}`, {
      image: container({ texts: openBekenTexts('BK7238'), key: 'none' }),
    });
    await refusedBy(`bk7231u?bootloader=unknown&${OWN}`, { image: FOR_U });
  });

  it('is known by a bootloader that is known, whatever application lies behind it', async () => {
    const { encryptionKey } = await connected('bk7231n?bootloader=ae323e12&efuse=none', (flash) => {
      appImage().copy(flash, 0x11000);
    });
    assert.equal(encryptionKey, 'custom');
  });

  it('may be called by either name of its silicon', async () => {
    for (const name of ['BK7231N', 'BK7231M']) {
      const { chip, encryptionKey } = await connected(UNREADABLE, () => {}, name);
      assert.deepEqual([chip, encryptionKey], [name, 'custom']);
    }
  });

  it('shows in a dump, beside an application with another key too', async () => {
    const dump = flashImage({ key: 'other' });
    assert.equal((await inspect(dump)).encryptionKey, 'other');
    appImage({ key: 'none' }).copy(dump, 0x11000);
    assert.equal((await inspect(dump)).encryptionKey, 'other');
    assert.equal((await inspect(dump.subarray(0, 0x129f70))).encryptionKey, 'other');
  });
});

describe('a chip of which nothing tells the key', function () {
  this.timeout(60_000);

  it('is not taken for one without a key', async () => {
    for (const sim of ['bk7231m', 'bk7231n?efuse=none', 'bk7238', 'bk7252n']) {
      const { encryptionKey, warnings } = await connected(sim, blank);
      assert.equal(encryptionKey, null, sim);
      assert.match(warnings, /Which key this chip has cannot be told/, sim);
    }
  });

  it('is not told by noise, by damaged code, or by code that went to a wrong address', async () => {
    const damaged: Arrange = (flash) => {
      for (const start of [0, 0x11000])
        for (let at = 0; at < 12; at++) flash[start + at] = (flash[start + at] ?? 0) ^ 0x10;
    };
    const shifted: Arrange = (flash) => {
      const dump = flashImage();
      dump.copy(flash, 0, 0x11000);
      dump.copy(flash, dump.length - 0x11000, 0, 0x11000);
    };
    for (const [what, arrange] of [
      ['noise', (flash) => noise(0x20000).copy(flash)],
      ['a damaged beginning of both', damaged],
      ['a dump that was written from 0x0 on, though it begins at 0x11000', shifted],
    ] as [string, Arrange][])
      assert.equal(
        (await connected('bk7231n?bootloader=unknown&efuse=none', arrange)).encryptionKey,
        null,
        what,
      );
    const qio: Arrange = (flash) => {
      noise(0x11000).copy(flash);
      flashImage().copy(flash, 0x11000, 0, 0x100000);
    };
    const { encryptionKey } = await connected('bk7231n?bootloader=unknown&efuse=none', qio);
    assert.equal(encryptionKey, null, 'a whole image where the application belongs');
  });

  it('is not told where code for another core begins otherwise', async () => {
    for (const sim of ['bk7236', 'bk7258'])
      assert.equal((await connected(`${sim}?bootloader=unknown`)).encryptionKey, null, sim);
  });

  it('is not told by an application that a chip without a key could not run', async () => {
    const { encryptionKey } = await connected('bk7238?bootloader=unknown', (flash) => {
      noise(0x11000).copy(flash);
      appImage({ key: 'tuya' }).copy(flash, 0x11000);
    });
    assert.equal(encryptionKey, null);
  });

  it('keeps what eFuse says where flash tells nothing', async () => {
    assert.equal((await connected('bk7231n', blank)).encryptionKey, 'tuya');
    assert.equal((await connected(`bk7231n?${OWN}`, blank)).encryptionKey, 'custom');
  });

  it('takes images for either name of its silicon, and says that the key was not compared', async () => {
    for (const image of [FOR_M, FOR_N]) {
      const { device, chip } = testDevice('bk7231n?efuse=none');
      blank(chip.flash);
      const { payload, facts } = await device.write({ image });
      assert.equal(payload.verified, true);
      assert.match(facts.warnings.join(' '), /whether the chip's key is the same is not known/);
      await device.close();
    }
    await refusedBy(
      'bk7231n?efuse=none',
      { image: FOR_M, bootloader: 'keep', offset: 0x11000 },
      (flash) => {
        blank(flash);
        packets(200, [], 3).copy(flash, 0x11000);
      },
    );
  });

  it('gets a bootloader back where a person says which model it is', async () => {
    const image = flashImage({
      key: 'none',
      saysBk7231: true,
      name: 'BK7231N_1.0.1',
      app: { texts: openBekenTexts('BK7231N') },
    }).subarray(0, 0x129f70);
    const untold = testDevice('bk7231n?efuse=none');
    blank(untold.chip.flash);
    const replace = { image, bootloader: 'replace' } as const;
    const error = await rejection(untold.device.write(replace), 'BK_WRONG_IMAGE');
    assert.match(error.cause.advice.join(' '), /set the device's chip to BK7231M/);
    await untold.device.close();
    const { device, chip } = testDevice('bk7231n?efuse=none', { chip: 'BK7231M' });
    blank(chip.flash);
    await device.write(replace);
    assert.ok(chip.flash.subarray(0, 0x11000).equals(image.subarray(0, 0x11000)));
    await device.close();
  });

  it('is the twin that the device is set to', async () => {
    const { chip, warnings } = await connected('bk7231n?efuse=none', blank, 'BK7231M');
    assert.equal(chip, 'BK7231M');
    assert.match(warnings, /taken from the device's setting: only the code key/);
    const { device } = testDevice('bk7231n', { chip: 'BK7231M' });
    await rejection(device.connect(), 'BK_WRONG_CHIP');
    await device.close();
  });
});

describe('code without a key', () => {
  it('may begin with loads alone, as other compilers make it', async () => {
    const vectors = Buffer.from('18f09fe5'.repeat(8), 'hex');
    const { encryptionKey } = await connected('bk7231n?bootloader=unknown&key=none', (flash) => {
      packets(2048, [...vectors]).copy(flash);
    });
    assert.equal(encryptionKey, 'none');
    const found = await connected('bk7231m?bootloader=unknown', (flash) => {
      packets(2048, MARKERS.clear).copy(flash);
    });
    assert.equal(found.encryptionKey, 'none');
  });
});
