import assert from 'node:assert/strict';
import { storageIn, storagePieces } from '../../../src/placement/parts/place-storage';
import { allEnglish } from '../../support/english';
import { flashImage } from '../../support/images';
import { APP_N, loaded, N, on, refuses } from '../../support/placing';
import { PLUG_PARAM, putUserFiles, tuyaStorage } from '../../support/tuya-storage';

describe("Tuya's storage of a dump", () => {
  const flash = flashImage({ saysBk7231: true });
  putUserFiles(flash, { oem_cfg: PLUG_PARAM }, 'N');
  tuyaStorage().copy(flash, 0x1ee000);
  const dump = loaded(flash);
  const regions = storageIn(dump);

  it('goes with the files beside it, by their sectors and no others', () => {
    assert.ok(
      regions.some(({ offset, length }) => offset <= 0x1ee000 && offset + length > 0x1ee000),
    );
    assert.ok(regions.some(({ offset }) => offset === 0x1d2000));
    const { pieces, warnings } = storagePieces(dump, regions, [], on(N));
    assert.deepEqual(warnings, []);
    for (const { offset, bytes } of pieces)
      assert.ok(bytes.equals(flash.subarray(offset, offset + bytes.length)));
  });

  it('has to be in it', () => {
    for (const bytes of [flashImage(), APP_N])
      refuses(() => storageIn(loaded(bytes)), 'BK_BAD_IMAGE', /no storage of Tuya's firmware/);
  });

  it('is said to be of another device', () => {
    const other = on(N, { mac: '02:00:00:00:00:01' });
    const { warnings } = storagePieces(dump, regions, [], other);
    assert.match(allEnglish(warnings).join(' '), /another device.*the cloud knows them as two/);
  });

  it('goes over no calibration of the chip', () => {
    refuses(
      () => storagePieces(dump, regions, [0x1ee000], on(N)),
      'BK_WRONG_IMAGE',
      /reaches over 0x1ee000, where the chip on \/dev\/ttyUSB0/,
    );
  });
});
