import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ANSWER_SHAPES } from '../../src/protocol/commands/command-table';
import { encodeCommand, type Frame, FrameReader } from '../../src/protocol/frames';
import { collector, framesIn, fromHex } from '../support/decode';
import { aFrame, anything, harmless, isInnocent, piecesOf } from '../support/frame-arbitraries';

const LINKED = '040e0501e0fc0100';

/** What a reader finds in pieces, before and after it is asked to look again. */
function read(pieces: readonly Buffer[]) {
  let skipped = 0;
  const reader = new FrameReader(ANSWER_SHAPES, (bytes) => {
    skipped += bytes.length;
  });
  const found = collector();
  for (const piece of pieces) reader.push(piece, found.take);
  const atOnce = [...found.frames];
  reader.resync(found.take);
  return { atOnce, inTheEnd: found.frames, reader, skipped };
}

const shown = (frames: readonly Frame[]) =>
  frames.map(({ form, code, status, payload }) => ({
    form,
    code,
    status,
    payload: payload.toString('hex'),
  }));

describe('encoding of commands', () => {
  it('counts code and payload in the one length byte of a short command', () => {
    assert.equal(encodeCommand('short', 0x00, Buffer.alloc(0)).toString('hex'), '01e0fc0100');
    assert.equal(
      encodeCommand('short', 0x03, fromHex('00008000')).toString('hex'),
      '01e0fc050300008000',
    );
  });

  it('counts them in the two length bytes of a long command, lower one first', () => {
    const frame = encodeCommand('long', 0x07, Buffer.alloc(4 + 4096));
    assert.equal(frame.subarray(0, 8).toString('hex'), '01e0fcfff4051007');
    assert.equal(frame.length, 4108);
  });

  it('holds for every payload', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 300 }), (code, payload) => {
        const long = encodeCommand('long', code, payload);
        assert.equal(long.readUInt16LE(5), long.length - 7);
        assert.deepEqual([...long.subarray(8)], [...payload]);
        if (payload.length > 253) return;
        const short = encodeCommand('short', code, payload);
        assert.equal(short[3], short.length - 4);
        assert.deepEqual([...short.subarray(5)], [...payload]);
      }),
    );
  });
});

describe('the frame reader', () => {
  it('reads a short answer', () => {
    assert.deepEqual(shown(framesIn('040e 0c 01e0fc 03 00008000 1c230700')), [
      { form: 'short', code: 0x03, status: 0, payload: '000080001c230700' },
    ]);
  });

  it('reads a long answer and its status', () => {
    assert.deepEqual(shown(framesIn('040eff 01e0fc f4 0700 0f 06 20 00000100')), [
      { form: 'long', code: 0x0f, status: 6, payload: '2000000100' },
    ]);
  });

  it("tells LinkCheck's answer and WriteReg's, both of code 01, by their lengths", () => {
    const frames = framesIn(`${LINKED} 040e0c01e0fc01 74008000 01000000 ${LINKED}`);
    assert.deepEqual(
      frames.map(({ code, payload }) => [code, payload.length]),
      [
        [1, 1],
        [1, 8],
        [1, 1],
      ],
    );
  });

  it('takes no frame whose length is none of its code', () => {
    assert.deepEqual(framesIn('040e 06 01e0fc 01 0000'), []);
    assert.deepEqual(framesIn('040eff 01e0fc f4 0300 0f 00 20'), []);
    assert.deepEqual(framesIn('040e 05 01e0fc 77 00'), []);
  });

  it('finds the frame that begins within what only looked like one', () => {
    assert.equal(framesIn(`040e ${LINKED}`).length, 1);
    assert.equal(framesIn(`04 ${LINKED}`).length, 1);
    assert.equal(framesIn(`040e0601e0fc01 ${LINKED}`).length, 1);
    assert.equal(framesIn(`040eff01e0fc ${LINKED}`).length, 1);
  });

  it("takes GetMID's answer whatever length it claims, and nothing of the frame behind it", () => {
    for (const length of ['0500', '0600', '0700']) {
      const frames = framesIn(`040eff01e0fcf4 ${length} 0e00 00eb6015 ${LINKED}`);
      assert.deepEqual(
        shown(frames).map(({ code, payload }) => [code, payload]),
        [
          [0x0e, '00eb6015'],
          [0x01, '00'],
        ],
        `length ${length}`,
      );
    }
    assert.deepEqual(framesIn('040eff01e0fcf4 0800 0e00 00eb6015 0000'), []);
  });

  it('takes refusals that leave out a part or all of what a success would carry', () => {
    for (const [code, payload] of [
      ['07', ''],
      ['07', '0010'],
      ['07', '00100100'],
      ['09', ''],
      ['09', '00100100'],
      ['0f', '20'],
      ['0c', ''],
      ['0d', '01'],
      ['06', '00100100'],
      ['0e', ''],
      ['0e', '00'],
    ] as const) {
      const length = (2 + payload.length / 2).toString(16).padStart(2, '0');
      const frames = framesIn(`040eff01e0fcf4 ${length}00 ${code} 01 ${payload} ${LINKED}`);
      assert.deepEqual(
        shown(frames).map((frame) => [frame.code, frame.status, frame.payload]),
        [
          [Number.parseInt(code, 16), 1, payload],
          [1, 0, '00'],
        ],
        `code ${code}, ${payload.length / 2} bytes`,
      );
    }
  });

  it('finds a whole frame behind one that lost bytes as soon as it is asked to look again', () => {
    const long = Buffer.concat([fromHex('040eff01e0fcf4061009 00 00100100'), Buffer.alloc(3000)]);
    const { atOnce, inTheEnd } = read([long, fromHex(LINKED)]);
    assert.deepEqual(atOnce, []);
    assert.deepEqual(shown(inTheEnd), [{ form: 'short', code: 1, status: 0, payload: '00' }]);
  });

  it('forgets everything on reset', () => {
    const reader = new FrameReader(ANSWER_SHAPES);
    const found = collector();
    reader.push(fromHex('040e0501e0'), found.take);
    assert.equal(reader.pending, 5);
    reader.reset();
    assert.equal(reader.pending, 0);
    reader.push(fromHex('fc0100'), found.take);
    reader.push(fromHex(LINKED), found.take);
    assert.equal(found.frames.length, 1);
  });

  it('counts the bytes of no frame', () => {
    const { skipped } = read([fromHex(`000102 ${LINKED} ffff ${LINKED}`)]);
    assert.equal(skipped, 5);
  });

  it('finds any frames, split anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(aFrame, { maxLength: 6 }),
        fc.infiniteStream(fc.nat(5000)),
        (all, cuts) => {
          const { atOnce, skipped } = read(
            piecesOf(Buffer.concat(all.map(({ bytes }) => bytes)), cuts),
          );
          assert.deepEqual(
            shown(atOnce),
            all.map(({ frame }) => frame),
          );
          assert.equal(skipped, 0);
        },
      ),
    );
  });

  it('finds them one byte at a time', () => {
    fc.assert(
      fc.property(fc.array(aFrame, { minLength: 1, maxLength: 3 }), (all) => {
        const bytes = Buffer.concat(all.map(({ bytes }) => bytes));
        const { atOnce } = read([...bytes].map((byte) => Buffer.from([byte])));
        assert.deepEqual(
          shown(atOnce),
          all.map(({ frame }) => frame),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('finds them at once behind and between any bytes that are no start of an answer', () => {
    const mixed = fc.array(fc.tuple(harmless, aFrame), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(mixed, harmless, fc.infiniteStream(fc.nat(300)), (all, tail, cuts) => {
        const bytes = Buffer.concat([...all.flatMap(([noise, { bytes }]) => [noise, bytes]), tail]);
        const { atOnce, inTheEnd } = read(piecesOf(bytes, cuts));
        const expected = all.map(([, { frame }]) => frame);
        assert.deepEqual(shown(atOnce), expected);
        assert.deepEqual(shown(inTheEnd), expected);
      }),
    );
  });

  it('finds them at the latest when asked to look again behind a long answer that never ends', () => {
    const begun = fc
      .tuple(fc.nat(0xffffff), fc.uint8Array({ maxLength: 2000 }))
      .map(([address, data]) => {
        const head = fromHex('040eff01e0fcf4061009 00 00000000');
        head.writeUInt32LE(address, 11);
        return Buffer.concat([head, data]);
      })
      .filter((bytes) => isInnocent(bytes.subarray(1)));
    const few = fc.array(
      aFrame.filter(({ bytes }) => bytes.length < 100),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(
        harmless,
        begun,
        few,
        fc.infiniteStream(fc.nat(300)),
        (noise, head, all, cuts) => {
          const bytes = Buffer.concat([noise, head, ...all.map(({ bytes }) => bytes)]);
          const { atOnce, inTheEnd } = read(piecesOf(bytes, cuts));
          assert.deepEqual(atOnce, []);
          assert.deepEqual(
            shown(inTheEnd),
            all.map(({ frame }) => frame),
          );
        },
      ),
    );
  });

  it('finds the answer behind a burst of late LinkCheck answers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), aFrame, (copies, { bytes, frame }) => {
        const burst = Buffer.concat(Array.from({ length: copies }, () => fromHex(LINKED)));
        const { atOnce } = read([burst, bytes]);
        assert.equal(atOnce.length, copies + 1);
        assert.deepEqual(shown(atOnce.slice(-1)), [frame]);
      }),
      { numRuns: 20 },
    );
  });

  it('finds nothing in garbage without the start of an answer, and keeps next to none of it', () => {
    fc.assert(
      fc.property(harmless, (noise) => {
        const { inTheEnd, skipped } = read([noise]);
        assert.deepEqual(inTheEnd, []);
        assert.equal(skipped, noise.length);
      }),
    );
  });

  it('bears anything: it neither throws nor holds more than one frame back', () => {
    fc.assert(
      fc.property(
        fc.array(anything, { maxLength: 8 }),
        fc.infiniteStream(fc.nat(99)),
        (all, cuts) => {
          const reader = new FrameReader(ANSWER_SHAPES);
          const found = collector();
          for (const piece of piecesOf(Buffer.concat(all), cuts)) {
            reader.push(piece, found.take);
            assert.ok(reader.pending < 11 + 4 + 4096);
          }
          reader.resync(found.take);
          assert.equal(reader.pending, 0);
        },
      ),
    );
  });
});
