import assert from 'node:assert/strict';
import { codeOf } from '../../../src/placement/parts/code-of-dump';
import { say } from '../../../src/texts/note';
import { english } from '../../support/english';
import { bootloader, flashImage } from '../../support/images';
import { APP_N, loaded, N, QIO_N, refusalOf, refuses } from '../../support/placing';

describe('code as a part of an image', () => {
  const dump = flashImage({ saysBk7231: true });

  it('is cut out of a dump: the application as far as the table of the dump says', () => {
    const app = codeOf(loaded(dump), 'app', N);
    assert.equal(app.detected.kind, 'app');
    assert.ok(app.bytes.equals(dump.subarray(0x11000, 0x11000 + app.bytes.length)));
    assert.equal(0x11000 + app.bytes.length, 0x12a000);
    assert.equal(english(app.detected.description), 'the application of a dump');
    const boot = codeOf(loaded(dump), 'bootloader', N);
    assert.deepEqual([boot.detected.kind, boot.bytes.length], ['bootloader', 0x11000]);
  });

  it('is an image that is nothing else', () => {
    const image = loaded(APP_N);
    assert.equal(codeOf(image, 'app', N), image);
    assert.equal(codeOf(loaded(QIO_N), 'bootloader', N).detected.kind, 'bootloader');
    const alone = loaded(bootloader({}));
    assert.equal(codeOf(alone, 'bootloader', N).detected.description, alone.detected.description);
  });

  it('has to be in it', () => {
    const blank = Buffer.alloc(0x200000, 0xff);
    dump.copy(blank, 0x1d0000, 0x1d0000);
    for (const [bytes, part, says] of [
      [blank, 'app', /holds no application/],
      [blank, 'bootloader', /holds no bootloader/],
      [APP_N, 'bootloader', /holds no bootloader/],
      [bootloader({}), 'app', /holds no application/],
    ] as const)
      refuses(() => codeOf(loaded(bytes), part, N), 'BK_BAD_IMAGE', says);
  });
});

describe('a part that was cut out', () => {
  const dump = loaded(flashImage({ saysBk7231: true }));

  it('is placed as what it is, and nothing else of the image with it', () => {
    const app = codeOf(dump, 'app', N);
    assert.deepEqual(app.detected.contents, [{ to: 'app', bytes: app.bytes }]);
    assert.ok(app.detected.kind === 'app' && dump.detected.kind === 'dump');
    assert.notEqual(app.detected.app, null);
    assert.equal(app.detected.app, dump.detected.app);
    const boot = codeOf(dump, 'bootloader', N);
    assert.deepEqual(boot.detected.contents, [{ to: 'bootloader', bytes: boot.bytes }]);
    assert.deepEqual(boot.detected.description, say('placement.bootloaderOfImage'));
    const { detected } = codeOf(loaded(QIO_N), 'bootloader', N);
    assert.deepEqual(
      detected.contents.map(({ to }) => to),
      ['bootloader'],
    );
    assert.deepEqual(detected.description, say('placement.bootloaderOfImage'));
    const alone = loaded(bootloader({}));
    assert.equal(codeOf(alone, 'bootloader', N).detected, alone.detected);
  });

  it('goes to the end of the dump, where no table tells the end of the application', () => {
    const small = codeOf(dump, 'app', { ...N, flashSize: 0x100000 });
    assert.equal(small.bytes.length, 0x200000 - 0x11000);
  });

  it('is said to be missing, with what helps', () => {
    const blank = loaded(Buffer.from(dump.bytes).fill(0xff, 0, 0x12a000));
    for (const [part, text] of [
      ['app', say('placement.dumpWithoutApplication')],
      ['bootloader', say('placement.dumpWithoutBootloader')],
    ] as const)
      assert.deepEqual(
        refusalOf(() => codeOf(blank, part, N)),
        { code: 'BK_BAD_IMAGE', text, advice: [say('placement.useOtherDump')] },
      );
    const image = loaded(APP_N);
    assert.deepEqual(
      refusalOf(() => codeOf(image, 'bootloader', N)),
      {
        code: 'BK_BAD_IMAGE',
        text: say('placement.noBootloader', { image: image.detected.description }),
        advice: [say('placement.useWholeDump')],
      },
    );
  });
});
