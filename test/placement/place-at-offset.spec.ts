import assert from 'node:assert/strict';
import type { DetectedImage } from '../../src/image/detect/detect';
import {
  factsForBootloader,
  factsForFit,
  factsForUpdate,
  mustSpareApp,
  mustSpareBootloader,
  mustSuitOtherCore,
  partsIn,
  pieceOf,
  type Slice,
  sliceOf,
} from '../../src/placement/place-at-offset';
import { type Note, say } from '../../src/texts/note';
import { allEnglish } from '../support/english';
import { bootloader, flashImage, plainCode, rblFile } from '../support/images';
import {
  APP_N,
  DESCRIPTION,
  imageOf,
  loaded,
  N,
  objectionOf,
  on,
  QIO_N,
  refusalOf,
  refuses,
  T,
} from '../support/placing';

const slice = (offset: number, skip = 0, length = 0x1000): Slice => ({ offset, skip, length });
const detected = (bytes: Buffer): DetectedImage => loaded(bytes).detected;

describe('bytes for an offset', () => {
  it('are all of the image but those that are left out', () => {
    const image = loaded(Buffer.from([0, 1, 2, 3, 4, 5]));
    assert.deepEqual(sliceOf(image, 0x20000, {}), slice(0x20000, 0, 6));
    assert.deepEqual(sliceOf(image, 0x20000, { skip: 2 }), slice(0x20000, 2, 4));
    const few = sliceOf(image, 0x20000, { skip: 2, length: 3 });
    assert.deepEqual(pieceOf(image, few), { offset: 0x20000, bytes: Buffer.from([2, 3, 4]) });
  });

  it('hold the code that reaches into them', () => {
    const image = detected(QIO_N);
    const all = QIO_N.length;
    assert.deepEqual(partsIn(image, slice(0, 0, all)), { app: true, bootloader: true });
    assert.deepEqual(partsIn(image, slice(0, 0, 0x11000)), { app: false, bootloader: true });
    assert.deepEqual(partsIn(image, slice(0, 0x11000, all)), { app: true, bootloader: false });
    assert.deepEqual(partsIn(detected(Buffer.alloc(64, 1)), slice(0)), {
      app: true,
      bootloader: false,
    });
  });

  it('have the chip asked for no more than tells', () => {
    const update = detected(rblFile(plainCode()));
    assert.deepEqual(factsForFit(detected(APP_N)), { calibration: false });
    assert.deepEqual(factsForFit(detected(flashImage())), { calibration: true });
    assert.equal(factsForUpdate(detected(APP_N), on(N)), null);
    assert.deepEqual(factsForUpdate(update, on(N)), { calibration: true, partitions: true });
    assert.equal(factsForUpdate(update, on(N, { chip: 'BK7236' })), null);
  });
});

describe('an update at an offset', () => {
  const update = detected(rblFile(plainCode()));
  for (const [offset, fine] of [
    [0x10000, true],
    [0x11000, false],
    [0x129000, false],
    [0x12a000, true],
  ] as const) {
    it(`${fine ? 'may' : 'may not'} go to 0x${offset.toString(16)} of an N`, () => {
      const judge = () => mustSpareApp(update, slice(offset), on(N));
      if (fine) judge();
      else refuses(judge, 'BK_WRONG_IMAGE', /from the download slot at 0x12a000/);
    });
  }
});

describe('the bootloader area at an offset', () => {
  it('is spared but on a full chip where it is to be replaced', () => {
    const replace = { bootloader: 'replace' } as const;
    mustSpareBootloader(slice(0x11000), on(T), {});
    mustSpareBootloader(slice(0), on(N), replace);
    for (const [target, options, says] of [
      [T, replace, /basic chip on \/dev\/ttyUSB0/],
      [N, {}, /below 0x11000/],
    ] as const)
      refuses(
        () => mustSpareBootloader(slice(0x10fff), on(target), options),
        'BK_BOOTLOADER_PROTECTED',
        says,
      );
  });

  it('takes a whole bootloader at 0x0, once the chip has told the checksum of its own', () => {
    const image = detected(bootloader({}));
    const whole = slice(0, 0, 0x11000);
    assert.deepEqual(factsForBootloader(image, whole, on(N), {}), { bootloaderCrc: true });
    assert.equal(factsForBootloader(image, slice(0x11000), on(N), {}), null);
    assert.equal(factsForBootloader(image, slice(0x100), on(N), { anyImage: true }), null);
    for (const part of [slice(0x1000, 0, 0x11000), slice(0, 0x1000), slice(0, 0, 0x1000)])
      refuses(
        () => factsForBootloader(image, part, on(N), {}),
        'BK_WRONG_IMAGE',
        /something else than a whole bootloader/,
      );
    refuses(
      () => factsForBootloader(detected(APP_N), whole, on(N), {}),
      'BK_WRONG_IMAGE',
      /whole bootloader/,
    );
  });
});

describe('a chip with another core', () => {
  const chip = on(N, { chip: 'BK7236', mac: '02:00:00:ab:cd:ef' });

  it('gets what nobody recognises, its own dump, and what is forced, with a warning', () => {
    const own = { ...detected(flashImage()), calibration: { offset: 0, mac: chip.mac ?? null } };
    for (const [image, options] of [
      [detected(Buffer.alloc(64, 1)), {}],
      [own, {}],
      [detected(APP_N), { anyImage: true }],
    ] as const)
      assert.match(
        allEnglish(mustSuitOtherCore(image as DetectedImage, chip, options)).join(' '),
        /BK7236 was never tried/,
      );
  });

  it('gets nothing that is for others', () => {
    refuses(
      () => mustSuitOtherCore(detected(APP_N), chip, {}),
      'BK_WRONG_IMAGE',
      /is for BK7231N.*is a BK7236, which runs other code/,
    );
    const untold = { ...detected(APP_N), chips: [] };
    refuses(() => mustSuitOtherCore(untold, chip, {}), 'BK_WRONG_IMAGE', /is for another chip/);
  });
});

describe('what is said of bytes for an offset', () => {
  const port = '/dev/ttyUSB0';
  const update = imageOf();

  it('leaves out what was to be left out, in front and behind', () => {
    const image = loaded(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8]));
    assert.deepEqual(pieceOf(image, slice(0x20000, 2, 3)).bytes, Buffer.from([2, 3, 4]));
  });

  it('hold no bootloader where the image has none', () => {
    const parts = partsIn(detected(APP_N), slice(0x11000, 0, APP_N.length));
    assert.deepEqual(parts, { app: true, bootloader: false });
  });

  it('is that an update in the place of the application would end its firmware', () => {
    const entry = (name: string, offset: number, length: number) => ({
      name,
      packets: false,
      offset,
      length,
    });
    const partitions = [entry('app', 0x11000, 0x119000), entry('download', 0x120000, 0x80000)];
    const tight = on(N, { partitions });
    mustSpareApp(update, slice(0x120000), tight);
    const asApp = (offset: number, target: typeof tight) =>
      objectionOf(() => mustSpareApp(update, slice(offset), target));
    assert.deepEqual(asApp(0x11f000, tight), [
      say('placement.updateAsAppOf', { offset: '0x11f000', slot: '0x120000' }),
      say('placement.autoForDownload'),
    ]);
    const noDownload = on(N, { flashSize: 0x180000 });
    mustSpareApp(update, slice(0x12a000), noDownload);
    assert.deepEqual(asApp(0x129000, noDownload), [
      say('placement.updateAsApp', { offset: '0x129000' }),
      say('placement.autoForDownload'),
    ]);
  });

  it('is the same on a small flash, of which no slot is known, or only that for updates', () => {
    const small = on(N, { flashSize: 0x100000 });
    mustSpareApp(update, slice(0x12000), small);
    mustSpareApp(update, slice(0x10000), small);
    const known = { name: 'download', packets: false, offset: 0x80000, length: 0x80000 };
    const withTable = { ...small, partitions: [known] };
    mustSpareApp(update, slice(0x80000), withTable);
    for (const [offset, target] of [
      [0x11000, small],
      [0x11fff, small],
      [0x10001, small],
      [0x11000, withTable],
      [0x7f000, withTable],
    ] as const)
      assert.equal(
        refusalOf(() => mustSpareApp(update, slice(offset), target)).code,
        'BK_WRONG_IMAGE',
      );
  });

  it('is where the bootloader is, and what may be written instead', () => {
    const refusal = (text: Note, advice: Note) => ({
      code: 'BK_BOOTLOADER_PROTECTED',
      text,
      advice: [advice],
      address: 0x10000,
    });
    const into = { offset: '0x10000', port };
    assert.deepEqual(
      refusalOf(() => mustSpareBootloader(slice(0x10000), on(T), {})),
      refusal(say('placement.intoBasicBootloader', into), say('placement.writeBehindBootloader')),
    );
    assert.deepEqual(
      refusalOf(() => mustSpareBootloader(slice(0x10000), on(N), {})),
      refusal(say('placement.intoBootloader', into), say('placement.writeBehindOrReplace')),
    );
  });

  it('is that something else than a whole bootloader does not start', () => {
    const why = (offset: string): Note[] => [
      say('placement.noWholeBootloader', { offset, port }),
      say('placement.autoAndReplace'),
      say('placement.bytesAllTheSame'),
    ];
    const judge = (image: DetectedImage, part: Slice) =>
      objectionOf(() => factsForBootloader(image, part, on(N), {}));
    assert.deepEqual(judge(imageOf(), slice(0, 0, 0x11000)), why('0x0'));
    const image = { ...detected(QIO_N), description: DESCRIPTION };
    assert.deepEqual(judge(image, slice(0, 0x1000, 0x11000)), why('0x0'));
    assert.deepEqual(judge(image, slice(0x1000, 0, 0x11000)), why('0x1000'));
    assert.deepEqual(factsForBootloader(image, slice(0, 0, QIO_N.length), on(N), {}), {
      bootloaderCrc: true,
    });
  });

  it('is for which chips an image is, where the core is another one', () => {
    const chip = on(N, { chip: 'BK7236' });
    const advice = [
      say('placement.useBackupOrFirmware', { chip: 'BK7236' }),
      say('placement.setAnyImage'),
    ];
    const app = { contents: [{ to: 'app' as const, bytes: Buffer.alloc(1) }] };
    const judge = (chips: DetectedImage['chips']) =>
      objectionOf(() => mustSuitOtherCore(imageOf({ ...app, chips }), chip, {}));
    assert.deepEqual(judge([]), [
      say('placement.forSomeOtherCore', { port, chip: 'BK7236' }),
      ...advice,
    ]);
    assert.deepEqual(judge(['BK7231N']), [
      say('placement.forOtherCore', { chips: 'BK7231N', port, chip: 'BK7236' }),
      ...advice,
    ]);
  });
});
