import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type AnswerFault, AnswerReader, type ReaderLimits } from '../../src/http/answer-reader';
import { nextSeed } from '../support/seed';

const OPENBEKEN =
  'HTTP/1.1 200 OK\nContent-type: application/json\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n';
const LIMITS: ReaderLimits = { limit: 1000 };

/** What becomes of an answer that comes in pieces. */
function read(
  pieces: readonly (string | Buffer)[],
  limits = LIMITS,
): { status: number; body: string } | AnswerFault {
  const reader = new AnswerReader(limits);
  for (const piece of pieces) {
    const went = reader.push(Buffer.from(piece as string, 'latin1'));
    if (typeof went === 'object') return went;
    if (went === 'over') return { status: reader.status, body: reader.body.toString('latin1') };
  }
  return reader.end() ?? { status: reader.status, body: reader.body.toString('latin1') };
}

describe('an answer, as devices send them', () => {
  it('is the same in whatever pieces it comes', () => {
    const whole = `${OPENBEKEN}{"size":5}`;
    for (let at = 0; at <= whole.length; at++) {
      assert.deepEqual(read([whole.slice(0, at), whole.slice(at)]), {
        status: 200,
        body: '{"size":5}',
      });
    }
    assert.deepEqual(read([...whole]), { status: 200, body: '{"size":5}' });
  });

  it('may have bare line feeds everywhere, a negative status, and no word behind it', () => {
    assert.deepEqual(read(['HTTP/1.1 -20 OK\nA: b\n\n', 'why']), { status: -20, body: 'why' });
    assert.deepEqual(read(['HTTP/1.0 404\r\n\r\n']), { status: 404, body: '' });
  });

  it('ends at the length that was asked for, or that it announces, whatever comes behind it', () => {
    assert.deepEqual(read([`${OPENBEKEN}123456`], { limit: 9, length: 4 }), {
      status: 200,
      body: '1234',
    });
    assert.deepEqual(read(['HTTP/1.1 200 OK\r\ncontent-LENGTH:  3\r\n\r\nabcdef']), {
      status: 200,
      body: 'abc',
    });
    assert.deepEqual(read(['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']), {
      status: 200,
      body: '',
    });
  });

  it('that is too short or too long is none', () => {
    assert.deepEqual(read([`${OPENBEKEN}123`], { limit: 9, length: 4 }), {
      kind: 'tooShort',
      length: 4,
    });
    assert.deepEqual(read(['HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc']), {
      kind: 'tooShort',
      length: 4,
    });
    assert.deepEqual(
      read(['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'], { limit: 9, length: 4 }),
      { kind: 'tooShort', length: 4 },
    );
    assert.deepEqual(read([`${OPENBEKEN}1234567890`], { limit: 9 }), { kind: 'tooLong' });
    assert.deepEqual(read(['HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n']), {
      kind: 'tooLong',
    });
  });

  it('may be an error of another length than what was asked for', () => {
    assert.deepEqual(read(['HTTP/1.1 -1 OK\n\n{}'], { limit: 9, length: 4 }), {
      status: -1,
      body: '{}',
    });
  });

  for (const [what, head] of Object.entries({
    'two lengths': 'Content-Length: 3\r\nContent-Length: 4',
    'a negative length': 'Content-Length: -3',
    'a length that is a list': 'Content-Length: 3, 3',
    'a length without end': `Content-Length: ${'9'.repeat(40)}`,
    'a length that is none': 'Content-Length: 0x10',
    'a coded transfer': 'Transfer-Encoding: chunked',
    'a NUL in its head': 'A: b\0c',
  })) {
    it(`with ${what} is damaged`, () => {
      assert.deepEqual(read([`HTTP/1.1 200 OK\r\n${head}\r\n\r\nabc`]), { kind: 'badHead' });
    });
  }

  it('whose head does not end is damaged after some KiB', () => {
    const reader = new AnswerReader(LIMITS);
    assert.equal(reader.push(Buffer.from('HTTP/1.1 200 OK\r\n')), 'more');
    let went: unknown = 'more';
    let given = 0;
    while (went === 'more' && given < 20_000) {
      went = reader.push(Buffer.from('X-Header: value\r\n'));
      given += 17;
    }
    assert.deepEqual(went, { kind: 'badHead' });
    assert.ok(given < 9_000);
    assert.deepEqual(read([`HTTP/1.1 200 OK\r\n${'a'.repeat(1e6)}\r\n\r\n`]), { kind: 'badHead' });
  });

  it('that begins otherwise is told at its first wrong byte', () => {
    for (const text of ['<', 'HTTP/2', 'http/1.1', '\0', 'SSH-2.0']) {
      assert.deepEqual(read([text]), { kind: 'noHttp' }, text);
    }
    assert.deepEqual(read(['HTTP/1.1 OK\r\n\r\n']), { kind: 'noHttp' });
    assert.deepEqual(read(['HTTP/1.1 2000 OK\r\n\r\n']), { kind: 'noHttp' });
  });

  it('of any bytes is read without an end in itself', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom('', 'HTTP/1.1 ', OPENBEKEN), pieces, (start, all) => {
        const outcome = read([start, ...all.map((piece) => Buffer.from(piece))]);
        assert.ok('kind' in outcome || outcome.body.length <= 1000);
      }),
      { seed: nextSeed(), numRuns: 300 },
    );
  });

  it('in single bytes takes no more memory than in one piece', () => {
    const reader = new AnswerReader({ limit: 200_000 });
    reader.push(Buffer.from(OPENBEKEN));
    for (let count = 0; count < 200_000; count++) reader.push(Buffer.from([count & 0xff]));
    assert.equal(reader.received, 200_000);
    assert.equal(reader.body[70_000], 70_000 & 0xff);
  });
});
