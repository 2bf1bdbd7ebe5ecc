import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { SIMULATOR_OPTIONS } from '../../src';
import { say, verbatim } from '../../src/texts/note';
import { cleanNote, cleanOptions, cleanPort } from '../../src/trace/clean-words';

describe('words in a record', () => {
  it('name serial ports, and of all others what is nobody’s', () => {
    for (const [port, told] of [
      ['/dev/ttyUSB0', '/dev/ttyUSB0'],
      ['/dev/serial/by-id/usb-FTDI_FT232R_A1-if00', '/dev/serial/by-id/usb-FTDI_FT232R_A1-if00'],
      ['COM4', 'COM4'],
      ['usb:1a86:7523', 'usb:1a86:7523'],
      ['USB:0403:6010:hunter2#1', 'USB:0403:6010:…#1'],
      ['usb:hunter2', '…'],
      ['\\\\.\\com12', '\\\\.\\com12'],
      ['/home/anna/tty', '…'],
      ['/dev/../home/anna/tty', '…'],
      ['tcp://anna:secret@lamp.example:7231', 'tcp://…:7231'],
      ['rfc2217://10.0.0.7:2217', 'rfc2217://…:2217'],
      ['replay:///home/anna/lamp.jsonl', 'replay://…'],
      ['sim://bk7231n', 'sim://bk7231n'],
      [
        'sim://BK7231N?seed=5&mac=c8478c010203&KEY=00112233445566778899aabbccddeeff&flash=/home/anna/x.bin',
        'sim://bk7231n?seed=5&mac=…&KEY=…&flash=…',
      ],
      ['sim://hunter2?password=hunter2&seed=hunter2hunter2hunter2', 'sim://…?…&seed=…'],
    ] as const) {
      assert.equal(cleanPort(port), told, port);
    }
  });

  it('have the values of no option of a simulated chip but of those that tell nothing of anybody', () => {
    const told = Object.keys(SIMULATOR_OPTIONS).filter((name) =>
      cleanPort(`sim://bk7231n?${name}=7`).endsWith('=7'),
    );
    assert.ok(told.includes('seed') && told.includes('brownout') && told.includes('latency'));
    for (const name of ['flash', 'key', 'efuse', 'mac', 'profile']) {
      assert.equal(told.includes(name), false);
      assert.equal(cleanPort(`sim://bk7231n?${name}=7`), `sim://bk7231n?${name}=…`);
    }
    assert.equal(cleanPort('sim://bk7231n?other=7'), 'sim://bk7231n?…');
  });

  it('of options are numbers, switches and words of ours', () => {
    assert.deepEqual(
      cleanOptions({
        image: Buffer.alloc(100, 1),
        offset: 0x11000,
        part: 'app',
        unchanged: 'My Password',
        dryRun: true,
        length: undefined,
        file: { folder: '/home/anna', filename: 'anna.bin' },
        backup: { mode: 'once', folder: '/home/anna' },
        openbeken: { ssid: 'anna', password: 'hunter2' },
        more: 'hunter2',
      }),
      {
        image: { n: 100, crc: crc32(Buffer.alloc(100, 1)).toString(16).padStart(8, '0') },
        offset: 0x11000,
        part: 'app',
        unchanged: '…',
        dryRun: true,
        file: true,
        backup: 'once',
        openbeken: true,
      },
    );
    assert.deepEqual(cleanOptions({ image: { path: '/home/anna/lamp.bin' } }), { image: '…' });
    assert.deepEqual(cleanOptions({ image: Buffer.from('hunter2') }), { image: { n: 7 } });
    assert.deepEqual(cleanOptions(null), {});
  });

  it('of sentences are their codes, numbers, and names of chips and commands', () => {
    const port = '/dev/ttyUSB0';
    const note = say('session.noAnswerAt', {
      port,
      command: 'FlashRead4K',
      ms: 90,
      address: '0x4000',
    });
    assert.deepEqual(cleanNote(note), note);
    assert.deepEqual(
      cleanNote(
        say('session.wrongSetting', {
          setting: 'chip',
          port,
          given: '"hunter2"',
          wanted: verbatim('hunter2'),
        }),
      ),
      {
        code: 'session.wrongSetting',
        params: {
          setting: '…',
          port,
          given: '…',
          wanted: { code: 'common.verbatim', params: { text: '…' } },
        },
      },
    );
    // A number that somebody typed can be a password, and a list can hold it.
    assert.deepEqual(
      cleanNote({ code: 'a.b', params: { given: 12345678, all: [verbatim('x')] } }),
      {
        code: 'a.b',
        params: { given: '…', all: [{ code: 'common.verbatim', params: { text: '…' } }] },
      },
    );
    assert.deepEqual(
      cleanNote({ code: 'a.b', params: { text: 'flash', crc: 'deadbeef', one: 'deadbeef' } }),
      {
        code: 'a.b',
        params: { text: '…', crc: 'deadbeef', one: '…' },
      },
    );
  });
});
