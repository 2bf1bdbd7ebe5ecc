import assert from 'node:assert/strict';
import type { InspectedTuya, Inspection } from '../../../src/image/inspect/inspect-types';
import { pinsOfTuya, withoutPins } from '../../../src/placement/settings/pins-of-tuya';
import { type Note, say } from '../../../src/texts/note';
import { allEnglish } from '../../support/english';
import { refusalOf, refuses } from '../../support/placing';

const TUYA: InspectedTuya = {
  module: null,
  platform: null,
  pins: {},
  pinsFrom: null,
  userParam: {},
  keys: ['gw_ai'],
  tuyaMcuBaud: null,
  values: {},
  userFiles: {},
};
const PINS = { 6: { role: 'Rel', channel: 1 } } as InspectedTuya['pins'];

/** What placing looks at of an inspection. */
function inspection(tuya: Partial<InspectedTuya> | null, more: Partial<Inspection> = {}) {
  return {
    tuya: tuya === null ? null : { ...TUYA, ...tuya },
    template: null,
    openbeken: null,
    warningCodes: [],
    ...more,
  } as unknown as Inspection;
}

describe("the pins of Tuya's firmware", () => {
  it('come with the command of their template, but for that of other pins', () => {
    const template = { command: 'backlog x' } as Inspection['template'];
    const tuya = { pins: PINS, pinsFrom: 'storage' as const };
    const found = pinsOfTuya(inspection(tuya, { template }), 'b.bin');
    assert.deepEqual(found, { pins: PINS, startCommand: 'backlog x', warnings: [] });
    const openbeken = { pins: PINS, offset: 0 } as unknown as Inspection['openbeken'];
    assert.equal(pinsOfTuya(inspection(tuya, { template, openbeken }), 'b.bin').startCommand, null);
  });

  it('are doubted where the application has them built in', () => {
    const { warnings } = pinsOfTuya(inspection({ pins: PINS, pinsFrom: 'app' }), 'b.bin');
    assert.match(allEnglish(warnings).join(' '), /built in/);
  });

  const damaged = [say('inspect.damagedValues', { names: 'gw_bi' })];
  const none: [Partial<InspectedTuya> | null, Partial<Inspection>, RegExp][] = [
    [null, {}, /no storage of Tuya's firmware/],
    [{ tuyaMcuBaud: 9600 }, {}, /TuyaMCU, 9600 baud/],
    [{ pinsFrom: 'storage', module: 'CB3S' }, {}, /module CB3S.*no pin/],
    [{ pinsFrom: 'storage' }, {}, /its settings name no pin/],
    [{}, { warningCodes: damaged }, /its storage is damaged\. Damaged in.*gw_bi/],
    [{ keys: [] }, {}, /never paired/],
    [{}, {}, /user_param_key/],
  ];
  for (const [tuya, more, says] of none) {
    it(`are refused: ${says.source}`, () => {
      const judge = () => pinsOfTuya(inspection(tuya, more), 'b.bin');
      refuses(judge, 'BK_BAD_SETTING', says);
      refuses(judge, 'BK_BAD_SETTING', /the backup b\.bin tells none/);
    });
  }
});

describe('a backup without pins', () => {
  const givePins = say('placement.givePins');
  const judge = (tuya: Partial<InspectedTuya> | null, more: Partial<Inspection> = {}) =>
    refusalOf(() => pinsOfTuya(inspection(tuya, more), 'b.bin'));
  const refusal = (why: Note, advice: Note) => ({
    code: 'BK_BAD_SETTING',
    text: say('placement.noPins', { backup: 'b.bin', why }),
    advice: [advice, givePins],
    phase: 'backup',
  });

  it('says why there are none, and what helps then', () => {
    const damage = say('inspect.damagedValues', { names: 'gw_bi' });
    const look = say('placement.lookForController');
    const cases: [ReturnType<typeof judge>, Note, Note][] = [
      [judge(null), say('placement.noStorage'), say('placement.useBackupBeforeErase')],
      [
        judge({ tuyaMcuBaud: 9600 }),
        say('placement.otherController', { baud: 9600 }),
        say('placement.startTuyaMcu'),
      ],
      [judge({ pinsFrom: 'storage' }), say('placement.namesNoPin'), look],
      [
        judge({ pinsFrom: 'storage', module: 'CB3S' }),
        say('placement.moduleNamesNoPin', { module: 'CB3S' }),
        look,
      ],
      [
        judge({}, { warningCodes: [say('image.dump'), damage] }),
        say('placement.storageDamaged', { damage }),
        say('placement.readAgain'),
      ],
      [judge({ keys: [] }), say('placement.neverPaired'), say('placement.pairOnce')],
      [judge({}), say('placement.noPinSettings'), look],
    ];
    for (const [said, why, advice] of cases) assert.deepEqual(said, refusal(why, advice));
  });

  it('or none at all leaves it to a person to give them', () => {
    const refused = refusalOf(() => {
      throw withoutPins(say('placement.backupWithoutPins'));
    });
    assert.deepEqual(refused.advice, [givePins]);
  });
});
