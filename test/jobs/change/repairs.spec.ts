import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, sum, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { spoilAnswers } from '../../support/spoil-answers';

const START = 0x100000;
const PROGRAM = 0x07;
const CHECKSUM = 0x10;
const IMAGE = noise(BLOCK, 3);

/** A line that changes bytes of what it brings to some sectors, on some tries. */
function spoiling(spoils: (sector: number, tries: number) => number | null) {
  const bench = testDevice('bk7231n');
  const { chip } = bench;
  chip.flash.set(noise(2 * BLOCK, 9), START);
  const tries = new Map<number, number>();
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    const request = Buffer.from(bytes);
    if (request[3] === 0xff && request[7] === PROGRAM) {
      const sector = (request.readUInt32LE(8) - START) / SECTOR;
      const count = tries.get(sector) ?? 0;
      tries.set(sector, count + 1);
      const at = spoils(sector, count);
      if (at !== null) request[12 + at] = (request[12 + at] as number) ^ 0x01;
    }
    receive(request, baud);
  };
  const holds = (sector: number) =>
    chip.flash
      .subarray(START + sector * SECTOR)
      .subarray(0, SECTOR)
      .equals(IMAGE.subarray(sector * SECTOR, (sector + 1) * SECTOR));
  const write = () => bench.device.write({ image: IMAGE, offset: START });
  return { ...bench, tries, holds, write };
}

const ALL = Array.from({ length: 16 }, (_, sector) => sector);

describe('a sector that does not hold its bytes', () => {
  for (const sector of [0, 5, 15]) {
    it(`is written again, it alone: ${sector}`, async () => {
      const { write, device, holds, tries, chip } = spoiling((at, count) =>
        at === sector && count < 2 ? 100 + count : null,
      );
      const { payload } = await write();
      assert.equal(payload.verified, true);
      assert.ok(ALL.every(holds));
      assert.equal(tries.get(sector), 3);
      assert.equal(sum(chip.counters.programs), 16 + 2);
      await device.close();
    });
  }

  it('in spite of four tries with the same outcome is worn, and all others are in place', async () => {
    const { write, device, holds, tries } = spoiling((at) => (at === 5 ? 100 : null));
    const { message, cause } = await rejection(write(), 'BK_BAD_SECTOR');
    assert.equal(cause.address, START + 5 * SECTOR);
    assert.equal(cause.phase, 'verify');
    assert.equal(cause.attempts, 4);
    assert.equal(tries.get(5), 4);
    assert.match(message, /0x105000/);
    assert.match(cause.likely[0]?.cause ?? '', /Worn or broken/);
    assert.match(cause.likely[0]?.evidence ?? '', /0x105000/);
    assert.deepEqual(cause.state?.uncertain, [{ offset: START + 5 * SECTOR, length: SECTOR }]);
    assert.ok(ALL.every((sector) => holds(sector) === (sector !== 5)));
    await device.close();
  });

  it('as others do not, other bytes each time, is not given up: that is the line', async () => {
    const { write, device, holds, tries } = spoiling((at, count) =>
      [2, 5, 9].includes(at) && count < 8 ? 100 + count : null,
    );
    const { payload, facts } = await write();
    assert.equal(payload.verified, true);
    assert.ok(ALL.every(holds));
    assert.ok((tries.get(9) ?? 0) > 4);
    assert.match(facts.warnings.join(), /line made errors/);
    await device.close();
  });

  it('whatever is tried, as others, is told of as the line’s doing', async () => {
    const { write, device, tries } = spoiling((at, count) =>
      [2, 5, 9].includes(at) ? 100 + count : null,
    );
    const { message, cause } = await rejection(write(), 'BK_CRC_MISMATCH');
    assert.match(message, /0x102000/);
    assert.equal(cause.phase, 'verify');
    assert.match(cause.advice.join(), /baud/);
    // Four before it was known to be the line, and ten then.
    assert.ok(Math.max(...tries.values()) <= 14, `${[...tries.values()]}`);
    await device.close();
  });

  it('like all others, with the bytes of before, is that of a flash that takes none', async () => {
    const { device, chip } = testDevice('bk7231n');
    const old = noise(2 * BLOCK, 9);
    chip.flash.set(old, START);
    // What is answered with success, and not done.
    spoilAnswers(chip, [0x0f, PROGRAM], () => chip.flash.set(old, START));
    const job = device.write({ image: IMAGE, offset: START });
    const { message, cause } = await rejection(job, 'BK_FLASH_PROTECTED');
    assert.match(message, /0x100000, 0x101000/);
    assert.equal(cause.address, START);
    const { state } = cause;
    assert.deepEqual([state?.written, state?.blank], [[], []], 'its word is worth nothing');
    assert.ok(cause.advice.length > 0);
    assert.ok(sum(chip.counters.programs) <= 10, 'it is found out at the start');
    await device.close();
  });

  it('like all others, when flash takes no erase, is found out at the start', async () => {
    const { device, chip } = testDevice('bk7231n');
    const old = noise(8 * BLOCK, 9);
    chip.flash.set(old, START);
    let erases = 0;
    spoilAnswers(chip, [0x0f], () => {
      chip.flash.set(old, START);
      erases++;
    });
    const job = device.erase({ region: 'range', offset: START, length: 8 * BLOCK });
    const { cause } = await rejection(job, 'BK_FLASH_PROTECTED');
    assert.deepEqual(cause.state?.blank, []);
    assert.ok(erases <= 10, `${erases} erases of it`);
    await device.close();
  });

  it('as many others do not, the same bytes each time, is that of a flash that takes none', async () => {
    const { write, device } = spoiling((at) => (at > 0 ? 100 : null));
    const { message, cause } = await rejection(write(), 'BK_FLASH_PROTECTED');
    assert.equal(cause.phase, 'verify');
    const named = message.match(/0x10[1-9]000/g) ?? [];
    assert.ok(named.length >= 9, message);
    await device.close();
  });

  it('while each repair spoils another one is not tried for ever', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(2 * BLOCK, 9), START);
    let programs = 0;
    const receive = chip.receive.bind(chip);
    chip.receive = (bytes, baud) => {
      receive(bytes, baud);
      if (bytes[3] !== 0xff || bytes[7] !== PROGRAM || ++programs < 16) return;
      // The sector before the one that is written, which was looked at before, loses a bit.
      const sector = (Buffer.from(bytes).readUInt32LE(8) - START) / SECTOR;
      const at = START + ((sector + 15) % 16) * SECTOR + 7;
      chip.flash[at] = (chip.flash[at] as number) ^ 0x01;
    };
    const { message, cause } = await rejection(
      device.write({ image: IMAGE, offset: START }),
      'BK_CRC_MISMATCH',
    );
    assert.match(message, /was verified 6 times, and each time something was wrong/);
    assert.equal(cause.attempts, 6);
    assert.equal(programs, 16 + 6, 'one repair a round');
    assert.deepEqual(cause.state?.old, []);
    await device.close();
  });

  it('by one answer alone holds them, and nothing is erased for that', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(2 * BLOCK, 9), START);
    let isWritten = false;
    let left = 2;
    const receive = chip.receive.bind(chip);
    chip.receive = (bytes, baud) => {
      if (bytes[3] === 0xff && bytes[7] === PROGRAM) isWritten = true;
      receive(bytes, baud);
    };
    const attach = chip.attach.bind(chip);
    chip.attach = (host) =>
      attach({
        get baudRate() {
          return host.baudRate;
        },
        receive: (bytes) => {
          const answer = Buffer.from(bytes);
          const isChecksum = answer.length >= 11 && answer[6] === CHECKSUM;
          if (isWritten && isChecksum && left-- > 0) answer[9] = (answer[9] as number) ^ 0x40;
          host.receive(answer);
        },
      });
    const { payload } = await device.write({ image: IMAGE, offset: START });
    assert.equal(payload.verified, true);
    assert.ok(left <= 0, 'answers were changed');
    assert.equal(sum(chip.counters.programs), 16);
    assert.equal(sum(chip.counters.erases), 16);
    await device.close();
  });
});
