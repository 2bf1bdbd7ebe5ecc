import assert from 'node:assert/strict';
import { failure, remarks } from '../../../cli/show/explain';
import { barLine, progressView } from '../../../cli/show/progress';
import { rows, spans } from '../../../cli/show/rows';
import { Screen } from '../../../cli/show/screen';
import { BkError, type Progress, say } from '../../../src';
import { verbatim } from '../../../src/texts/note';
import { aProgress, someFacts } from '../../support/fake-engine';

/** Standard error, kept. */
function stream(columns?: number) {
  const said: string[] = [];
  const isTTY = columns !== undefined;
  const write = (text: string) => said.push(text);
  return { stream: { isTTY, columns, write } as unknown as NodeJS.WriteStream, said };
}

/** With the sentence that a report carries. */
function progress(changes: Partial<Progress>, message = 'Reading'): Progress {
  const { code, params } = verbatim(message);
  return { ...aProgress(changes), message, code, params };
}

describe('bk72xx: the progress bar', () => {
  const reading = progress({ percent: 42, bytesPerSecond: 88_123, etaSeconds: 125 });

  it('shows phase, percent, speed and time left as wide as there is room', () => {
    assert.equal(
      barLine(reading, 80),
      `read     [${'#'.repeat(12)}${'-'.repeat(18)}]  42 %  88 kB/s  2 min 5 s left`,
    );
    assert.equal(
      barLine(reading, 60),
      `read     [${'#'.repeat(7)}${'-'.repeat(10)}]  42 %  88 kB/s  2 min 5 s left`,
    );
    assert.equal(barLine(reading, 45), 'read      42 %  88 kB/s  2 min 5 s left');
    for (const columns of [45, 60, 80, 200]) assert.ok(barLine(reading, columns).length < columns);
  });

  it('shows how far the whole job is, and how long it takes', () => {
    const writing = progress({
      phase: 'write',
      percent: 90,
      overallPercent: 50,
      etaSeconds: 1,
      overallEtaSeconds: 30,
    });
    const half = '#'.repeat(15);
    assert.equal(barLine(writing, 80), `write    [${half}${'-'.repeat(15)}]  50 %  30 s left`);
  });

  it('says what goes on where there are no bytes to count', () => {
    assert.equal(barLine(progress({ phase: 'link', total: 0 }, 'Calling'), 80), 'link     Calling');
    assert.match(
      barLine(progress({ percent: 0, bytesPerSecond: null, etaSeconds: null }), 80),
      / 0 %$/,
    );
  });

  it('stays one line, is covered wholly by the next one, and goes at the end', () => {
    const { stream: tty, said } = stream(80);
    const view = progressView(new Screen(tty), false);
    view.report(progress({ phase: 'link', total: 0 }, 'A long sentence of what is going on'));
    view.report(progress({ phase: 'identify', total: 0 }, 'Short'));
    view.end();
    const [first = '', second = '', last = '', ...more] = said;
    assert.deepEqual(more, []);
    assert.equal(first, '\rlink     A long sentence of what is going on');
    assert.equal(second, `\r${'identify Short'.padEnd(first.length - 1)}`);
    assert.equal(last, `\r${' '.repeat('identify Short'.length)}\r`);
  });

  it('does not reach over the edge of a terminal', () => {
    const { stream: tty, said } = stream(50);
    progressView(new Screen(tty), false).report(
      progress({ phase: 'link', total: 0 }, 'x'.repeat(90)),
    );
    assert.equal(said[0]?.length, 50);
  });

  it('tells what a person has to do once, on a line of its own', () => {
    const { stream: tty, said } = stream(80);
    const view = progressView(new Screen(tty), false);
    const waits = progress({ phase: 'link', total: 0, waitsForPerson: true }, 'Reset the chip now');
    const calls = progress({ phase: 'link', total: 0 }, 'No answer yet');
    for (const one of [waits, calls, waits, calls]) view.report(one);
    const lines = said.filter((text) => text.includes('>>>'));
    assert.deepEqual(lines, ['\x1b[1;7m >>> Reset the chip now <<< \x1b[0m\n']);
  });
});

describe('bk72xx: progress in a file', () => {
  it('is a line for what begins and for each tenth of it', () => {
    const { stream: file, said } = stream();
    const view = progressView(new Screen(file), false);
    view.report(progress({ phase: 'link', total: 0 }, 'Calling'));
    view.report(progress({ phase: 'link', total: 0, waitsForPerson: true }, 'Reset the chip now'));
    view.report(progress({ phase: 'link', total: 0 }, 'Calling'));
    for (let percent = 0; percent <= 100; percent++)
      view.report(progress({ percent, bytesPerSecond: null, etaSeconds: null }));
    view.end();
    assert.deepEqual(said, [
      'link: Calling\n',
      '>>> Reset the chip now <<<\n',
      ...Array.from({ length: 11 }, (_, step) => `read: ${step * 10} %\n`),
    ]);
  });
});

describe('bk72xx: progress as JSON', () => {
  it('is what the second output of the nodes sends, a line each', () => {
    const { stream: file, said } = stream(80);
    const view = progressView(new Screen(file), true);
    const report = progress({ percent: 7 });
    view.report(report);
    view.say(say('cli.stoppingChange'));
    view.end();
    const [first, second] = said.map((line) => JSON.parse(line));
    assert.deepEqual(first, { topic: 'progress', payload: report });
    assert.equal(second.topic, 'notice');
    assert.match(second.payload.message, /press again/);
  });
});

describe('bk72xx: a failure', () => {
  it('tells what happened, why, what to do, what flash holds, and the code', () => {
    const error = new BkError('BK_LINK_LOST', verbatim('The chip fell silent.'), {
      phase: 'write',
      advice: [verbatim('Look at the supply.'), verbatim('Run it again.')],
      likely: [
        {
          cause: verbatim('The supply is weak'),
          confidence: 0.853,
          evidence: verbatim('It restarted twice.'),
        },
        { cause: verbatim('A loose wire'), confidence: 0.3, evidence: verbatim('Who knows.') },
      ],
      reason: new Error('EIO'),
      state: {
        fresh: [{ offset: 0x11000, length: 0x2000 }],
        written: [],
        blank: [{ offset: 0x13000, length: 0x1000 }],
        old: [{ offset: 0x14000, length: 0x1000 }],
        uncertain: [],
      },
    });
    assert.deepEqual(failure(error).split('\n'), [
      'FAILED       The chip fell silent.',
      'Because      EIO',
      'Likely       The supply is weak (85 %): It restarted twice.',
      '             A loose wire (30 %): Who knows.',
      'To do        1. Look at the supply.',
      '             2. Run it again.',
      'Flash holds  the new bytes, confirmed: 0x11000-0x12fff',
      '             nothing: 0x13000-0x13fff',
      '             what was there before: 0x14000-0x14fff',
      'Code         BK_LINK_LOST (exit status 4)',
    ]);
  });

  it('has no rows for what there is nothing of, and its trace where the program is at fault', () => {
    assert.deepEqual(failure(new BkError('BK_CANCELLED', verbatim('Cancelled.'))).split('\n'), [
      'CANCELLED  Cancelled.',
      'Code       BK_CANCELLED (exit status 130)',
    ]);
    assert.match(
      failure(new BkError('BK_INTERNAL', verbatim('Oh.'))),
      /^Trace +BkError: Oh\.\n +at /m,
    );
  });
});

describe('bk72xx: remarks to a result', () => {
  it('are none where all went smoothly', () => assert.equal(remarks(someFacts()), ''));

  it('tell warnings, and what was mended, why and how', () => {
    const facts = {
      ...someFacts(),
      warningCodes: [verbatim('Mind the gap.')],
      recoveries: [
        {
          address: 0x12000,
          phase: 'write' as const,
          cause: '',
          causeCode: verbatim('No answer'),
          action: '',
          actionCode: verbatim('caught again'),
          ms: 300,
        },
      ],
    };
    assert.deepEqual(remarks(facts).split('\n'), [
      'Warning  Mind the gap.',
      'Mended   write 0x12000: No answer; caught again (0.3 s)',
    ]);
  });
});

describe('bk72xx: rows', () => {
  it('leave out what is not there, and keep lines of a value below each other', () => {
    const shown = rows([
      [say('cli.rowChip'), 'BK7231N'],
      [say('cli.rowMac'), null],
      [say('cli.rowPartitions'), 'one\ntwo'],
    ]);
    assert.equal(shown, 'Chip        BK7231N\nPartitions  one\n            two');
    assert.equal(
      spans([
        { offset: 0, length: 16 },
        { offset: 0x20, length: 1 },
      ]),
      '0x0-0xf, 0x20-0x20',
    );
  });
});
