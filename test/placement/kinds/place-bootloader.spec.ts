import assert from 'node:assert/strict';
import type { ImageContent } from '../../../src/image/detect/image-format';
import type { PlaceJob, PlaceOptions, PlaceTarget } from '../../../src/placement/base/place-types';
import { bootloaderPieces, mustBeReplaceable } from '../../../src/placement/kinds/place-bootloader';
import { type Note, say } from '../../../src/texts/note';
import {
  BK7238,
  codeThat,
  DESCRIPTION,
  imageOf,
  M,
  N,
  objectionOf,
  refusalOf,
  T,
} from '../../support/placing';

const bytes = Buffer.alloc(0x800, 1);
const BOOT: ImageContent = { to: 'bootloader', bytes };
const APP: ImageContent = { to: 'app', bytes };
const REPLACE: PlaceOptions = { bootloader: 'replace' };
type Facts = Parameters<typeof imageOf>[0];

const job = (target: PlaceTarget, options: PlaceOptions, facts: Facts): PlaceJob => ({
  image: imageOf({ chips: ['BK7231N'], encryptionKey: 'tuya', ...facts }),
  target,
  options,
  warnings: [],
});
const placed = (one: PlaceJob): { pieces: [number, number][]; warnings: Note[] } => ({
  pieces: bootloaderPieces(one, bytes).map((piece) => [piece.offset, piece.bytes.length]),
  warnings: one.warnings,
});

describe('the bootloader of an image', () => {
  const qio = { contents: [BOOT, APP] };
  const alone = { contents: [BOOT] };

  it('stays out of a chip that keeps its own, and a basic one is told why', () => {
    for (const options of [{}, { bootloader: 'keep' } as const])
      for (const target of [N, T])
        assert.deepEqual(placed(job(target, options, qio)), { pieces: [], warnings: [] });
    const warnings = [say('placement.bootloaderKept')];
    assert.deepEqual(placed(job(T, REPLACE, qio)), { pieces: [], warnings });
  });

  it('alone is nothing that could be written then, and what can be is said', () => {
    const refusal = (text: Note, advice: Note) => ({
      code: 'BK_BOOTLOADER_PROTECTED',
      text,
      advice: [advice],
      address: 0,
    });
    assert.deepEqual(
      refusalOf(() => placed(job(N, {}, alone))),
      refusal(
        say('placement.bootloaderToKeep', { image: DESCRIPTION }),
        say('placement.setReplace'),
      ),
    );
    for (const options of [{}, REPLACE])
      assert.deepEqual(
        refusalOf(() => placed(job(T, options, alone))),
        refusal(
          say('placement.basicBootloader', { image: DESCRIPTION }),
          say('placement.useApplication'),
        ),
      );
  });

  it('goes to 0x0 in whole sectors, and is doubted where it does not tell its chip', () => {
    for (const facts of [qio, alone])
      assert.deepEqual(placed(job(N, REPLACE, facts)), { pieces: [[0, 0x1000]], warnings: [] });
    assert.deepEqual(placed(job(N, REPLACE, { ...qio, chips: [] })), {
      pieces: [[0, 0x1000]],
      warnings: [say('placement.bootloaderTellsNoChip')],
    });
  });
});

describe('the key of a bootloader', () => {
  const ofBootloader = (key: 'tuya' | 'none' | 'other'): Facts => ({
    code: { app: codeThat(), bootloader: codeThat({ key }) },
  });
  const judge = (target: PlaceTarget, facts: Facts, options: PlaceOptions = {}): Note[] => {
    const one = job(target, options, facts);
    mustBeReplaceable(one);
    return one.warnings;
  };
  const refusal = [say('placement.keyNotSureToFit'), say('placement.useBootloaderForThis')];
  const twin = [say('placement.setTwin'), say('placement.setAnyImage')];

  it('has to be that of the chip, whatever the rest of the image has', () => {
    assert.deepEqual(judge(N, ofBootloader('tuya')), []);
    assert.deepEqual(judge(M, { ...ofBootloader('none'), encryptionKey: 'tuya' }), []);
    assert.deepEqual(judge({ ...N, key: 'custom' }, ofBootloader('other')), []);
    for (const [target, key] of [
      [N, 'none'],
      [N, 'other'],
      [M, 'tuya'],
      [BK7238, 'tuya'],
    ] as const)
      assert.deepEqual(
        objectionOf(() => judge(target, ofBootloader(key))),
        refusal,
      );
  });

  it('is that of the image where the bootloader tells none itself', () => {
    assert.deepEqual(judge(N, { encryptionKey: 'tuya' }), []);
    assert.deepEqual(judge(N, { code: { app: codeThat(), bootloader: null } }), []);
    assert.deepEqual(judge({ ...N, key: 'custom' }, { encryptionKey: 'other' }), []);
    assert.deepEqual(
      objectionOf(() => judge(N, { encryptionKey: 'none' })),
      refusal,
    );
  });

  it('does not matter where any image is wanted', () => {
    assert.deepEqual(judge(N, ofBootloader('none'), { anyImage: true }), []);
  });

  it('may be none on a chip that does not tell its own, where its model comes without', () => {
    const warnings = [say('placement.keylessBootloader', { chip: 'BK7238' })];
    assert.deepEqual(judge({ ...BK7238, key: null }, ofBootloader('none')), warnings);
    assert.deepEqual(
      objectionOf(() => judge({ ...BK7238, key: null }, ofBootloader('tuya'))),
      refusal,
    );
    assert.deepEqual(
      objectionOf(() => judge({ ...BK7238, key: 'custom' }, ofBootloader('none'))),
      refusal,
    );
    assert.deepEqual(
      objectionOf(() => judge({ ...BK7238, chip: null, key: null }, ofBootloader('none'))),
      refusal,
    );
  });

  it('would tell a chip from its twin: where it is not known, the twin can be named', () => {
    for (const key of ['none', 'tuya'] as const)
      assert.deepEqual(
        objectionOf(() => judge({ ...N, key: null }, ofBootloader(key))),
        [...refusal, ...twin],
      );
  });
});
