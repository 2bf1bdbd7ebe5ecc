import assert from 'node:assert/strict';
import { type KeepRules, whichGo } from '../../../src/backup/base/which-go';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 5, 1);

/** Which of the backups of so many days ago go; `!` is a damaged one, and all in the folder are of this chip. */
async function gone(days: readonly string[], rules: Partial<KeepRules>, now = NOW) {
  const all = days.map((text) => ({
    name: text.replace('!', ''),
    date: NOW - Number.parseFloat(text) * DAY,
    isSound: !text.includes('!'),
  }));
  const dates = [now, ...all.map(({ date }) => date)];
  const asked = { keep: 0, keepDays: 0, keepFirst: false, ...rules };
  const { go, doubt } = await whichGo(all, asked, { dates, now }, async (one) => one.isSound);
  return doubt ?? go.map(({ name }) => name).join(' ');
}

describe('which backups go', () => {
  const days = ['1', '2', '3', '10', '20', '30'];
  const cases: [string, readonly string[], Partial<KeepRules>, string][] = [
    ['none without a rule', days, {}, ''],
    ['none without a rule, the first included', days, { keepFirst: true }, ''],
    ['beyond the count', days, { keep: 3 }, '3 10 20 30'],
    ['beyond the count, but the first', days, { keep: 3, keepFirst: true }, '3 10 20'],
    ['all where one is kept', days, { keep: 1 }, '1 2 3 10 20 30'],
    ['older than the days', days, { keepDays: 10 }, '20 30'],
    ['not before the day is over', ['9.99', '10', '10.01'], { keepDays: 10 }, '10.01'],
    ['beyond both, where the count keeps more', days, { keep: 5, keepDays: 2 }, '20 30'],
    ['beyond both, where the days keep more', days, { keep: 2, keepDays: 15 }, '20 30'],
    ['all old ones, if the first, too', days, { keepDays: 1 }, '2 3 10 20 30'],
    ['all old ones but the first', days, { keepDays: 1, keepFirst: true }, '2 3 10 20'],
    ['no damaged one counts', ['1!', '2!', '3', '4', '5'], { keep: 2 }, '4 5'],
    ['a damaged one goes as others do', ['1', '2!', '3'], { keep: 2 }, '2 3'],
    [
      'the first sound one stays, too',
      ['1', '2', '3', '4!', '5!'],
      { keep: 1, keepFirst: true },
      '1 2',
    ],
    [
      'none where all are damaged and the first stays',
      ['1!', '2!'],
      { keep: 1, keepFirst: true },
      '',
    ],
    // What lies behind a longer pause may be younger than it looks.
    ['by age none behind a leap of the clock', ['400', '401', '402'], { keepDays: 1 }, ''],
    ['by age none behind an older leap', ['1', '2', '500', '501'], { keepDays: 1 }, '2'],
    ['by age behind a year of others', ['200', '500', '800'], { keepDays: 1 }, '200 500 800'],
    ['by count also behind a leap', ['400', '401'], { keep: 1 }, '400 401'],
    ['by count and age none behind a leap', ['400', '401'], { keep: 1, keepDays: 1 }, ''],
    ['none of a time before the program', ['1', '20000'], { keep: 1 }, '1'],
    ['nor is that the first', ['1', '2', '20000'], { keep: 1, keepFirst: true }, '1'],
    ['none where one is of tomorrow', ['-1.01', '1', '2'], { keep: 1 }, 'behind'],
    ['a clock a little behind is none', ['-0.99', '1', '2'], { keep: 1 }, '-0.99 1 2'],
  ];
  for (const [title, backups, rules, wanted] of cases)
    it(title, async () => {
      assert.equal(await gone(backups, rules), wanted);
    });

  it('none by a clock that was never set', async () => {
    assert.equal(await gone(['1'], { keep: 1 }, 0), 'unset');
    assert.equal(await gone(['1'], { keep: 1 }, Date.UTC(2023, 11, 31)), 'unset');
    assert.equal(await gone(['1'], { keepFirst: true }, 0), '');
  });

  it('none by a clock that stands in the future, night after night', async () => {
    const future = NOW + 50 * 366 * DAY;
    const days = ['1', '2', '3', `-${50 * 366 - 1}`];
    assert.equal(await gone(days, { keepDays: 1 }, future), '');
  });

  it('hashes no more than it has to know', async () => {
    const all = [1, 2, 3, 4, 5].map((day) => ({ date: NOW - day * DAY }));
    const asked: number[] = [];
    const look = async (one: { date: number }) => asked.push((NOW - one.date) / DAY) > 0;
    const dates = all.map(({ date }) => date);
    const rules = { keep: 3, keepDays: 0, keepFirst: true };
    await whichGo(all, rules, { dates, now: NOW }, look);
    assert.deepEqual(asked, [1, 2, 5]);
  });
});
