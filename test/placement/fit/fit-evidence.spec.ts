import assert from 'node:assert/strict';
import { BkError } from '../../../src';
import type { DetectedImage } from '../../../src/image/detect/detect';
import type { PlaceTarget } from '../../../src/placement/base/place-types';
import {
  type CodeParts,
  keyOf,
  NO_CODE,
  type Objection,
  objectionTo,
  withEvidence,
} from '../../../src/placement/fit/fit-evidence';
import { anyOf, type Note, say } from '../../../src/texts/note';
import { codeThat, imageOf, M, N, on, T } from '../../support/placing';

const BOTH: CodeParts = { app: true, bootloader: true };
const APP: CodeParts = { app: true, bootloader: false };
const BOOT: CodeParts = { app: false, bootloader: true };
const A = say('image.packetsAtApp');
const B = say('image.packetsAtBootloader');
const TUYA = say('common.tuyaKey');
const NONE = say('common.noKey');

type Tells = NonNullable<Parameters<typeof codeThat>[0]>;

/** An image with these pieces of code. */
const holding = (
  app: Tells | null,
  bootloader: Tells | null = null,
  more: Parameters<typeof imageOf>[0] = {},
): DetectedImage =>
  imageOf({
    code: { app: app && codeThat(app), bootloader: bootloader && codeThat(bootloader) },
    ...more,
  });

function judged(image: DetectedImage, target: PlaceTarget, parts: CodeParts) {
  const notes: Note[] = [];
  return { objection: objectionTo(image, target, parts, notes), notes };
}

const fine = { objection: null, notes: [] };
const objects = (why: Note, advice: Note): { objection: Objection; notes: Note[] } => ({
  objection: { why, advice },
  notes: [],
});
const notFor = (chips: string | Note, chip: string): Note =>
  say('placement.forOtherChip', { chips, chip: say('placement.chipIs', { chip }) });
const useImageFor = (chip: string): Note => say('placement.useImageFor', { chip });

describe('what an image says of its chip', () => {
  const error = new BkError('BK_WRONG_IMAGE', say('placement.useFitting'));

  it('is told with a refusal, each sentence once', () => {
    const image = holding({ says: [A, B] }, { says: [B] }, { evidence: [A] });
    const [likely, ...more] = withEvidence(error, image).cause.likely;
    assert.deepEqual(more, []);
    assert.equal(likely?.code, 'placement.imageForOtherChip');
    assert.equal(likely?.confidence, 0.9);
    assert.deepEqual(likely?.evidenceCode, say('placement.evidence', { says: [A, B] }));
    const bootAlone = withEvidence(error, holding(null, { says: [B] })).cause.likely[0];
    assert.deepEqual(bootAlone?.evidenceCode, say('placement.evidence', { says: [B] }));
  });

  it('is left out where it says nothing, or another cause is known', () => {
    assert.equal(withEvidence(error, holding(null)), error);
    assert.equal(withEvidence(error, imageOf()), error);
    const known = error.with({ likely: [{ cause: A, confidence: 0.5, evidence: B }] });
    assert.equal(withEvidence(known, holding({ says: [A] })), known);
  });

  it('has a name for each key that a chip can have', () => {
    const names = (['tuya', 'none', 'other', null] as const).map((encryptionKey) =>
      keyOf(imageOf({ encryptionKey })),
    );
    assert.deepEqual(names, ['tuya', 'none', 'custom', null]);
  });
});

describe('code that contradicts itself', () => {
  const mixed = { mixed: true, says: [A, B] };
  const getAnew = say('placement.getAnew');

  it('is refused where it is to be written', () => {
    const app = say('placement.appContradicts', { says: [A, B] });
    const bootloader = say('placement.bootloaderContradicts', { says: [A, B] });
    assert.deepEqual(judged(holding(mixed), N, APP), objects(app, getAnew));
    assert.deepEqual(judged(holding({}, mixed), N, BOOT), objects(bootloader, getAnew));
    assert.deepEqual(judged(holding(mixed, mixed), N, BOTH), objects(app, getAnew));
  });

  it('does no harm where it stays out', () => {
    assert.deepEqual(judged(holding({}, mixed), N, APP), fine);
    assert.deepEqual(judged(holding(mixed, {}), N, BOOT), fine);
    assert.deepEqual(judged(holding(mixed, mixed), N, NO_CODE), fine);
  });
});

describe('an image for other chips', () => {
  it('is refused with the names of those, and of this one, which may be one of several', () => {
    const forT = holding({ chips: ['BK7231T'] });
    assert.deepEqual(
      judged(forT, N, APP),
      objects(notFor('BK7231T', 'BK7231N'), useImageFor('BK7231N')),
    );
    const chip = say('placement.chipOnPortIs', { chip: 'BK7231N', port: '/dev/ttyUSB0' });
    const why = say('placement.forOtherChip', { chips: 'BK7231T', chip });
    assert.deepEqual(judged(forT, on(N), APP), objects(why, useImageFor('BK7231N')));
    const untold: PlaceTarget = { ...T, chip: null };
    const given = say('placement.forOtherChip', {
      chips: anyOf(['BK7231N', 'BK7231M']),
      chip: say('placement.chipIs', { chip: say('common.basicChip') }),
    });
    assert.deepEqual(
      judged(holding({ chips: ['BK7231N', 'BK7231M'] }), untold, APP),
      objects(given, say('placement.useImageForThis')),
    );
  });

  it('is told by all that the image says, where its parts leave less than each alone', () => {
    const image = holding({ chips: ['BK7231N', 'BK7231M'] }, null, { chips: ['BK7231M'] });
    assert.deepEqual(
      judged(image, N, APP),
      objects(notFor('BK7231M', 'BK7231N'), useImageFor('BK7231N')),
    );
    assert.deepEqual(judged(holding(null, null, { chips: ['BK7231N'] }), N, APP), fine);
  });

  it('is told by a file that names its chip, whatever the code in it says', () => {
    const image = holding({ chips: ['BK7231N'] }, null, { kind: 'uf2', chips: ['BK7231T'] });
    assert.deepEqual(
      judged(image, N, APP),
      objects(notFor('BK7231T', 'BK7231N'), useImageFor('BK7231N')),
    );
  });

  it('may be for a twin where no key tells the two apart', () => {
    const forM = holding({ chips: ['BK7231M'], key: 'none' });
    assert.notEqual(judged(forM, N, NO_CODE).objection, null);
    for (const key of ['custom', null] as const)
      assert.deepEqual(judged(forM, { ...N, key }, NO_CODE), fine);
    const forT = holding({ chips: ['BK7231T'] });
    assert.notEqual(judged(forT, { ...N, key: null }, NO_CODE).objection, null);
  });
});

describe('an image whose application and bootloader are for two chips', () => {
  const mixture = { app: 'BK7231N', bootloader: 'BK7231T' };
  const forTwo = holding({ chips: ['BK7231N'] }, { chips: ['BK7231T'] });
  const against = (chip: string, { app, bootloader } = mixture): Note =>
    say('placement.mixtureForOtherChip', {
      app,
      bootloader,
      chip: say('placement.chipIs', { chip }),
    });

  it('goes by its application alone, where the chip keeps its bootloader', () => {
    const notes = [say('placement.mixture', mixture)];
    assert.deepEqual(judged(forTwo, N, APP), { objection: null, notes });
    assert.deepEqual(judged(forTwo, T, APP), objects(against('BK7231T'), useImageFor('BK7231T')));
  });

  it('is refused with both, and told to keep the bootloader where that helps', () => {
    assert.deepEqual(
      judged(forTwo, N, BOTH),
      objects(against('BK7231N'), say('placement.keepBootloader')),
    );
    const other = holding({ chips: ['BK7231T'] }, { chips: ['BK7231N'] });
    const turned = { app: 'BK7231T', bootloader: 'BK7231N' };
    assert.deepEqual(
      judged(other, N, BOTH),
      objects(against('BK7231N', turned), useImageFor('BK7231N')),
    );
  });

  it('goes by its bootloader alone, where that alone is written', () => {
    assert.deepEqual(judged(forTwo, T, BOOT), fine);
    assert.deepEqual(judged(forTwo, N, BOOT), objects(against('BK7231N'), useImageFor('BK7231N')));
    assert.deepEqual(judged(holding({ chips: ['BK7231T'] }, {}), N, BOOT), fine);
  });

  it('is none where one of them tells nothing, or they have a chip in common', () => {
    assert.deepEqual(judged(holding({ chips: ['BK7231N'] }, {}), N, APP), fine);
    assert.deepEqual(judged(holding({}, { chips: ['BK7231N'] }), N, APP), fine);
    const common = holding({ chips: ['BK7231N', 'BK7231M'] }, { chips: ['BK7231N'] });
    assert.deepEqual(judged(common, N, APP), fine);
  });
});

describe('an image for some models, on a chip that does not tell its own', () => {
  const UNTOLD: PlaceTarget = { ...T, chip: null };
  const forT = holding({ chips: ['BK7231T'] });
  const thisChip = say('placement.thisChip');
  const advice = say('placement.setChipIfSure', { chips: 'BK7231T' });
  const notTold = (able: string[], at = thisChip): ReturnType<typeof objects> =>
    objects(say('placement.modelNotTold', { chips: 'BK7231T', on: at, able: anyOf(able) }), advice);

  it('is refused where nothing speaks for a model, naming those that it can be', () => {
    const basic = ['BK7231T', 'BK7231U', 'BK7231Q', 'BK7252'];
    assert.deepEqual(judged(forT, UNTOLD, APP), notTold(basic));
    const at = say('placement.thisChipOn', { port: '/dev/ttyUSB0' });
    assert.deepEqual(judged(forT, on(UNTOLD), APP), notTold(basic, at));
    const unlikely = { ...UNTOLD, likely: { chips: [], says: [] } };
    assert.deepEqual(judged(forT, unlikely, APP), notTold(basic));
    const models: PlaceTarget = { ...UNTOLD, models: ['BK7231T', 'BK7231U'] };
    assert.deepEqual(judged(forT, models, APP), notTold(['BK7231T', 'BK7231U']));
  });

  it('is taken where it is for all that the chip can be, or names none', () => {
    assert.deepEqual(judged(forT, { ...UNTOLD, models: ['BK7231T'] }, APP), fine);
    assert.deepEqual(judged(holding({}), UNTOLD, APP), fine);
    assert.deepEqual(judged(holding({}), { ...UNTOLD, models: ['BK7231T'] }, APP), fine);
  });

  it('is compared with what is likely, and that is said once', () => {
    const facts = (likely: string | Note) => ({
      chips: 'BK7231T',
      on: thisChip,
      likely,
      says: [A],
    });
    const likely = (...chips: ('BK7231T' | 'BK7231U')[]): PlaceTarget => ({
      ...UNTOLD,
      likely: { chips, says: [A] },
    });
    const note = say('placement.onlyLikely', facts('BK7231T'));
    assert.deepEqual(judged(forT, likely('BK7231T'), APP), { objection: null, notes: [note] });
    const twice = holding({ chips: ['BK7231T'] }, { chips: ['BK7231T'] });
    assert.deepEqual(judged(twice, likely('BK7231T'), BOTH), { objection: null, notes: [note] });
    const oneOfTwo = say('placement.onlyLikely', facts(anyOf(['BK7231U', 'BK7231T'])));
    assert.deepEqual(judged(forT, likely('BK7231U', 'BK7231T'), APP), {
      objection: null,
      notes: [oneOfTwo],
    });
    const why = say('placement.likelyOtherModel', facts('BK7231U'));
    assert.deepEqual(judged(forT, likely('BK7231U'), APP), objects(why, advice));
  });

  it('is for another family, or for none of the models that the chip can be', () => {
    const forN = holding({ chips: ['BK7231N'] });
    assert.equal(judged(forN, UNTOLD, APP).objection?.why.code, 'placement.forOtherChip');
    const either = holding({ chips: ['BK7231N', 'BK7231T'] });
    assert.equal(judged(either, UNTOLD, APP).objection?.why.code, 'placement.modelNotTold');
    const models: PlaceTarget = { ...UNTOLD, models: ['BK7231U'] };
    assert.equal(judged(forT, models, APP).objection?.why.code, 'placement.forOtherChip');
  });
});

describe('code with another key', () => {
  const needs = (key: Note): Note => say('placement.chipNeeds', { key });
  const refused = (key: Note, needed: Note): Note => say('placement.otherKey', { key, needed });
  const cases: [string, PlaceTarget, Tells, Note, Note][] = [
    ['a chip with its own', { ...N, key: 'custom' }, {}, TUYA, say('placement.useOwnKey')],
    ['a chip without', M, {}, TUYA, say('placement.useKeyless')],
    ["a chip with Tuya's", N, { key: 'none' }, NONE, say('placement.useBuiltForThis')],
  ];
  for (const [what, target, app, key, advice] of cases) {
    it(`is refused on ${what}, and the right one is named`, () => {
      const own = { tuya: TUYA, none: NONE, custom: say('common.ownKey') }[target.key ?? 'none'];
      assert.deepEqual(
        judged(holding(app), target, APP),
        objects(refused(key, needs(own)), advice),
      );
    });
  }

  it('is refused where that of the chip is not known, if it is one of its own', () => {
    const unknown: PlaceTarget = { ...N, key: null };
    const why = refused(say('common.ownKey'), say('placement.chipKeyUnknown'));
    const objection = { why, advice: say('placement.useBuiltForThis') };
    assert.deepEqual(judged(holding({ key: 'other' }), unknown, APP), { objection, notes: [] });
    const notes = [say('placement.keyNotCompared', { key: NONE })];
    assert.deepEqual(judged(holding({ key: 'none' }), unknown, APP), { objection: null, notes });
    const unchecked = [say('placement.keyNotChecked')];
    assert.deepEqual(judged(holding({ key: 'other' }), { ...N, key: 'custom' }, APP), {
      objection: null,
      notes: unchecked,
    });
  });

  it('names two where application and bootloader differ, and one where they do not', () => {
    const needed = needs(TUYA);
    const advice = say('placement.useBuiltForThis');
    const two = say('placement.otherKeys', { app: NONE, bootloader: TUYA, needed });
    assert.deepEqual(judged(holding({ key: 'none' }, {}), N, APP), objects(two, advice));
    const alike = holding({ key: 'none' }, { key: 'none' });
    assert.deepEqual(judged(alike, N, BOTH), objects(refused(NONE, needed), advice));
  });

  it('counts only for what is written', () => {
    const appWithout = holding({ key: 'none' }, {});
    assert.deepEqual(judged(appWithout, N, BOOT), fine);
    assert.deepEqual(judged(holding({}, { key: 'none' }), N, APP), fine);
    assert.deepEqual(judged(holding({ key: 'none' }, { key: 'none' }), N, NO_CODE), fine);
    const silent = imageOf({ encryptionKey: 'none' });
    for (const parts of [APP, BOOT])
      assert.equal(judged(silent, N, parts).objection?.why.code, 'placement.otherKey');
  });
});
