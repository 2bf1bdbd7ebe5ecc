import assert from 'node:assert/strict';
import { BOOTLOADER_END, SECTOR } from '../../src/chip/geometry';
import { readOpenBekenConfig } from '../../src/image/openbeken/openbeken-config';
import { noise, scratchFolder, sum, type TestDevice, testDevice } from '../support/bench-device';
import { MARKERS, madeUpDump, packets } from '../support/images';
import { rejection } from '../support/rejects';
import { openBeken, TUYA_KINDS, tuyaChip, withoutParam } from '../support/tuya-device';
import { PAIRED, PLUG_PARAM, type TuyaValues } from '../support/tuya-storage';

const [tuya] = TUYA_KINDS;

describe('the failures that users of other tools meet with files and backups', function () {
  this.timeout(60_000);
  const folder = scratchFolder(this);

  /** What is said where the pins are to come from Tuya's firmware, and do not; nothing may be changed then. */
  async function whyNoPins({ device, chip }: TestDevice): Promise<string> {
    const before = Buffer.from(chip.flash);
    const job = device.write({
      image: openBeken(tuya),
      openbeken: { pins: 'tuya' },
      backup: { mode: 'always', folder: folder() },
    });
    const { message } = await rejection(job, 'BK_BAD_SETTING');
    assert.ok(chip.flash.equals(before));
    await device.close();
    return message;
  }

  it('F12 another key than the image has: refused before anything is erased, naming both', async () => {
    const { device, chip } = testDevice('bk7231m');
    const image = packets(64, MARKERS.tuyaApp);
    const job = device.write({ image, offset: BOOTLOADER_END });
    const error = await rejection(job, 'BK_WRONG_IMAGE');
    assert.match(error.message, /Tuya's key.*no key.*nothing was changed/);
    assert.equal(sum(chip.counters.erases), 0);
    await device.close();
  });

  it('F13 wrong file: told for what it is, and nothing is changed', async () => {
    const { device, chip } = testDevice('bk7231n');
    const page = Buffer.from('<!DOCTYPE html><html><body>404</body></html>');
    const error = await rejection(device.write({ image: page, offset: 'auto' }), 'BK_BAD_IMAGE');
    assert.match(error.message, /nothing was changed/i);
    assert.ok(error.cause.advice.length > 0);
    const other = testDevice('bk7238');
    const dump = await rejection(other.device.write({ image: madeUpDump() }), 'BK_WRONG_IMAGE');
    assert.match(dump.message, /nothing was changed/);
    assert.equal(sum(chip.counters.erases) + sum(other.chip.counters.erases), 0);
    await device.close();
    await other.device.close();
  });

  const noPins: [string, TuyaValues, RegExp][] = [
    ['was never paired', { em_sys_env: '"bk7231n"\0' }, /never paired/],
    ['is run by another controller', withoutParam({ baud_cfg: '{"baud":9600}\0' }), /TuyaMCU/],
  ];
  for (const [device, values, why] of noPins) {
    it(`F17 extraction of a Tuya configuration fails: says that the device ${device}`, async () => {
      assert.match(await whyNoPins(tuyaChip(tuya, values)), why);
    });
  }

  it('F17 extraction of a Tuya configuration fails: says that the storage has no form that is known', async () => {
    const bench = tuyaChip(tuya);
    bench.chip.flash.set(noise(0x12000), tuya.storage);
    assert.match(await whyNoPins(bench), /no storage.*form that is not known/);
  });

  it('F17 extraction of a Tuya configuration fails: says which value is damaged', async () => {
    const values = { user_param_key: `${PLUG_PARAM}\0` };
    const bench = tuyaChip(tuya, values, { sectors: 14, blocks: 14 });
    // The first page of its value, behind the key sector, the head of the block and the index.
    const page = tuya.storage + SECTOR + 256;
    bench.chip.flash.fill(0x11, page, page + 16);
    assert.match(await whyNoPins(bench), /Damaged.*user_param_key/);
  });

  it('F17 stale pages of a Tuya configuration: the newest are believed', async () => {
    const old = { ...PAIRED, user_param_key: '{module:CB2S,rl1_pin:7,rl1_lv:1,ch_num:1,}\0' };
    const { device, chip } = tuyaChip(tuya, PAIRED, { before: old });
    await device.write({
      image: openBeken(tuya),
      openbeken: { pins: 'tuya' },
      backup: { mode: 'always', folder: folder() },
    });
    const config = readOpenBekenConfig(chip.flash.subarray(tuya.config, tuya.config + SECTOR));
    assert.equal(config?.pins[26]?.role, 'Rel');
    assert.equal(config?.pins[7]?.role, 'BL0937CF');
    await device.close();
  });
});
