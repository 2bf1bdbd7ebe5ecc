import assert from 'node:assert/strict';
import type { ImageContent } from '../../../src/image/detect/image-format';
import {
  mustBeSoundBootloader,
  replacesBootloader,
} from '../../../src/placement/fit/bootloader-fit';
import { say } from '../../../src/texts/note';
import { codeThat, DESCRIPTION, imageOf, N, objectionOf, refusalOf } from '../../support/placing';

const bytes = Buffer.alloc(0x1000);
const BOOT: ImageContent = { to: 'bootloader', bytes };
const APP: ImageContent = { to: 'app', bytes };
const FLASH: ImageContent = { to: 'flash', bytes, partitions: [], putRight: null };

describe('a bootloader', () => {
  it('is replaced on a full chip that is told so, by an image with one', () => {
    const replace = { bootloader: 'replace' } as const;
    for (const content of [BOOT, FLASH])
      assert.equal(replacesBootloader(imageOf({ contents: [content] }), 'full', replace), true);
    const dump = imageOf({ contents: [FLASH] });
    assert.equal(replacesBootloader(dump, 'basic', replace), false);
    assert.equal(replacesBootloader(dump, 'full', {}), false);
    assert.equal(replacesBootloader(imageOf({ contents: [APP] }), 'full', replace), false);
  });

  it('that is damaged is not written, alone or with code', () => {
    const damage = [say('image.packetsAtBootloader')];
    const code = { app: null, bootloader: codeThat({ damaged: damage }) };
    for (const [contents, why] of [
      [[BOOT], say('placement.damagedBootloader', { damage })],
      [[BOOT, APP], say('placement.bootloaderInItDamaged', { damage })],
    ] as const)
      assert.deepEqual(
        refusalOf(() => mustBeSoundBootloader(imageOf({ contents: [...contents], code }), N)),
        {
          code: 'BK_BAD_IMAGE',
          text: say('placement.refused', { image: DESCRIPTION, why }),
          advice: [say('placement.useSoundBootloader')],
        },
      );
  });

  it('that the chip has already may be damaged: nothing of it changes', () => {
    const damaged = [say('image.packetsAtBootloader')];
    const image = (crc: number | null) =>
      imageOf({ contents: [FLASH], code: { app: null, bootloader: codeThat({ damaged, crc }) } });
    mustBeSoundBootloader(image(7), { ...N, bootloaderCrc: 7 });
    for (const [crc, bootloaderCrc] of [
      [7, 8],
      [null, null],
      [null, undefined],
    ] as const)
      assert.equal(
        refusalOf(() => mustBeSoundBootloader(image(crc), { ...N, bootloaderCrc })).code,
        'BK_BAD_IMAGE',
      );
  });

  it('has to be one for sure, by what it tells or by an application behind it', () => {
    const untold = codeThat({ told: false });
    const image = (contents: ImageContent[], app: boolean) =>
      imageOf({ contents, code: { app: app ? codeThat() : null, bootloader: untold } });
    mustBeSoundBootloader(image([BOOT, APP], true), N);
    const told = imageOf({ contents: [BOOT], code: { app: null, bootloader: codeThat() } });
    mustBeSoundBootloader(told, N);
    for (const doubtful of [image([BOOT], false), image([BOOT], true), image([FLASH], false)])
      assert.deepEqual(
        objectionOf(() => mustBeSoundBootloader(doubtful, N)),
        [
          say('placement.couldBeApplication'),
          say('placement.useTellingBootloader'),
          say('placement.giveAppOffset'),
        ],
      );
  });

  it('that is not in the image is refused elsewhere', () => {
    mustBeSoundBootloader(imageOf(), N);
    mustBeSoundBootloader(imageOf({ code: { app: codeThat(), bootloader: null } }), N);
  });
});
