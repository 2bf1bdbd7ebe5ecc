import assert from 'node:assert/strict';
import { COLUMNS, type Lamp, toCsv } from '../../../../../nodes/flasher/editor/lamps/lamp';
import { pinsText } from '../../../../../nodes/flasher/editor/show/pins';

const LAMP: Lamp = {
  at: '2026-01-02T20:15:00.000Z',
  mac: 'c8:47:8c:00:11:22',
  chip: 'BK7231N',
  pins: 'P6 PWM1, P24 PWM2',
  backup: '/data/bk-backups/a.bin',
  isDone: true,
  result: 'done',
};

describe('the table of an evening of lamps', () => {
  it('is saved as CSV, each cell in quotes', () => {
    assert.equal(
      toCsv([LAMP], [...COLUMNS]),
      '"at","mac","chip","pins","backup","result"\r\n' +
        '"2026-01-02T20:15:00.000Z","c8:47:8c:00:11:22","BK7231N","P6 PWM1, P24 PWM2","/data/bk-backups/a.bin","done"\r\n',
    );
  });

  it('keeps quotes and line ends inside of their cell', () => {
    const [, line] = toCsv([{ ...LAMP, result: 'BK_X "a"\nb' }], ['x']).split('\r\n');
    assert.ok(line?.endsWith(',"BK_X ""a""\nb"'), line);
  });

  it('hands no formula to a spreadsheet', () => {
    for (const start of ['=', '+', '-', '@']) {
      const csv = toCsv([{ ...LAMP, result: `${start}HYPERLINK("x")` }], []);
      assert.ok(csv.includes(`"'${start}HYPERLINK(""x"")"`), csv);
    }
  });

  it('tells the pins that were set', () => {
    const pins = { 6: { role: 'PWM', channel: 1 }, 8: { role: 'Btn' } };
    assert.equal(pinsText({ openbeken: { pins } }), 'P6 PWM1, P8 Btn');
    assert.equal(pinsText({ regions: [] }), '');
    assert.equal(pinsText(null), '');
  });
});
