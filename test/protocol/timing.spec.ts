import assert from 'node:assert/strict';
import {
  checkCrc,
  encodeRequest,
  flashErase,
  flashRead4K,
  flashWrite,
  flashWrite4K,
  readStatusRegister,
  setBaudRate,
  writeStatusRegister,
} from '../../src/protocol/commands/command-table';
import { crcWork, LATENCY_MS, lineTime } from '../../src/protocol/timing';

const WRITE_4K = encodeRequest(flashWrite4K, { address: 0, data: Buffer.alloc(4096) });

describe('times on the line', () => {
  it('are those of 10 bits a byte', () => {
    for (const [baudRate, ms] of [
      [115_200, 356.6],
      [230_400, 178.3],
      [460_800, 89.1],
      [921_600, 44.6],
      [1_500_000, 27.4],
      [2_000_000, 20.5],
    ] as const) {
      assert.equal(Math.round(lineTime(WRITE_4K.length, baudRate) * 10) / 10, ms, `${baudRate}`);
    }
  });

  it('make 2 MiB take 182.7 s one way at 115200', () => {
    const sectors = (2 * 1024 * 1024) / 4096;
    const answer = flashRead4K.answerBytes;
    assert.equal(Math.round(lineTime(sectors * answer, 115_200) / 100) / 10, 182.7);
  });
});

describe("times of the chip's work", () => {
  /** The datasheets' longest, ms. */
  const LONGEST = { page: 5, sector: 400, block: 2000, statusWrite: 30 };

  it('are no shorter than the longest of the datasheets', () => {
    const data = Buffer.alloc(4096);
    assert.ok(flashWrite.work({ address: 0, data }) >= LONGEST.page);
    assert.ok(flashWrite4K.work({ address: 0, data }) >= 16 * LONGEST.page);
    assert.ok(flashErase.work({ address: 0, size: 0x20 }) >= 2 * LONGEST.sector);
    assert.ok(flashErase.work({ address: 0, size: 0xd8 }) >= 2 * LONGEST.block);
    const value = Buffer.alloc(2);
    assert.ok(writeStatusRegister.work({ register: 1, value }) >= LONGEST.statusWrite);
    assert.ok(readStatusRegister.work({ register: 5 }) >= LONGEST.statusWrite);
  });

  it('are longer for a block than for a sector', () => {
    const sector = flashErase.work({ address: 0, size: 0x20 });
    assert.ok(flashErase.work({ address: 0, size: 0xd8 }) > sector);
  });

  it('grow with the range of a checksum, at the slowest rate that any tool reckons with', () => {
    const work = (bytes: number) => checkCrc.work({ start: 0x11000, end: 0x11000 + bytes });
    assert.ok(work(256) >= 1000);
    for (let bytes = 4096; bytes <= 16 * 1024 * 1024; bytes *= 2) {
      assert.ok(work(bytes) > work(bytes / 2));
      assert.ok(work(bytes) >= (bytes / 70_000) * 1000, `${bytes} bytes`);
    }
    assert.ok(crcWork(2 * 1024 * 1024) > 30_000);
  });

  it('include the delay that a change of rate was asked to keep', () => {
    assert.ok(setBaudRate.work({ baudRate: 921_600, delayMs: 200 }) > 200);
  });

  it('leave an adapter its time both ways', () => {
    assert.ok(LATENCY_MS >= 2 * 16);
  });
});
