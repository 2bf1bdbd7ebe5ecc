import assert from 'node:assert/strict';
import { readOpenBekenConfig } from '../../../src/image/openbeken/openbeken-config';
import { CONFIG_LENGTH, crc8 } from '../../../src/image/openbeken/openbeken-layout';
import { buildOpenBekenConfig } from '../../../src/image/openbeken/openbeken-write';
import type { PlaceOptions, PlaceTarget } from '../../../src/placement/base/place-types';
import { configAddress, placeConfig } from '../../../src/placement/parts/place-config';
import { type Note, say } from '../../../src/texts/note';
import { allEnglish } from '../../support/english';
import { flashImage } from '../../support/images';
import {
  APP_N,
  BK7238,
  DESCRIPTION,
  imageOf,
  loaded,
  N,
  on,
  refusalOf,
  refuses,
  T,
} from '../../support/placing';

const CONFIG = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7231N' });
const WIDE = buildOpenBekenConfig({ name: 'plug' }, { chip: 'BK7252' });
const UNTOLD: PlaceTarget = { ...T, chip: null };
const Q: PlaceTarget = { ...T, chip: 'BK7231Q' };
const BK7252: PlaceTarget = { ...BK7238, chip: 'BK7252', flashSize: 0x400000 };

/** A configuration as other makers' chips sum it up. */
function ofOtherMake(): Buffer {
  const config = Buffer.from(CONFIG);
  config[3] = crc8(config.subarray(4, CONFIG_LENGTH), false);
  return config;
}

describe("where OpenBeken's configuration lies", () => {
  it('is told by the chip', () => {
    assert.equal(configAddress(on(N)), 0x1d1000);
    assert.equal(configAddress(on(T)), 0x1e1000);
    for (const [target, says] of [
      [UNTOLD, /a chip that does not tell its model/],
      [Q, /on a BK7231Q/],
      [{ ...N, flashSize: 0x100000 }, /on a BK7231N/],
    ] as const)
      refuses(() => configAddress(on(target)), 'BK_BAD_SETTING', says);
  });
});

describe("OpenBeken's configuration as a part", () => {
  const dump = flashImage({ saysBk7231: true, name: 'BK7231N_1.0.1' });
  CONFIG.copy(dump, 0x1d1000);

  it("goes from one chip's place to another's, out of a dump or alone", () => {
    for (const bytes of [dump, CONFIG]) {
      const { pieces, warnings } = placeConfig(loaded(bytes), on(T), {});
      assert.deepEqual(pieces, [{ offset: 0x1e1000, bytes: CONFIG }]);
      assert.deepEqual(warnings, []);
    }
  });

  const cases: [string, Buffer, PlaceTarget, RegExp][] = [
    ['it has other pins', WIDE, N, /is for 48 pins, but the BK7231N on \/dev\/ttyUSB0 has 32/],
    ['it has other pins the other way round', CONFIG, BK7252, /48/],
    ['its sum is of another make', ofOtherMake(), N, /chips of other makes/],
  ];
  for (const [what, bytes, target, says] of cases) {
    it(`is refused where ${what}`, () => {
      refuses(() => placeConfig(loaded(bytes), on(target), {}), 'BK_WRONG_IMAGE', says);
    });
  }

  it('has to be in the image', () => {
    for (const bytes of [flashImage(), APP_N])
      refuses(() => placeConfig(loaded(bytes), on(N), {}), 'BK_BAD_IMAGE', /no configuration/);
  });

  it("gets Beken's checksum, but in the dump of this very chip", () => {
    const other = Buffer.from(dump);
    ofOtherMake().copy(other, 0x1d1000);
    const options: PlaceOptions = { anyImage: true };
    const made = placeConfig(loaded(other), on(N), options);
    assert.equal(
      readOpenBekenConfig(made.pieces[0]?.bytes ?? other, 'BK7231N')?.checksum,
      'signed',
    );
    assert.match(allEnglish(made.warnings).join(' '), /made anew/);
    const own = placeConfig(loaded(other), on(N, { mac: '02:00:00:ab:cd:ef' }), {});
    assert.ok(own.pieces[0]?.bytes.equals(ofOtherMake()));
  });
});

describe('what is said of a configuration', () => {
  const port = '/dev/ttyUSB0';
  const N_HAS = { chip: 'BK7231N', port, needed: 32 };
  const WIDE_HAS = { chip: 'BK7252', port, needed: 48 };
  const ALL_THE_SAME = [say('placement.setUpByWebPage'), say('placement.setAnyImage')];
  const unsuited = (text: Note) => ({ code: 'BK_WRONG_IMAGE', text, advice: ALL_THE_SAME });
  /** A configuration in an image that names these chips. */
  const judge = (
    bytes: Buffer,
    target: PlaceTarget,
    chips: ('BK7231N' | 'BK7231T' | 'BK7252')[] = [],
    options: PlaceOptions = {},
  ) => placeConfig({ bytes, detected: imageOf({ chips, kind: 'app' }) }, on(target), options);
  /** One that does not tell its pins: nothing stands where they tell. */
  const SILENT = Buffer.from(CONFIG);
  SILENT.fill(0, 0x478, 0x4f0);
  SILENT[3] = crc8(SILENT.subarray(4, CONFIG_LENGTH), true);

  it('is for how many pins it is, where those are others than the chip has', () => {
    assert.deepEqual(
      refusalOf(() => judge(WIDE, N)),
      unsuited(say('placement.configOfOtherPins', { ...N_HAS, pins: 48 })),
    );
    assert.deepEqual(
      refusalOf(() => judge(CONFIG, BK7252)),
      unsuited(say('placement.configOfOtherPins', { ...WIDE_HAS, pins: 32 })),
    );
    assert.deepEqual(
      refusalOf(() => judge(WIDE, N, ['BK7252'])),
      unsuited(say('placement.configOfOther', { ...N_HAS, chips: 'BK7252', pins: 48 })),
    );
    assert.equal(judge(WIDE, N, [], { anyImage: true }).pieces[0]?.offset, 0x1d1000);
  });

  it('is that it does not tell its pins, only on a chip with more than most', () => {
    assert.deepEqual(
      refusalOf(() => judge(SILENT, BK7252)),
      unsuited(say('placement.configTellsNoPins', { ...WIDE_HAS, usual: 32 })),
    );
    assert.deepEqual(judge(SILENT, N).warnings, []);
    assert.equal(judge(SILENT, BK7252, ['BK7252']).pieces[0]?.offset, 0x1e1000);
    assert.equal(
      refusalOf(() => judge(SILENT, BK7252, ['BK7252', 'BK7231N'])).text.code,
      'placement.configTellsNoPins',
    );
    assert.deepEqual(judge(CONFIG, T, ['BK7231N', 'BK7231T']).warnings, []);
  });

  it('is that chips of other makes have other pins', () => {
    assert.deepEqual(
      refusalOf(() => judge(ofOtherMake(), N)),
      unsuited(say('placement.configOfOtherMake', { port })),
    );
  });

  it('stays what it is but for the checksum, where that is made anew', () => {
    const { pieces, warnings } = judge(ofOtherMake(), N, [], { anyImage: true });
    assert.deepEqual(warnings, [say('placement.checksumMadeAnew')]);
    const made = readOpenBekenConfig(pieces[0]?.bytes ?? CONFIG, 'BK7231N');
    assert.deepEqual([made?.name, made?.checksum], ['plug', 'signed']);
  });

  it('is its own in the dump of this very chip, rotated or not', () => {
    const mac = '02:00:00:ab:cd:ef';
    const own = imageOf({ kind: 'rotated-dump', calibration: { offset: 0, mac } });
    const image = { bytes: ofOtherMake(), detected: own };
    const { pieces, warnings } = placeConfig(image, on(N, { mac }), {});
    assert.deepEqual(warnings, []);
    assert.ok(pieces[0]?.bytes.equals(ofOtherMake()));
  });

  it('is that it is damaged, and where', () => {
    const damaged = Buffer.from(CONFIG);
    damaged.writeUInt8(damaged.readUInt8(0x300) ^ 1, 0x300);
    const bytes = Buffer.concat([Buffer.alloc(0x1000, 0xff), damaged]);
    assert.deepEqual(
      refusalOf(() => judge(bytes, N)),
      {
        code: 'BK_BAD_IMAGE',
        text: say('placement.configDamaged', { image: DESCRIPTION, offset: '0x1000' }),
        advice: [say('placement.useSoundConfig')],
      },
    );
    assert.deepEqual(
      refusalOf(() => judge(Buffer.alloc(0x1000, 0xff), N)),
      {
        code: 'BK_BAD_IMAGE',
        text: say('placement.noConfigInIt', { image: DESCRIPTION }),
        advice: [say('placement.useEarlierDump')],
      },
    );
  });

  it('is where this chip has its own, where the image has an older one elsewhere', () => {
    const other = buildOpenBekenConfig({ name: 'other' }, { chip: 'BK7231N' });
    const flash = Buffer.alloc(0x200000, 0xff);
    other.copy(flash, 0x1d1000);
    CONFIG.copy(flash, 0x1e1000);
    assert.ok(judge(flash, T).pieces[0]?.bytes.equals(CONFIG));
    assert.ok(judge(flash, N).pieces[0]?.bytes.equals(other));
  });

  it('is that its place is not known, and what helps', () => {
    assert.deepEqual(
      refusalOf(() => configAddress(on(UNTOLD))),
      {
        code: 'BK_BAD_SETTING',
        text: say('placement.configPlaceOfUnknown', { port }),
        advice: [say('placement.setChip')],
      },
    );
    const none = (chip: string) => ({
      code: 'BK_BAD_SETTING',
      text: say('placement.configPlaceUnknown', { chip, port }),
      advice: [say('placement.writeFirmwareAlone')],
    });
    assert.deepEqual(
      refusalOf(() => configAddress(on(Q))),
      none('BK7231Q'),
    );
    assert.equal(configAddress(on({ ...N, flashSize: 0x1d2000 })), 0x1d1000);
    assert.deepEqual(
      refusalOf(() => configAddress(on({ ...N, flashSize: 0x1d1000 }))),
      none('BK7231N'),
    );
  });
});
