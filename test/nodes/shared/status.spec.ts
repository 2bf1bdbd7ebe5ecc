import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { StatusTexts } from '../../../nodes/shared/status';
import { BkError, ERROR_CODES } from '../../../src';
import { verbatim } from '../../../src/texts/note';
import { aProgress, someFacts } from '../../support/fake-engine';

/** The runtime's translation, as far as a badge knows it. */
function redWith(translate: (key: string, values: Record<string, string>) => string): NodeAPI {
  return { _: translate } as unknown as NodeAPI;
}

describe('badges', () => {
  const badges = new StatusTexts(redWith((key) => key));

  it('say what is going on, how far it is and how fast', () => {
    const progress = aProgress({ percent: 42, bytesPerSecond: 88_123 });
    assert.deepEqual(badges.progress(progress), {
      fill: 'blue',
      shape: 'dot',
      text: 'reading 42 % 88 kB/s',
    });
    assert.deepEqual(badges.progress(aProgress({ phase: 'identify', total: 0 })), {
      fill: 'blue',
      shape: 'dot',
      text: 'identifying',
    });
  });

  it('say what a person should do', () => {
    assert.deepEqual(badges.progress(aProgress({ phase: 'link', waitsForPerson: true })), {
      fill: 'yellow',
      shape: 'ring',
      text: 'reset the chip now',
    });
  });

  it('say what the line carries while a chip does not answer', () => {
    for (const [code, text] of [
      ['echo', 'TX and RX are joined'],
      ['tuyaMcu', 'a TuyaMCU talks here'],
      ['appLog', 'log heard: use UART1'],
      ['noise', 'only noise: is GND joined?'],
      // A chip that runs is silent, too.
      ['silence', 'reset the chip now'],
    ] as const) {
      const line = code === 'tuyaMcu' ? { code, baud: 9600 } : { code };
      const progress = aProgress({ phase: 'link', total: 0, waitsForPerson: true, line });
      assert.deepEqual(badges.progress(progress), { fill: 'yellow', shape: 'ring', text });
    }
  });

  it('say whether firmware starts that was written', () => {
    assert.deepEqual(badges.done('writeStarted', someFacts()), {
      fill: 'green',
      shape: 'dot',
      text: 'verified and started',
    });
    assert.deepEqual(badges.done('writeRestarts', someFacts()), {
      fill: 'yellow',
      shape: 'dot',
      text: 'verified, but it restarts',
    });
  });

  it('say what was done', () => {
    const text = (key: string) => badges.done(key, someFacts()).text;
    assert.equal(text('readDone'), 'read 2 MiB in 24 s');
    assert.equal(text('writeDone'), 'verified, 2 MiB in 24 s');
    assert.equal(text('connected'), 'connected: BK7231N');
  });

  it('have a short text for every error code', () => {
    for (const code of ERROR_CODES) {
      const badge = badges.failed(new BkError(code, verbatim('A sentence.')));
      assert.ok(badge.text && badge.text !== code && badge.text.length <= 26, code);
      assert.equal(badge.fill, code === 'BK_CANCELLED' ? 'grey' : 'red');
    }
  });

  it('speak the language of the server where the package has a catalogue for it', () => {
    const asked: unknown[] = [];
    const german = new StatusTexts(
      redWith((key, values) => {
        asked.push([key, values]);
        return `${values.size} gelesen`;
      }),
    );
    assert.equal(german.done('readDone', someFacts()).text, '2 MiB gelesen');
    assert.deepEqual(asked, [
      [
        'node-red-contrib-bk72xx/bk-device:bk-device.status.readDone',
        { chip: 'BK7231N', size: '2 MiB', time: '24 s' },
      ],
    ]);
  });
});
