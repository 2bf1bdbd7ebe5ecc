import assert from 'node:assert/strict';
import { BLOCK, SECTOR } from '../../../src/chip/geometry';
import { noise, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { spoilAnswers } from '../../support/spoil-answers';

const AT = 0x108000;
const ELSEWHERE = 0x188000;
const IMAGE = noise(BLOCK, 3);

/** A chip full of bytes, and a line that changes one bit in the address of the first such command. */
function misled(command: number, addressAt: number, bit = ELSEWHERE ^ AT, at = AT) {
  const { device, chip } = testDevice('bk7231n');
  chip.flash.set(noise(6 * BLOCK, 9), 0x100000);
  chip.flash.set(noise(BLOCK, 10), ELSEWHERE);
  let left = 1;
  const receive = chip.receive.bind(chip);
  chip.receive = (bytes, baud) => {
    const request = Buffer.from(bytes);
    const hit = request[3] === 0xff && request[7] === command;
    if (hit && request.readUInt32LE(addressAt) === at && left-- > 0) {
      request.writeUInt32LE((at ^ bit) >>> 0, addressAt);
    }
    receive(request, baud);
  };
  return { device, chip };
}

describe('a command whose address the line has changed', () => {
  for (const [what, command, addressAt] of [
    ['erase', 0x0f, 9],
    ['program', 0x07, 8],
  ] as const) {
    it(`is told of where its ${what} hit what nobody asked for`, async () => {
      const { device, chip } = misled(command, addressAt);
      const job = device.write({ image: IMAGE.subarray(0, 4 * SECTOR), offset: AT - SECTOR });
      const { message, cause } = await rejection(job, 'BK_CRC_MISMATCH');
      assert.match(message, /carried it out at 0x188000, outside of what was to be changed/);
      assert.match(message, /in place and verified/);
      assert.equal(cause.address, ELSEWHERE);
      assert.equal(cause.phase, 'verify');
      assert.doesNotMatch(cause.advice.join(), /bootloader/);
      assert.deepEqual(cause.state?.uncertain, [{ offset: ELSEWHERE, length: SECTOR }]);
      assert.match(cause.advice.join(), /from a backup/);
      const written = chip.flash.subarray(AT - SECTOR, AT + 3 * SECTOR);
      assert.ok(written.equals(IMAGE.subarray(0, 4 * SECTOR)));
      await device.close();
    });
  }

  it('is told of with each sector of a block that it hit', async () => {
    const at = 0x100000;
    const { device, chip } = misled(0x0f, 9, 0x80000, at);
    const job = device.write({ image: IMAGE, offset: at });
    const { message, cause } = await rejection(job, 'BK_CRC_MISMATCH');
    assert.equal(cause.address, 0x180000);
    assert.deepEqual(cause.state?.uncertain, [{ offset: 0x180000, length: BLOCK }]);
    for (let sector = 0; sector < 16; sector++) {
      assert.ok(message.includes(`0x${(0x180000 + sector * SECTOR).toString(16)}`), message);
    }
    assert.ok(chip.flash.subarray(at, at + BLOCK).equals(IMAGE));
    await device.close();
  });

  it('is told of where addresses go round at the end of flash', async () => {
    const { device } = misled(0x0f, 9, 0x280000);
    const job = device.write({ image: IMAGE.subarray(0, SECTOR), offset: AT });
    const { cause } = await rejection(job, 'BK_CRC_MISMATCH');
    // 0x388000 of a flash that ends at 0x200000.
    assert.deepEqual(cause.state?.uncertain, [{ offset: ELSEWHERE, length: SECTOR }]);
    await device.close();
  });

  it('is told of in the order of addresses, however often it happened', async () => {
    const { device, chip } = testDevice('bk7231n');
    chip.flash.set(noise(16 * SECTOR, 9), 0x100000);
    const lines = new Map([
      [0x101000, 0x190000],
      [0x103000, 0x170000],
    ]);
    const receive = chip.receive.bind(chip);
    chip.receive = (bytes, baud) => {
      const request = Buffer.from(bytes);
      const address = request.length > 12 ? request.readUInt32LE(9) : 0;
      const other = lines.get(address);
      if (request[3] === 0xff && request[7] === 0x0f && other !== undefined) {
        lines.delete(address);
        request.writeUInt32LE(other, 9);
      }
      receive(request, baud);
    };
    const job = device.write({ image: IMAGE.subarray(0, 5 * SECTOR), offset: 0x100000 });
    const { cause, message } = await rejection(job, 'BK_CRC_MISMATCH');
    assert.equal(cause.address, 0x170000);
    assert.match(message, /0x170000, 0x190000/);
    assert.deepEqual(
      cause.state?.uncertain.map(({ offset }) => offset),
      [0x170000, 0x190000],
    );
    await device.close();
  });

  for (const [sim, hit, advice] of [
    ['bk7231n', 0x10000, /bootloader set to replace/],
    // A basic chip turns its own address down; behind the end of flash it is the same.
    ['bk7231t', 0x210000, /keep it powered and linked/],
  ] as const) {
    it(`is told first of a bootloader that it hit: ${sim}`, async () => {
      const { device, chip } = testDevice(sim);
      // What is told where the worst has happened: the rest of the tests has no part in it.
      Object.assign(chip.options, { untallied: true });
      const receive = chip.receive.bind(chip);
      let left = 1;
      chip.receive = (bytes, baud) => {
        const request = Buffer.from(bytes);
        const isErase = request[3] === 0xff && request[7] === 0x0f;
        if (isErase && left-- > 0) request.writeUInt32LE(hit, 9);
        receive(request, baud);
      };
      chip.flash.set(noise(4 * SECTOR, 9), AT);
      const job = device.write({ image: IMAGE.subarray(0, 3 * SECTOR), offset: AT });
      const { cause } = await rejection(job, 'BK_CRC_MISMATCH');
      assert.equal(cause.address, 0x10000);
      assert.match(cause.advice[0] ?? '', advice);
      await device.close();
    });
  }

  it('is told, too, by a job that ends for another reason', async () => {
    const { device } = misled(0x07, 8);
    const abort = new AbortController();
    const job = device.write(
      { image: IMAGE, offset: 0x100000 },
      {
        signal: abort.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'write' && done >= 10 * SECTOR) abort.abort();
        },
      },
    );
    const { cause } = await rejection(job, 'BK_CANCELLED');
    assert.ok(cause.state?.uncertain.some(({ offset }) => offset === ELSEWHERE));
    await device.close();
  });

  it('is mended where it hit the job itself', async () => {
    const { device, chip } = misled(0x07, 8, SECTOR);
    const { payload } = await device.write({ image: IMAGE, offset: 0x100000 });
    assert.equal(payload.verified, true);
    assert.ok(chip.flash.subarray(0x100000, 0x100000 + BLOCK).equals(IMAGE));
    await device.close();
  });

  it('is not seen where only its answer was changed', async () => {
    const { device, chip } = testDevice('bk7231n');
    let left = 1;
    spoilAnswers(chip, [0x07], (answer) => {
      if (left-- > 0) answer[13] = (answer[13] as number) ^ 0x08;
    });
    const { facts } = await device.write({ image: IMAGE, offset: 0x100000 });
    assert.equal(facts.recoveries.length, 1);
    assert.ok(chip.flash.subarray(0x100000, 0x100000 + BLOCK).equals(IMAGE));
    await device.close();
  });
});
