import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { SECTOR } from '../../src/chip/geometry';
import { inspect } from '../../src/image/inspect/inspect';
import { noise, scratchFolder, testDevice } from '../support/bench-device';
import {
  bootloader,
  container,
  flashImage,
  openBekenTexts,
  plainCode,
  rblFile,
  TUYA_TEXTS,
} from '../support/images';
import { rejection } from '../support/rejects';

/** An N as modules without Tuya's firmware have it, laid out as a T usually is. */
const OTHER_N = 'bk7231n?mac=c8:47:8c:01:02:03&calibration=0x1e0000&download=0x132000:0xae000';
const MAC = 'c8:47:8c:01:02:03';
const OPENBEKEN = container({ texts: openBekenTexts('BK7231N'), length: 0x9000 });
const QIO = Buffer.concat([bootloader({ name: 'BK7231N_1.0.1' }), OPENBEKEN]);

const sectorAt = (flash: Buffer, at: number) => Buffer.from(flash.subarray(at, at + SECTOR));
const isBlank = (bytes: Buffer) => bytes.every((byte) => byte === 0xff);

describe('a chip with the layout of another model', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  it('is told by connect, with its MAC and where it has what', async () => {
    const { device } = testDevice(OTHER_N);
    const { payload, facts } = await device.connect();
    assert.equal(payload.chip, 'BK7231N');
    assert.equal(payload.mac, MAC);
    assert.deepEqual(payload.layout, {
      app: { offset: 0x11000, length: 0x119000 },
      download: { offset: 0x132000, length: 0xae000 },
      calibration: 0x1e0000,
      from: 'table',
    });
    assert.match(
      facts.warnings.join('\n'),
      /otherwise than is usual for a BK7231N: its download slot is 0x132000 to 0x1dffff, the calibration of its radio is at 0x1e0000/,
    );
    await device.close();
  });

  for (const chip of ['bk7231n', 'bk7231t', 'bk7238', 'bk7252']) {
    it(`is not said of a ${chip} with its own`, async () => {
      const { device } = testDevice(chip);
      const { payload, facts } = await device.connect();
      assert.equal(payload.layout.from, 'table');
      assert.doesNotMatch(facts.warnings.join(), /laid out otherwise/);
      await device.close();
    });
  }

  it('without a table goes by where the calibration lies', async () => {
    const { device } = testDevice('bk7231n?calibration=0x1e0000&download=none');
    const { payload, facts } = await device.connect();
    const { from, download, calibration } = payload.layout;
    assert.deepEqual([from, download?.offset, calibration], ['model', 0x132000, 0x1e0000]);
    assert.match(facts.warnings.join(), /laid out otherwise/);
    await device.close();
  });

  it('gets OpenBeken with its calibration where that looks for it', async () => {
    const { device, chip } = testDevice(OTHER_N);
    const own = sectorAt(chip.flash, 0x1e0000);
    const { facts } = await device.write({ image: OPENBEKEN });
    assert.ok(sectorAt(chip.flash, 0x1d0000).equals(own), 'copied');
    assert.ok(sectorAt(chip.flash, 0x1e0000).equals(own), 'kept');
    assert.match(facts.warnings.join(), /at 0x1d0000, where this chip has none: it is copied/);
    assert.equal((await device.connect()).payload.mac, MAC);
    await device.close();
  });

  it('is told that updates of OpenBeken will not be installed', async () => {
    const says = /installs updates from 0x132000 to 0x1dffff, but OpenBeken on a BK7231N puts its/;
    for (const [image, advice] of [
      [OPENBEKEN, /or write a QIO file of OpenBeken once with bootloader set to replace/],
      [QIO, /or write this very file once more with bootloader set to replace/],
    ] as const) {
      const { device } = testDevice(OTHER_N);
      const { warnings } = (await device.write({ image })).facts;
      assert.match(warnings.join(), says);
      assert.match(warnings.join(), advice);
      await device.close();
    }
  });

  it('and nothing of the kind where the bootloader that comes along has another table', async () => {
    const { device, chip } = testDevice(OTHER_N);
    const { facts } = await device.write({ image: QIO, bootloader: 'replace' });
    assert.doesNotMatch(facts.warnings.join(), /installs updates/);
    assert.ok(sectorAt(chip.flash, 0x1d0000).equals(sectorAt(chip.flash, 0x1e0000)));
    const { layout } = (await device.connect()).payload;
    assert.equal(layout.download?.offset, 0x12a000);
    await device.close();
  });

  it('may be a T like an N: its bootloader stays, and updates are done by cable', async () => {
    const { device, chip } = testDevice('bk7231t?calibration=0x1d0000&download=0x12a000:0xa6000');
    const own = sectorAt(chip.flash, 0x1d0000);
    const image = container({ texts: openBekenTexts('BK7231T'), length: 0x9000 });
    const { facts } = await device.write({ image });
    assert.ok(sectorAt(chip.flash, 0x1e0000).equals(own));
    assert.match(facts.warnings.join(), /OpenBeken on a BK7231T .* at 0x132000: .* by cable, with/);
    assert.doesNotMatch(facts.warnings.join(), /replace/);
    await device.close();
  });

  it('keeps what lies where OpenBeken looks for the calibration, and says so', async () => {
    const { device, chip } = testDevice('bk7231n?calibration=0x1e0000');
    const held = noise(SECTOR, 3);
    held.copy(chip.flash, 0x1d0000);
    const { facts } = await device.write({ image: OPENBEKEN });
    assert.ok(sectorAt(chip.flash, 0x1d0000).equals(held));
    assert.match(facts.warnings.join(), /not copied, as something else lies at 0x1d0000/);
    await device.close();
  });

  it('gets no copy for other firmware', async () => {
    const { device, chip } = testDevice(OTHER_N);
    await device.write({ image: container({ texts: TUYA_TEXTS.N, saysBk7231: true }) });
    assert.ok(isBlank(sectorAt(chip.flash, 0x1d0000)));
    await device.close();
  });

  it('takes an update into its own slot, but not over what OpenBeken has in there', async () => {
    const { device, chip } = testDevice(OTHER_N);
    const update = (length: number) =>
      rblFile(plainCode({ length, texts: TUYA_TEXTS.N, saysBk7231: true }));
    const { payload } = await device.write({ image: update(0xa0000) });
    assert.deepEqual(payload.regions, [{ offset: 0x132000, length: 0xa1000 }]);
    await device.erase({ region: 'app' });
    await device.write({ image: OPENBEKEN, openbeken: { name: 'lamp' } });
    assert.equal(sectorAt(chip.flash, 0x1d1000).toString('latin1', 0, 3), 'CFG');
    const refusal = async () =>
      (await rejection(device.write({ image: update(0xa0000) }), 'BK_WRONG_IMAGE')).message;
    assert.match(await refusal(), /over the calibration of the radio with the MAC at 0x1d0000/);
    const copy = { offset: 0x1d0000, length: SECTOR };
    await device.erase({ region: 'range', calibration: 'erase', ...copy });
    assert.match(await refusal(), /0x1d1000 to 0x1d1fff.*OpenBeken's configuration/);
    await device.write({ image: update(0x9d000) });
    await device.close();
  });

  it('gets its calibration back where its own firmware looks for it', async () => {
    const { device, chip } = testDevice(OTHER_N);
    const own = sectorAt(chip.flash, 0x1e0000);
    const dump = Buffer.from(chip.flash);
    await device.erase({ region: 'all', calibration: 'erase' });
    assert.ok(isBlank(sectorAt(chip.flash, 0x1e0000)));
    const { payload } = await device.write({ image: own, part: 'rf' });
    assert.deepEqual(payload.regions, [{ offset: 0x1e0000, length: SECTOR }]);
    assert.ok(sectorAt(chip.flash, 0x1e0000).equals(own));
    await device.write({ image: dump });
    assert.ok(chip.flash.equals(dump), 'its own dump goes back as a whole');
    await device.close();
  });

  it('is told from its dump, when the whole flash was erased', async () => {
    const { device, chip } = testDevice('bk7231n');
    const dump = flashImage({
      download: 0x132000,
      calibration: 0x1e0000,
      saysBk7231: true,
      app: { texts: TUYA_TEXTS.N, saysBk7231: true },
    });
    chip.flash.fill(0xff);
    const { payload } = await device.write({ image: dump, part: 'rf' });
    assert.deepEqual(payload.regions, [{ offset: 0x1e0000, length: SECTOR }]);
    await device.close();
  });

  it('is erased by its own slots, without settings and calibrations in the midst of them', async () => {
    const { device, chip } = testDevice(OTHER_N);
    await device.write({ image: OPENBEKEN, openbeken: { name: 'lamp' } });
    noise(SECTOR, 5).copy(chip.flash, 0x1df000);
    noise(SECTOR, 6).copy(chip.flash, 0x1e8000);
    const kept = [0x1d0000, 0x1d1000, 0x1e0000, 0x1e8000].map((at) => sectorAt(chip.flash, at));
    const { payload } = await device.erase({ region: 'app' });
    assert.deepEqual(
      payload.regions.map(({ offset, length }) => [offset, offset + length]),
      [
        [0x11000, 0x1d0000],
        [0x1d2000, 0x1e0000],
      ],
    );
    assert.ok(isBlank(sectorAt(chip.flash, 0x1df000)));
    assert.deepEqual(
      [0x1d0000, 0x1d1000, 0x1e0000, 0x1e8000].map((at) => sectorAt(chip.flash, at)),
      kept,
    );
    await device.erase({ region: 'data' });
    assert.ok(isBlank(sectorAt(chip.flash, 0x1d1000)), 'the settings');
    assert.ok(isBlank(sectorAt(chip.flash, 0x1e8000)));
    assert.deepEqual(sectorAt(chip.flash, 0x1d0000), kept[0]);
    assert.deepEqual(sectorAt(chip.flash, 0x1e0000), kept[2]);
    assert.equal((await device.connect()).payload.mac, MAC);
    await device.close();
  });

  it('is erased by its own slots though its model is not known', async () => {
    const { device, chip } = testDevice('bk7231t?bootloader=unknown');
    assert.equal((await device.connect()).payload.chip, null);
    const calibration = sectorAt(chip.flash, 0x1e0000);
    const { payload } = await device.erase({ region: 'app' });
    assert.deepEqual(payload.regions, [{ offset: 0x11000, length: 0x1c7000 }]);
    assert.ok(sectorAt(chip.flash, 0x1e0000).equals(calibration));
    await device.close();
  });

  it("keeps its data when another device's dump is written", async () => {
    const { device, chip } = testDevice(OTHER_N);
    const dump = flashImage({ app: { texts: TUYA_TEXTS.N, saysBk7231: true }, saysBk7231: true });
    noise(0x1000, 7).copy(dump, 0x1cf000);
    noise(0x1000, 8).copy(dump, 0x1e5000);
    const [calibration, data] = [0x1e0000, 0x1ee000].map((at) => sectorAt(chip.flash, at));
    await device.write({ image: dump });
    assert.deepEqual(sectorAt(chip.flash, 0x1e0000), calibration);
    assert.deepEqual(sectorAt(chip.flash, 0x1ee000), data);
    assert.ok(isBlank(sectorAt(chip.flash, 0x1e5000)), "not the other's");
    await device.close();
  });

  it('finds its own backup again, and keeps as many as it should', async () => {
    const { device } = testDevice(OTHER_N);
    const made = await device.write({
      image: OPENBEKEN,
      backup: { mode: 'once', folder: folder() },
    });
    const found = await device.erase({
      region: 'app',
      backup: { mode: 'once', folder: folder() },
    });
    assert.equal(found.payload.backup, made.payload.backup);
    for (let time = 0; time < 3; time++)
      await device.read({ file: { folder: folder(), keep: 2, filename: `again${time}.bin` } });
    assert.ok(readdirSync(folder()).every((name) => /c8478c010203|again/.test(name)));
    await device.close();
  });

  it('is a chip for bk-inspect, with its own partitions', async () => {
    for (const name of ['BK7231N_1.0.1', undefined]) {
      const dump = flashImage({
        download: 0x132000,
        calibration: 0x1e0000,
        saysBk7231: true,
        ...(name === undefined ? {} : { name }),
      });
      const found = await inspect(dump);
      assert.equal(found.chip, 'BK7231N');
      assert.equal(found.mac, '02:00:00:ab:cd:ef');
      assert.equal(found.rf?.offset, 0x1e0000);
      assert.equal(found.partitions.find((one) => one.name === 'download')?.offset, 0x132000);
      assert.deepEqual(found.warnings, []);
      assert.match(found.chipEvidence.join(), /layout is that of another chip/);
    }
  });

  it('is told by its application where the bootloader says nothing', async () => {
    const app = { texts: TUYA_TEXTS.N, saysBk7231: true };
    const dump = flashImage({ download: 0x132000, calibration: 0x1e0000, app });
    assert.equal((await inspect(dump)).chip, 'BK7231N');
  });

  it('says with a backup what it holds', async () => {
    const { device, chip } = testDevice(OTHER_N);
    const { payload } = await device.read();
    assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.flash));
    const found = await inspect(payload);
    assert.deepEqual([found.chip, found.mac, found.rf?.offset], ['BK7231N', MAC, 0x1e0000]);
    await device.close();
  });
});

describe('a chip with a flash that ends before its usual slots', function () {
  this.timeout(60_000);

  it('keeps its application: no update file goes in its place', async () => {
    const { device, chip } = testDevice('bk7231n?size=0x100000&download=none&calibration=none');
    const before = Buffer.from(chip.flash);
    const update = rblFile(plainCode({ saysBk7231: true }));
    const error = await rejection(
      device.write({ image: update, offset: 0x11000 }),
      'BK_WRONG_IMAGE',
    );
    assert.match(error.message, /at 0x11000 it would lie in the place of the application/);
    assert.ok(chip.flash.equals(before));
    await device.close();
  });
});
