import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { noise } from '../support/bench-device';
import { readAnswer, readRequest, tape } from '../support/records';

const SECTOR = noise(4096, 7);
const CRC = crc32(SECTOR).toString(16).padStart(8, '0');
const HEAD = '040eff01e0fcf40610090000000400';

describe('input in a record', () => {
  it('is a whole sector by its length and checksum, however it arrived', async () => {
    const { exchange, port, clock, wire } = tape();
    const answer = readAnswer(0x40000, SECTOR);
    exchange(readRequest(0x40000), answer);
    exchange(readRequest(0x40000), answer.subarray(0, 3));
    for (const [from, to] of [
      [3, 16],
      [16, 4000],
      [4000, answer.length],
    ]) {
      await clock.advance(10);
      port.say(answer.subarray(from, to));
    }
    const bytes = [HEAD, { n: 4096, crc: CRC }];
    const request = '01e0fcfff405000900000400';
    assert.deepEqual(wire(), [
      { t: 0, kind: 'out', bytes: [request] },
      { t: 0, kind: 'in', bytes },
      { t: 0, kind: 'out', bytes: [request] },
      { t: 0, kind: 'in', bytes, until: 30 },
    ]);
  });

  it('is a whole sector though something is decided, or the record is wanted, while it arrives', () => {
    const { exchange, port, recorder, wire } = tape();
    const answer = readAnswer(0x40000, SECTOR);
    exchange(readRequest(0x40000), 'ee', answer.subarray(0, 1000));
    recorder.decide({ kind: 'seen', what: 'baud', facts: {} });
    assert.equal(wire().length, 2);
    assert.equal(wire().length, 0);
    port.say(answer.subarray(1000));
    assert.deepEqual(wire(), [{ t: 0, kind: 'in', bytes: [HEAD, { n: 4096, crc: CRC }] }]);
  });

  it('tells of a blank sector that it is', () => {
    const { exchange, wire } = tape();
    exchange(readRequest(0x40000), readAnswer(0x40000, Buffer.alloc(4096, 0xff)));
    exchange(readRequest(0x40000), readAnswer(0x40000, Buffer.alloc(4096)));
    const told = wire().flatMap(({ kind, bytes }) => (kind === 'in' ? [bytes[1]] : []));
    assert.deepEqual(told, [
      { n: 4096, crc: 'f154670a', of: 'ff' },
      { n: 4096, crc: 'c71c0011', of: '00' },
    ]);
  });

  it('has no contents of flash where an answer broke off, was refused or was not asked for', () => {
    const answer = readAnswer(0x40000, SECTOR);
    const refused = Buffer.from(answer);
    refused[10] = 1;
    const cases: [name: string, bytes: Buffer, told: unknown[][]][] = [
      ['cut off', answer.subarray(0, 2000), [[HEAD, { n: 2000 - 15 }]]],
      ['refused, with a sector behind it', refused, [[HEAD.replace('0900', '0901'), { n: 4096 }]]],
      [
        'of another address',
        readAnswer(0x99000, SECTOR),
        [['040eff01e0fcf406100900', { n: 4100 }]],
      ],
      ['without its beginning', answer.subarray(20), [[{ n: answer.length - 20 }]]],
    ];
    for (const [name, bytes, told] of cases) {
      const { exchange, line, wire } = tape();
      exchange(readRequest(0x40000), bytes);
      // Whatever has begun is complete then.
      void line.close();
      const ins = wire().flatMap((line) => (line.kind === 'in' ? [line.bytes] : []));
      assert.deepEqual(ins, told, name);
    }
  });

  it('tells nothing of what remains of a read that was given up, though calls went out since', () => {
    const { exchange, line, wire } = tape();
    exchange(readRequest(0x40000));
    exchange('01e0fc0100', Buffer.from('password=hunter2'));
    void line.close();
    const ins = wire().flatMap((one) => (one.kind === 'in' ? [one.bytes] : []));
    assert.deepEqual(ins, [[{ n: 16 }]]);
  });

  it('finds a whole answer behind one that broke off, and none of its bytes before that', () => {
    const { exchange, wire } = tape();
    exchange(readRequest(0x40000), readAnswer(0x40000, SECTOR).subarray(0, 100));
    exchange('01e0fc0100', '040e0501e0fc0100');
    const ins = wire().flatMap((line) => (line.kind === 'in' ? [line.bytes] : []));
    assert.deepEqual(ins, [[HEAD, { n: 85 }], ['040e0501e0fc0100']]);
  });

  it('tells of text and noise how much there was, and when', async () => {
    const { exchange, port, clock, wire } = tape();
    exchange('01e0fc0100', Buffer.from('\r\nWiFi hunter2hunter2\r\n'));
    await clock.advance(50);
    port.say('80 81 82');
    const ins = wire().filter(({ kind }) => kind === 'in');
    assert.deepEqual(ins, [
      { t: 0, kind: 'in', bytes: [{ n: 23, of: 'text' }] },
      { t: 50, kind: 'in', bytes: [{ n: 3, of: 'noise' }] },
    ]);
  });

  it('keeps what small answers say, and nothing of those to no question', () => {
    const { exchange, wire } = tape();
    exchange('01e0fc05 0300008000', '040e0c01e0fc03000080001c230700');
    exchange('01e0fc05 0304008000', '040e0c01e0fc03ff008000deadbeef');
    exchange('01e0fcfff405000e9f000000', '040eff01e0fcf406000e00000b4014');
    const ins = wire().flatMap((line) => (line.kind === 'in' ? [line.bytes] : []));
    assert.deepEqual(ins, [
      ['040e0c01e0fc03000080001c230700'],
      ['040e0c01e0fc03', { n: 8 }],
      ['040eff01e0fcf406000e00000b4014'],
    ]);
  });

  it('keeps where the chip says to have changed flash though nobody had asked for it there', () => {
    const { exchange, wire } = tape();
    exchange('01e0fcfff406000f2000000400', '040eff01e0fcf407000f002000000800');
    const ins = wire().flatMap((line) => (line.kind === 'in' ? [line.bytes] : []));
    assert.deepEqual(ins, [['040eff01e0fcf407000f002000000800']]);
  });

  it('is bounded though nobody asks for anything', () => {
    const { port, recorder, exchange } = tape();
    exchange('01e0fc0100');
    for (let piece = 0; piece < 5000; piece++) port.say(noise(1024, piece + 1));
    assert.ok(recorder.record.lines().length < 1700);
  });
});
