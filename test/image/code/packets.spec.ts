import assert from 'node:assert/strict';
import {
  countValidPackets,
  crc16,
  forProcessor,
  onFlash,
  packetRuns,
  stripPackets,
} from '../../../src/image/code/packets';
import { dumpVectors } from '../../support/dump-vectors';
import { packets } from '../../support/images';

describe('code packets', () => {
  const vectors: [Buffer, number][] = [
    [Buffer.from('123456789'), 0xaee7],
    [Buffer.alloc(32), 0x8029],
    [Buffer.alloc(32, 0xff), 0x000c],
    [Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x259d],
  ];
  for (const [bytes, crc] of vectors) {
    it(`have the CRC-16 ${crc.toString(16)} for ${bytes.toString('hex').slice(0, 18)}…`, () => {
      assert.equal(crc16(bytes), crc);
    });
  }

  it('are counted as valid, blank and invalid', () => {
    const bytes = Buffer.concat([packets(3), Buffer.alloc(68, 0xff), packets(2)]);
    (bytes as Buffer)[5 * 34] = ((bytes[5 * 34] as number) + 1) & 0xff;
    assert.deepEqual(countValidPackets(bytes, 0, 100), { valid: 4, blank: 2, invalid: 1 });
    assert.deepEqual(countValidPackets(bytes, 34, 2), { valid: 2, blank: 0, invalid: 0 });
    assert.deepEqual(countValidPackets(bytes, 6 * 34 + 1, 2), { valid: 0, blank: 0, invalid: 0 });
  });

  it('give back their data', () => {
    const bytes = packets(2);
    const data = stripPackets(bytes, 0, 5);
    assert.equal(data.length, 64);
    assert.deepEqual(data.subarray(32), bytes.subarray(34, 66));
    assert.equal(stripPackets(bytes, 100, 5).length, 0);
  });

  it('come in runs', () => {
    const bytes = Buffer.concat([packets(3), Buffer.alloc(68, 0xff), packets(2), Buffer.alloc(9)]);
    bytes.writeUInt8((bytes.readUInt8(40) + 1) & 0xff, 40);
    assert.deepEqual(
      [...packetRuns(bytes)],
      [
        { state: 'valid', packets: 1 },
        { state: 'invalid', packets: 1 },
        { state: 'valid', packets: 1 },
        { state: 'blank', packets: 2 },
        { state: 'valid', packets: 2 },
      ],
    );
    assert.deepEqual([...packetRuns(bytes, 3 * 34, 5 * 34)], [{ state: 'blank', packets: 2 }]);
    assert.deepEqual([...packetRuns(Buffer.alloc(33))], []);
  });

  it('shift what lies behind them', () => {
    for (const [logical, physical] of [
      [0, 0],
      [31, 31],
      [32, 34],
      [0x10000, 0x11000],
      [0xffa0, 0x10f9a],
      [0x1186a0, 0x129f0a],
      [0x118700, 0x129f70],
    ] as const) {
      assert.equal(onFlash(logical), physical);
      assert.equal(forProcessor(physical), logical);
    }
  });

  for (const { file, facts, bytes } of dumpVectors().filter(({ facts }) => facts.app)) {
    it(`lie in ${file} as they should`, () => {
      const dump = bytes();
      const runs = (offset: number, end: number) =>
        [...packetRuns(dump, offset, end)].map(({ state, packets }) => [
          { valid: 'k', blank: 'F', invalid: 'X' }[state],
          packets,
        ]);
      assert.deepEqual(runs(0, 0x11000), facts.bootloader.crc16_blocks);
      // The vector names the first six only.
      assert.deepEqual(runs(0x11000, 0x132000).slice(0, 6), facts.app.crc16_blocks_from_0x11000);
    });
  }
});
