import assert from 'node:assert/strict';
import { BkError } from '../../../src';
import type { ImageContent } from '../../../src/image/detect/image-format';
import type { PlaceOptions, PlaceTarget } from '../../../src/placement/base/place-types';
import { isOwn, mustBeForChip, mustFit } from '../../../src/placement/fit/fit';
import { placeImage } from '../../../src/placement/kinds/place-image';
import { type Note, say } from '../../../src/texts/note';
import { detectImage } from '../../support/detect-image';
import { allEnglish } from '../../support/english';
import {
  appImage,
  bootloader,
  container,
  flashImage,
  plainCode,
  TUYA_TEXTS,
  UF2_FAMILY,
  uf2File,
} from '../../support/images';
import { codeThat, DESCRIPTION, imageOf, objectionOf, refusalOf } from '../../support/placing';

const N: PlaceTarget = { chip: 'BK7231N', family: 'full', flashSize: 0x200000, key: 'tuya' };
const T: PlaceTarget = { chip: 'BK7231T', family: 'basic', flashSize: 0x200000, key: 'tuya' };
const M: PlaceTarget = { ...N, chip: 'BK7231M', key: 'none' };
const MAC = '02:00:00:ab:cd:ef';

const BOOT_N = bootloader({ saysBk7231: true, name: 'BK7231N_1.0.1' });
const BOOT_T = bootloader({ download: 0x132000, name: 'BK7231S_1.0.5' });
const BOOT_M = bootloader({ key: 'none', saysBk7231: true });
const APP_N = container({ texts: TUYA_TEXTS.N, saysBk7231: true });
const APP_T = container({ texts: TUYA_TEXTS.T });
const APP_M = container({ key: 'none', saysBk7231: true });

/** A dump with this bootloader and this application; with T's data where the chip has it. */
function dumpOf(boot: Buffer | null, app: Buffer, calibration = 0x1d0000): Buffer {
  const dump = flashImage({ calibration });
  dump.fill(0xff, 0, 0x140000);
  boot?.copy(dump);
  app.copy(dump, 0x11000);
  return dump;
}

const place = (bytes: Buffer, target: PlaceTarget, options: PlaceOptions = {}) =>
  placeImage(detectImage(bytes), target, options);

function refusal(bytes: Buffer, target: PlaceTarget, options: PlaceOptions = {}): BkError {
  try {
    place(bytes, target, options);
  } catch (error) {
    assert.ok(error instanceof BkError, String(error));
    assert.match(error.message, /othing was changed/);
    assert.ok(error.cause.advice.length > 0);
    return error;
  }
  assert.fail('it was taken');
}

describe('a mixture of two chips', () => {
  const kinds = [
    ['a dump', dumpOf],
    ['a QIO image', (boot: Buffer, app: Buffer) => Buffer.concat([boot, app])],
  ] as const;
  for (const [what, make] of kinds) {
    it(`${what}: its application decides what may go to the application's place`, () => {
      for (const [boot, app, right, wrong] of [
        [BOOT_N, APP_T, T, N],
        [BOOT_T, APP_N, N, T],
      ] as const) {
        const error = refusal(make(boot, app), wrong);
        assert.equal(error.code, 'BK_WRONG_IMAGE');
        assert.match(error.message, /its application is for BK7231[NT], its bootloader for BK7231/);
        const { pieces, warnings } = place(make(boot, app), right);
        assert.equal(pieces[0]?.offset, 0x11000);
        assert.match(allEnglish(warnings).join(' '), /mixture.*keeps its own bootloader/);
        assert.equal(place(make(boot, app), wrong, { anyImage: true }).pieces[0]?.offset, 0x11000);
      }
    });

    it(`${what}: its bootloader decides whether it may go to 0x0`, () => {
      const error = refusal(make(BOOT_T, APP_N), N, { bootloader: 'replace' });
      assert.equal(error.code, 'BK_WRONG_IMAGE');
      assert.match(error.message, /its bootloader for BK7231T/);
      assert.match(error.cause.advice.join(' '), /bootloader to keep/);
      assert.equal(place(make(BOOT_N, APP_N), N, { bootloader: 'replace' }).pieces[0]?.offset, 0);
    });

    it(`${what}: of two keys that of the application counts`, () => {
      const error = refusal(make(BOOT_N, APP_M), N);
      assert.equal(error.code, 'BK_WRONG_IMAGE');
      assert.equal(place(make(BOOT_N, APP_M), M).pieces[0]?.offset, 0x11000);
      const silent = container({ key: 'none' });
      assert.match(
        refusal(make(BOOT_N, silent), N).message,
        /application is stored with no key, its bootloader with Tuya's key/,
      );
    });
  }

  it('is taken with a warning where it is of this very chip', () => {
    const { warnings } = place(dumpOf(BOOT_N, APP_T), { ...N, mac: MAC });
    assert.match(
      allEnglish(warnings).join(' '),
      /of this very chip.*its application is for BK7231T/,
    );
  });

  it('is told by the bootloader where the application says nothing', () => {
    const dump = dumpOf(BOOT_T, container(), 0x1e0000);
    assert.match(refusal(dump, N).message, /it is for BK7231T, but the chip is a BK7231N/);
    assert.equal(place(dump, T).pieces[0]?.offset, 0x11000);
  });
});

describe('a bootloader that is to replace the chip’s', () => {
  const replace = { bootloader: 'replace' } as const;
  const spoiled = (change: (boot: Buffer) => void): Buffer => {
    const boot = Buffer.from(BOOT_N);
    change(boot);
    return boot;
  };
  const unsound: [string, Buffer][] = [
    ['zeros', Buffer.alloc(0x11000)],
    ['noise', Buffer.from(APP_N.subarray(0x20, 0x11020))],
    ['half of it blank', spoiled((boot) => boot.fill(0xff, 0, 0x8000))],
    ['a stretch of it blank', spoiled((boot) => boot.fill(0xff, 34 * 300, 34 * 500))],
    ['one flipped bit', spoiled((boot) => boot.writeUInt8(boot.readUInt8(0x5000) ^ 1, 0x5000))],
  ];
  for (const [what, boot] of unsound) {
    it(`must be whole, in a dump and alone: ${what}`, () => {
      const dump = dumpOf(boot, APP_N);
      for (const target of [N, { ...N, mac: MAC }, { ...N, bootloaderCrc: 1 }]) {
        const error = refusal(dump, target, replace);
        assert.equal(error.code, 'BK_BAD_IMAGE');
        assert.match(error.message, /bootloader is to replace the chip's, but is damaged/);
      }
      assert.equal(refusal(dump, N, { ...replace, anyImage: true }).code, 'BK_BAD_IMAGE');
      assert.equal(place(dump, N).pieces[0]?.offset, 0x11000);
      const { code } = detectImage(dump);
      const bootloaderCrc = code?.bootloader?.crc ?? null;
      assert.notEqual(bootloaderCrc, null);
      assert.equal(
        place(dump, { ...N, mac: MAC, bootloaderCrc }, replace).pieces[0]?.offset,
        0,
        'what the chip holds already may stay',
      );
    });
  }

  it('without a header must have no gap in its code', () => {
    const bare = Buffer.from(BOOT_N).fill(0xff, 0x10f9a);
    assert.equal(place(dumpOf(bare, APP_N), N, replace).pieces[0]?.offset, 0);
    bare.fill(0xff, 34 * 300, 34 * 500);
    assert.match(refusal(dumpOf(bare, APP_N), N, replace).message, /middle of its code is blank/);
  });

  it('must be one for sure: code without a key begins alike for both places', () => {
    const short = appImage({ key: 'none', length: 0x8000 });
    assert.equal(detectImage(short).kind, 'packets');
    assert.match(refusal(short, M, replace).message, /may be a bootloader or an application/);
    assert.equal(place(BOOT_M, M, replace).pieces[0]?.offset, 0);
  });

  it('must have the key of the chip, in a dump, too', () => {
    const dump = dumpOf(bootloader({ key: 'other' }), APP_N);
    assert.match(refusal(dump, N, replace).message, /its bootloader with a key that is not known/);
  });
});

describe('a damaged application', () => {
  const app = Buffer.from(APP_N);
  app.writeUInt8(app.readUInt8(0x4000) ^ 4, 0x4000);

  it('is warned about in a dump that goes back as a whole', () => {
    const { warnings } = place(dumpOf(BOOT_N, app), N);
    assert.match(allEnglish(warnings).join(' '), /dump is damaged.*wrong CRC/);
  });

  it('is refused in a UF2 file', () => {
    const code = app.subarray(0, 34 * 600);
    const table = [['app', 0x11000, 0x119000]] as const;
    const file = (bytes: Buffer) =>
      uf2File({ partitions: table, parts: [{ partition: 'app', schemes: '000100', bytes }] });
    assert.equal(place(file(APP_N.subarray(0, 34 * 600)), N).pieces.length, 1);
    const error = refusal(file(code), N);
    assert.equal(error.code, 'BK_BAD_IMAGE');
    assert.match(error.message, /wrong CRC/);
  });
});

describe('a UF2 file', () => {
  it('must be for the chip by its number and by the code in it', () => {
    const file = (family: number, app: Buffer) =>
      uf2File({
        family,
        partitions: [['app', 0x11000, 0x119000]],
        parts: [{ partition: 'app', schemes: '000100', bytes: app.subarray(0, 34 * 600) }],
      });
    const wrong = file(UF2_FAMILY.BK7231T, APP_N);
    assert.match(refusal(wrong, T).message, /Its application is for BK7231N/);
    assert.match(refusal(wrong, N).message, /Its application is for BK7231N/);
    const clear = file(UF2_FAMILY.BK7231T, container({ key: 'none' }));
    assert.match(refusal(clear, T).message, /stored with no key/);
    assert.equal(place(file(UF2_FAMILY.BK7231T, APP_T), T).pieces.length, 1);
  });
});

describe('a chip on which nothing was ever tried', () => {
  const chip: PlaceTarget = { ...N, chip: 'BK7236', key: null, mac: MAC };

  it('takes its own dump back, with a warning, and nothing else', () => {
    const own = flashImage({ key: 'none' });
    assert.match(
      allEnglish(place(own, chip).warnings).join(' '),
      /BK7236 was never tried on hardware/,
    );
    const other = { ...chip, mac: '02:00:00:00:00:01' };
    for (const target of [other, { ...chip, mac: null }])
      for (const options of [{}, { anyImage: true }]) {
        const error = refusal(own, target, options);
        assert.equal(error.code, 'BK_WRONG_IMAGE');
        assert.match(error.message, /only a dump of this very chip is put back on a BK7236/);
        assert.match(error.cause.advice.join(' '), /offset and skip to 0x11000, and anyImage/);
      }
    for (const image of [APP_N, Buffer.concat([BOOT_N, APP_N])])
      assert.match(refusal(image, chip).message, /where it would go on a BK7236 is not known/);
  });
});

describe('plain code', () => {
  it('is told apart for bootloader and application', () => {
    const { code } = detectImage(dumpOf(BOOT_T, APP_N));
    assert.deepEqual(code?.app?.chips, ['BK7231N']);
    assert.deepEqual(code?.bootloader?.chips, ['BK7231T']);
    assert.equal(code?.app?.key, 'tuya');
    assert.equal(detectImage(plainCode()).code, undefined);
    const dump = dumpOf(BOOT_N, APP_N);
    const rotated = detectImage(Buffer.concat([dump.subarray(0x11000), dump.subarray(0, 0x11000)]));
    assert.equal(rotated.code?.app?.offset, 0);
    assert.equal(rotated.code?.bootloader?.offset, 0x1ef000);
  });
});

describe('damage', () => {
  const bytes = Buffer.alloc(1);
  const APP: ImageContent = { to: 'app', bytes };
  const BOOT: ImageContent = { to: 'bootloader', bytes };
  const FLASH: ImageContent = { to: 'flash', bytes, partitions: [], putRight: null };
  const [here, there, other] = [
    say('image.packetsAtApp'),
    say('image.packetsAtBootloader'),
    say('image.dump'),
  ];
  const calibration = { offset: 0, mac: MAC };
  const code = { app: codeThat({ damaged: [here] }), bootloader: codeThat({ damaged: [there] }) };
  const warned = (facts: Parameters<typeof imageOf>[0], target = { ...N, mac: MAC }): Note[] => {
    const warnings: Note[] = [];
    mustFit(imageOf({ encryptionKey: 'tuya', ...facts }), target, {}, warnings);
    return warnings;
  };
  const refusal = (damage: Note[]) => ({
    code: 'BK_BAD_IMAGE',
    text: say('placement.refused', {
      image: DESCRIPTION,
      why: say('placement.damaged', { damage }),
    }),
    advice: [say('placement.getAnew')],
  });

  it('of a dump is how its chip may have been: it is told, each once', () => {
    assert.deepEqual(warned({ contents: [FLASH], damaged: [here, other], code }), [
      say('placement.dumpDamaged', { damage: [here, other] }),
    ]);
  });

  it('of other images ends it, but where they are of this very chip', () => {
    const image = { contents: [APP, BOOT], damaged: [other], code };
    assert.deepEqual(
      refusalOf(() => warned(image)),
      refusal([other, here]),
    );
    assert.deepEqual(warned({ ...image, calibration }), [
      say('placement.ownDamaged', { damage: [other, here] }),
    ]);
  });

  it('of a part of an image is only its own', () => {
    const sound = { app: codeThat(), bootloader: codeThat() };
    assert.deepEqual(warned({ contents: [APP], damaged: [other], code: sound }), []);
    assert.deepEqual(
      refusalOf(() => warned({ contents: [APP], damaged: [other], code })),
      refusal([here]),
    );
    for (const without of [undefined, { app: null, bootloader: codeThat() }])
      assert.deepEqual(
        refusalOf(() =>
          warned({
            contents: [APP],
            damaged: [other],
            ...(without === undefined ? {} : { code: without }),
          }),
        ),
        refusal([other]),
      );
    assert.deepEqual(warned({ contents: [BOOT], damaged: [other], code }), []);
    for (const without of [undefined, { app: null, bootloader: null }])
      assert.deepEqual(
        refusalOf(() =>
          warned({
            contents: [BOOT],
            damaged: [other],
            ...(without === undefined ? {} : { code: without }),
          }),
        ),
        refusal([other]),
      );
  });
});

describe('a bootloader alone that contradicts itself', () => {
  it('is refused as such, whether or not it is to replace the own', () => {
    const mixed = codeThat({ mixed: true, says: [say('image.dump')] });
    const image = imageOf({
      contents: [{ to: 'bootloader', bytes: Buffer.alloc(1) }],
      code: { app: null, bootloader: mixed },
    });
    for (const options of [{}, { bootloader: 'replace' } as const])
      assert.deepEqual(
        objectionOf(() => mustFit(image, N, options, [])),
        [
          say('placement.bootloaderContradicts', { says: mixed.says }),
          say('placement.getAnew'),
          say('placement.setAnyImage'),
        ],
      );
  });
});

describe('an image of this very chip', () => {
  const calibration = { offset: 0, mac: MAC };

  it('is told by its MAC, but not the calibration alone, which another device may have got', () => {
    assert.equal(isOwn(imageOf({ calibration }), { ...N, mac: MAC }), true);
    assert.equal(isOwn(imageOf({ calibration }), { ...N, mac: '02:00:00:00:00:01' }), false);
    assert.equal(
      isOwn(imageOf({ calibration: { offset: 0, mac: null } }), { ...N, mac: null }),
      false,
    );
    assert.equal(isOwn(imageOf(), { ...N, mac: MAC }), false);
    const alone = imageOf({ kind: 'calibration', calibration });
    assert.equal(isOwn(alone, { ...N, mac: MAC }), false);
  });
});

describe('what is said of an image on a chip with another core', () => {
  const chip: PlaceTarget = { ...N, chip: 'BK7236', key: null };
  const judge = (facts: Parameters<typeof imageOf>[0], mac: string | null = null) =>
    objectionOf(() =>
      mustBeForChip(imageOf(facts), { ...chip, mac }, { app: true, bootloader: false }, {}),
    );
  const contents: ImageContent[] = [
    { to: 'flash', bytes: Buffer.alloc(1), partitions: [], putRight: null },
  ];

  it('is that nobody knows its place, or which chip a dump is of', () => {
    assert.deepEqual(judge({}), [
      say('placement.placeUnknown', { chip: 'BK7236' }),
      say('placement.useBackupOrMakers', { chip: 'BK7236' }),
    ]);
    const advice = [
      say('placement.useOwnBackup'),
      say('placement.setOffsetAndSkip', { start: '0x11000' }),
    ];
    const onlyOwn = (given: string | Note, own: string | Note) => [
      say('placement.onlyOwnDump', { chip: 'BK7236', given, own }),
      ...advice,
    ];
    const none = say('placement.macNotInIt');
    const unreadable = say('placement.macUnreadable');
    assert.deepEqual(judge({ contents }), onlyOwn(none, unreadable));
    const other = '02:00:00:00:00:01';
    assert.deepEqual(
      judge({ contents, calibration: { offset: 0, mac: MAC } }, other),
      onlyOwn(MAC, other),
    );
    assert.deepEqual(
      judge({ contents, calibration: { offset: 0, mac: null } }, other),
      onlyOwn(none, other),
    );
  });
});
