import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { isBkError } from '../../../src/errors';
import { openSession } from '../../support/linked-session';

const DATA = Buffer.alloc(4096, 0x5a);
const BASIC = ['bk7231t', 'bk7231u', 'bk7231q', 'bk7252', 'bk7252?bootloader=unknown'];

describe('flash of a linked chip', () => {
  for (const chip of ['bk7231n', 'bk7231t', 'bk7252', 'bk7258']) {
    it(`reads and checks every part of it, the bootloader included: ${chip}`, async () => {
      const own = await openSession(`sim://${chip}`);
      const { flash } = own.session;
      for (const address of [0, 0x1000, 0x10000, 0x11000, 0x20000, flash.size - 0x1000]) {
        const truth = own.chip.flash.subarray(address, address + 0x1000);
        assert.ok((await flash.readSector(address)).equals(truth), address.toString(16));
        assert.equal(await flash.crc(address, 0x1000), crc32(truth), address.toString(16));
      }
      assert.equal(await flash.crc(0, flash.size), crc32(own.chip.flash));
      assert.equal(await flash.crc(0x11000, 1), crc32(own.chip.flash.subarray(0x11000, 0x11001)));
      assert.equal(own.chip.counters.guarded, 0);
    });

    it(`erases a sector and a block, and programs a sector: ${chip}`, async () => {
      const own = await openSession(`sim://${chip}`);
      const { flash } = own.session;
      const before = Buffer.from(own.chip.flash);
      await flash.eraseBlock(0x20000);
      await flash.eraseSector(0x13000);
      await flash.program(0x13000, DATA);
      const expected = before.fill(0xff, 0x20000, 0x30000).fill(0x5a, 0x13000, 0x14000);
      assert.ok(own.chip.flash.equals(expected));
      assert.equal(own.chip.counters.refused, 0);
      assert.equal(own.chip.counters.bootloaderTouches, 0);
    });
  }

  it('reads the bootloader of a basic chip in its mirror behind the end', async () => {
    const own = await openSession('sim://bk7231t');
    const asked: number[] = [];
    own.line().onRequest = (key, bytes) => {
      if (key === 'L09') asked.push(bytes.readUInt32LE(8));
      return true;
    };
    await own.session.flash.readSector(0);
    await own.session.flash.readSector(0x10000);
    await own.session.flash.readSector(0x11000);
    assert.deepEqual(asked, [0x200000, 0x210000, 0x11000]);
  });

  it('unlocks a basic chip after a checksum, before it erases', async () => {
    const own = await openSession('sim://bk7231t');
    const { flash } = own.session;
    await flash.eraseSector(0x20000);
    const checks = own.chip.counters.linkChecks;
    await flash.eraseSector(0x21000);
    assert.equal(own.chip.counters.linkChecks, checks);
    await flash.crc(0x20000, 0x2000);
    await flash.eraseSector(0x22000);
    assert.equal(own.chip.counters.linkChecks, checks + 1);
    assert.equal(own.chip.counters.refused, 0);
    assert.ok(own.chip.flash.subarray(0x20000, 0x23000).every((byte) => byte === 0xff));
  });

  it('programs a basic chip after a checksum by way of an erase', async () => {
    const own = await openSession('sim://bk7231t');
    const { flash } = own.session;
    await flash.eraseSector(0x20000);
    await flash.crc(0x20000, 0x1000);
    await flash.program(0x20000, DATA);
    assert.equal(own.chip.counters.erases[0x20], 2);
    assert.equal(own.chip.counters.refused, 0);
    assert.ok(own.chip.flash.subarray(0x20000, 0x21000).equals(DATA));
  });

  it('programs a full chip after a checksum without another erase', async () => {
    const own = await openSession('sim://bk7231n');
    const { flash } = own.session;
    await flash.eraseSector(0x20000);
    await flash.crc(0x20000, 0x1000);
    await flash.program(0x20000, DATA);
    assert.equal(own.chip.counters.erases[0x20], 1);
    assert.ok(own.chip.flash.subarray(0x20000, 0x21000).equals(DATA));
  });

  it('has a full chip write its bootloader area when it is told to', async () => {
    const own = await openSession('sim://bk7231n');
    await own.session.flash.eraseSector(0);
    await own.session.flash.program(0, DATA);
    assert.ok(own.chip.flash.subarray(0, 0x1000).equals(DATA));
  });

  it('takes no range that is not inside flash, and sends nothing for it', async () => {
    const own = await openSession('sim://bk7231n');
    const { flash } = own.session;
    const sent = own.line().requests.length;
    for (const address of [-1, -0x1000, 0.5, Number.NaN, flash.size, 0x1_0000_0000, 2 ** 53]) {
      for (const act of [
        () => flash.readSector(address),
        () => flash.crc(address, 0x1000),
        () => flash.eraseSector(address),
        () => flash.eraseBlock(address),
        () => flash.program(address, DATA),
      ]) {
        await assert.rejects(async () => act(), { code: 'BK_OUT_OF_RANGE' }, `${act} ${address}`);
      }
    }
    for (const length of [0, -1, Number.NaN, 0.5, flash.size + 1, Number.POSITIVE_INFINITY]) {
      await assert.rejects(async () => flash.crc(0, length), { code: 'BK_OUT_OF_RANGE' });
    }
    await assert.rejects(async () => flash.eraseBlock(0x21000), { code: 'BK_OUT_OF_RANGE' });
    await assert.rejects(async () => flash.eraseSector(0x11800), { code: 'BK_OUT_OF_RANGE' });
    assert.equal(own.line().requests.length, sent);
  });

  it('takes no data that are not one sector', async () => {
    const own = await openSession('sim://bk7231t');
    for (const length of [0, 1, 256, 4095, 4097, 8192]) {
      await assert.rejects(async () => own.session.flash.program(0x20000, Buffer.alloc(length)), {
        code: 'BK_OUT_OF_RANGE',
      });
    }
    assert.equal(own.chip.counters.commands.L07, undefined);
  });
});

describe("a basic chip's bootloader", () => {
  for (const chip of BASIC) {
    it(`cannot be erased or programmed by any address: ${chip}`, async () => {
      const own = await openSession(`sim://${chip}`);
      const { flash } = own.session;
      const { size } = flash;
      const before = crc32(own.chip.flash);
      const sent = own.line().requests.length;
      const within = fc.oneof(
        fc.nat(0x10fff),
        fc.nat(16).map((sector) => sector * 0x1000),
      );
      const turns = fc.constantFrom(0, 1, 2, -1, 0x1_0000_0000 / size, -0x1_0000_0000 / size);
      const deed = fc.constantFrom('sector', 'block', 'program');
      await fc.assert(
        fc.asyncProperty(within, turns, deed, async (offset, turn, kind) => {
          const address = offset + turn * size;
          const error = await Promise.resolve()
            .then(() => {
              if (kind === 'sector') return flash.eraseSector(address);
              if (kind === 'block') return flash.eraseBlock(address);
              return flash.program(address, DATA);
            })
            .then(
              () => null,
              (reason: unknown) => reason,
            );
          assert.ok(isBkError(error, 'BK_BOOTLOADER_PROTECTED', 'BK_OUT_OF_RANGE'), `${error}`);
        }),
        { numRuns: 300 },
      );
      for (let address = 0; address < 0x11000; address += 0x1000) {
        const protectedError = { code: 'BK_BOOTLOADER_PROTECTED' };
        await assert.rejects(async () => flash.eraseSector(address), protectedError);
        await assert.rejects(async () => flash.program(address, DATA), protectedError);
      }
      for (const address of [0, 0x10000]) {
        await assert.rejects(async () => flash.eraseBlock(address), {
          code: 'BK_BOOTLOADER_PROTECTED',
        });
      }
      assert.equal(own.line().requests.length, sent);
      assert.equal(own.chip.counters.bootloaderTouches, 0);
      assert.equal(crc32(own.chip.flash), before);
    });
  }

  it('is safe on flash that is smaller than the bootloader says', async () => {
    const own = await openSession('sim://bk7231t?size=1M');
    await assert.rejects(async () => own.session.flash.eraseSector(0x100000), {
      code: 'BK_OUT_OF_RANGE',
    });
    await assert.rejects(async () => own.session.flash.program(0x110000 - 0x1000, DATA), {
      code: 'BK_OUT_OF_RANGE',
    });
    assert.equal(own.chip.counters.bootloaderTouches, 0);
  });
});
