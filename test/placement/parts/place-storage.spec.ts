import assert from 'node:assert/strict';
import type { Region } from '../../../src/chip/layouts';
import { storageIn, storagePieces } from '../../../src/placement/parts/place-storage';
import { say } from '../../../src/texts/note';
import { allEnglish } from '../../support/english';
import { flashImage } from '../../support/images';
import { APP_N, imageOf, loaded, N, on, refusalOf, refuses } from '../../support/placing';
import { PLUG_PARAM, protectedSector, putUserFiles, tuyaStorage } from '../../support/tuya-storage';

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

describe("the sectors of Tuya's storage", () => {
  const bare = () => flashImage({ saysBk7231: true });
  const storage = { offset: 0x1ee000, length: 0x12000 };
  const withStorage = bare();
  tuyaStorage().copy(withStorage, 0x1ee000);

  it('are its own, those of the files, and the one with the protected items', () => {
    assert.deepEqual(storageIn(loaded(withStorage)), [storage]);
    const files = bare();
    putUserFiles(files, { oem_cfg: PLUG_PARAM }, 'N');
    assert.deepEqual(storageIn(loaded(files)), [{ offset: 0x1d2000, length: 0x3000 }]);
    const all = Buffer.from(files);
    tuyaStorage().copy(all, 0x1ee000);
    protectedSector({ gw_ai: '{}\0' }).copy(all, 0x1ed000);
    assert.deepEqual(storageIn(loaded(all)), [
      { offset: 0x1d2000, length: 0x3000 },
      { offset: 0x1ed000, length: 0x13000 },
    ]);
  });

  it('have no place where they alone are given', () => {
    const image = loaded(tuyaStorage());
    assert.deepEqual(
      refusalOf(() => storageIn(image)),
      {
        code: 'BK_BAD_IMAGE',
        text: say('placement.storagePlaceUnknown', { image: image.detected.description }),
        advice: [say('placement.useWholeDump'), say('placement.giveOffset')],
      },
    );
  });

  it('have to be in a part of a flash as a whole: half of them makes no device', () => {
    const cut = (flash: Buffer, start: number, end: number) => {
      const given: Region = { offset: start, length: end - start };
      const image = { ...loaded(flash), given };
      return () => storageIn(image);
    };
    for (const start of [0, 0x11000, 0x1ed000, 0x1ee000])
      assert.deepEqual(cut(withStorage, start, 0x200000)(), [storage]);
    const refusal = {
      code: 'BK_BAD_IMAGE',
      text: say('placement.storageCutOff'),
      advice: [say('placement.useWholeDump')],
    };
    for (const [start, end] of [
      [0x1ee001, 0x200000],
      [0x1f0000, 0x200000],
      [0, 0x1ff000],
      [0, 0x100000],
      [0x1ee000, 0x1f0000],
    ] as const)
      assert.deepEqual(refusalOf(cut(withStorage, start, end)), refusal);
    const early = bare();
    putUserFiles(early, { oem_cfg: PLUG_PARAM }, 'N');
    const files = [{ offset: 0x1d2000, length: 0x3000 }];
    assert.deepEqual(cut(early, 0x1d0000, 0x1d6000)(), files);
    // What ends with the part may go on behind it.
    assert.deepEqual(refusalOf(cut(early, 0x1d0000, 0x1d5000)), refusal);
    tuyaStorage().copy(early, 0x1ee000);
    assert.deepEqual(refusalOf(cut(early, 0x1d3000, 0x200000)), refusal);
  });
});

describe('what is said of a storage', () => {
  const region = { offset: 0x1000, length: 0x1000 };
  const bytes = Buffer.from(
    Array.from({ length: 3 }, (_, sector) => Array(0x1000).fill(sector)).flat(),
  );
  const MINE = '02:00:00:ab:cd:ef';
  const placed = (given: string | null | undefined, mac: string | null) => {
    const calibration = given === undefined ? null : { offset: 0, mac: given };
    return storagePieces(
      { bytes, detected: imageOf({ calibration }) },
      [region],
      [],
      on(N, { mac }),
    );
  };

  it('is its device, only where that is known to be another one', () => {
    const { pieces, warnings } = placed(MINE, '02:00:00:00:00:01');
    assert.deepEqual(warnings, [
      say('placement.otherStorage', { given: MINE, own: '02:00:00:00:00:01' }),
    ]);
    assert.deepEqual(pieces, [{ offset: 0x1000, bytes: Buffer.alloc(0x1000, 1) }]);
    for (const [given, mac] of [
      [MINE, MINE],
      [null, MINE],
      [undefined, MINE],
      [MINE, null],
    ] as const)
      assert.deepEqual(placed(given, mac).warnings, []);
  });

  it('is the calibration that it would go over, and what helps', () => {
    assert.deepEqual(
      refusalOf(() => storagePieces({ bytes, detected: imageOf() }, [region], [0x1000], on(N))),
      {
        code: 'BK_WRONG_IMAGE',
        text: say('placement.storageOverCalibration', { offset: '0x1000', port: '/dev/ttyUSB0' }),
        advice: [say('placement.useOwnDump')],
        address: 0x1000,
      },
    );
  });
});
