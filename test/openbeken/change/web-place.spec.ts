import assert from 'node:assert/strict';
import type { ErrorCode, WriteOptions } from '../../../src';
import { noise } from '../../support/bench-device';
import {
  appImage,
  calibrationSector,
  container,
  esphomeTexts,
  flashImage,
  plainCode,
  rblFile,
  TUYA_TEXTS,
  ugFile,
} from '../../support/images';
import { closeWebBenches, openBekenUpdate, webBench } from '../../support/openbeken-bench';
import { rejection } from '../../support/rejects';

describe('what is written over the network', () => {
  afterEach(closeWebBenches);

  /** Refused, with the device as it was. */
  async function refused(
    options: WriteOptions,
    code: ErrorCode,
    says: RegExp,
    model = 'BK7231N',
  ): Promise<void> {
    const { server, device } = await webBench({ model });
    const before = Buffer.from(server.device.flash);
    const error = await rejection(device.write(options), code);
    assert.match([error.message, ...error.cause.advice].join(' '), says);
    assert.ok(server.requests.every(({ method }) => method === 'GET'));
    assert.ok(server.device.flash.equals(before));
  }

  const update = openBekenUpdate('2.0.0');
  const own = /OpenBK7231N_<version>\.rbl/;

  for (const [name, image] of [
    ['an application (UA)', container()],
    ['a dump (QIO)', flashImage({ key: 'tuya' })],
    ['an application without a header', appImage({ texts: TUYA_TEXTS.N })],
    ['an update in Tuya’s wrapping (UG)', ugFile(update)],
  ] as const) {
    it(`is not ${name}: the file that is right is named`, () =>
      refused({ image }, 'BK_WRONG_IMAGE', own));
  }

  it('is no update of another chip', async () => {
    await refused({ image: openBekenUpdate('2.0.0', 'BK7231T') }, 'BK_WRONG_IMAGE', /BK7231T/);
    await refused({ image: update }, 'BK_WRONG_IMAGE', /BK7231T/, 'BK7231T');
  });

  it('is no update of other firmware, of which nobody could see whether it starts', async () => {
    const code = plainCode({ texts: esphomeTexts('bk7231n'), length: 0x9000, saysBk7231: true });
    await refused({ image: rblFile(code, { compression: 1 }) }, 'BK_WRONG_IMAGE', own);
  });

  it('is no damaged update', async () => {
    const damaged = Buffer.from(update);
    damaged[200] = (damaged[200] ?? 0) ^ 1;
    await refused({ image: damaged }, 'BK_BAD_IMAGE', /damaged/i);
  });

  it('never goes where only a cable leads', async () => {
    const image = noise(0x1000);
    await refused({ image, offset: 0x0 }, 'BK_BOOTLOADER_PROTECTED', /serial adapter/);
    await refused({ image, offset: 0x11000 }, 'BK_OUT_OF_RANGE', /below 0x12a000/);
    await refused({ image, offset: 0x12a000 }, 'BK_OUT_OF_RANGE', /an update begins/);
    await refused({ image, offset: 0x200000 }, 'BK_OUT_OF_RANGE', /0x200000/);
    await refused({ image: update, part: 'bootloader' }, 'BK_BAD_SETTING', /bootloader/);
    await refused({ image: update, bootloader: 'replace' }, 'BK_BAD_SETTING', /bootloader/);
    await refused({ image: update, anyImage: true }, 'BK_BAD_SETTING', /another chip/);
    await refused({ image: update, openbeken: { name: 'lamp' } }, 'BK_BAD_SETTING', /web page/);
  });

  it('is no other device’s calibration', () =>
    refused(
      { image: calibrationSector([2, 0, 0, 1, 2, 3]), part: 'rf' },
      'BK_WRONG_IMAGE',
      /02:00:00:01:02:03/,
    ));

  it('is refused where OpenBeken and the bootloader look for updates at different places', async () => {
    const { server, device } = await webBench({
      flash: flashImage({ download: 0x132000, calibration: 0x1d0000 }),
    });
    const error = await rejection(device.write({ image: update }), 'BK_WRONG_IMAGE');
    assert.match(error.message, /0x12a000.*0x132000/);
    assert.ok(server.requests.every(({ method }) => method === 'GET'));
  });

  it('is no erase, and no examination', async () => {
    const { server, device } = await webBench();
    await rejection(device.erase(), 'BK_BAD_SETTING');
    await rejection(device.examine(), 'BK_BAD_SETTING');
    await rejection(device.listen(), 'BK_BAD_SETTING');
    assert.deepEqual(server.requests, []);
  });
});
