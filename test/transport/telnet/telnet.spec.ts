import assert from 'node:assert/strict';
import {
  escaped,
  optionMessage,
  optionRequest,
  TelnetReader,
} from '../../../src/transport/telnet/telnet';

function read(pieces: readonly Buffer[]): string[] {
  const heard: string[] = [];
  let data = '';
  const flush = () => {
    if (data !== '') heard.push(`data ${data}`);
    data = '';
  };
  const reader = new TelnetReader({
    onData: (bytes) => {
      data += bytes.toString('hex');
    },
    onMessage: (option, message) => {
      flush();
      heard.push(`message ${option} ${message.toString('hex')}`);
    },
    onOption: (verb, option) => {
      flush();
      heard.push(`${verb} ${option}`);
    },
  });
  for (const piece of pieces) reader.push(piece);
  flush();
  return heard;
}

const bytewise = (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]));

describe('a telnet stream', () => {
  const stream = Buffer.concat([
    Buffer.from([1, 2, 255, 255, 3]),
    optionRequest('will', 44),
    Buffer.from([4]),
    optionMessage(44, Buffer.from([101, 0, 255, 0, 1])),
    Buffer.from([255, 241, 5]),
    optionRequest('dont', 0),
  ]);
  const parts = [
    'data 0102ff03',
    'will 44',
    'data 04',
    'message 44 6500ff0001',
    'data 05',
    'dont 0',
  ];

  it('is taken apart', () => {
    assert.deepEqual(read([stream]), parts);
  });

  it('is taken apart in pieces of any size', () => {
    assert.deepEqual(read(bytewise(stream)), parts);
    for (let at = 1; at < stream.length; at++) {
      assert.deepEqual(read([stream.subarray(0, at), stream.subarray(at)]), parts);
    }
  });

  it('keeps little of a message that never ends', () => {
    const endless = Buffer.concat([Buffer.from([255, 250, 44]), Buffer.alloc(1_000_000, 7)]);
    const [message = ''] = read([endless, Buffer.from([255, 240])]);
    assert.ok(message.length < 200);
  });

  it('has each FF of data twice', () => {
    assert.equal(escaped(Buffer.from([255, 0, 255, 255])).toString('hex'), 'ffff00ffffffff');
    const plain = Buffer.from([1, 2]);
    assert.equal(escaped(plain), plain);
  });

  it('survives any bytes', () => {
    for (let seed = 0; seed < 50; seed++) {
      const noise = Buffer.from(
        Array.from({ length: 300 }, (_, index) => (index * seed * 7 + 250) & 255),
      );
      read([noise]);
    }
  });
});
