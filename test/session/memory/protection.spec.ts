import assert from 'node:assert/strict';
import { type FlashPart, flashPart } from '../../../src/chip/flash-parts';
import { Exchanger } from '../../../src/session/exchange/exchanger';
import { unprotect } from '../../../src/session/memory/protection';
import { openSession } from '../../support/linked-session';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

interface Written {
  register: number;
  value: string;
}

/** A part's status register on a wire; `take` decides what a write makes of it (second byte << 8 | first). */
function statusRegister(
  start: number,
  take: (before: number, write: Written) => number = (before, { register, value }) => {
    const bytes = Buffer.from(value, 'hex');
    if (register === 0x31) return (before & 0xff) | ((bytes[0] ?? 0) << 8);
    return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  },
) {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock);
  let status = start;
  const part = { written: [] as Written[], read: [] as number[], busyReads: 0 };
  transport.onWrite = (bytes) => {
    const code = bytes[7];
    const register = bytes[8] ?? 0;
    if (code === 0x0c) {
      part.read.push(register);
      let value = register === 0x05 ? status & 0xff : status >> 8;
      if (register === 0x05 && part.busyReads > 0) {
        part.busyReads--;
        value |= 1;
      }
      transport.say(
        Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, 4, 0, 0x0c, 0, register, value]),
        1,
      );
      return;
    }
    assert.equal(code, 0x0d);
    const write = { register, value: bytes.subarray(9).toString('hex') };
    part.written.push(write);
    status = take(status, write);
    transport.say(
      Buffer.concat([
        Buffer.from([0x04, 0x0e, 0xff, 0x01, 0xe0, 0xfc, 0xf4, bytes.length - 6, 0, 0x0d, 0]),
        bytes.subarray(8),
      ]),
      1,
    );
  };
  return { part, clock, exchanger: new Exchanger(transport, clock), status: () => status };
}

const TWO_BYTES = flashPart('eb6015');
const ONE_BYTE = flashPart('1c7015');

describe('taking off the write protection', () => {
  it('believes a status that comes twice, not one that a line made of it', async () => {
    // What one garbled answer shows must not be written back: some bits can be set once and for ever.
    for (const garbled of [0x04, 0x38, 0x80]) {
      const own = await openSession('sim://bk7231n?app=silent&protect=none', { baud: 115_200 });
      let left = 1;
      own.line().onAnswer = (bytes, request) => {
        if (request !== 'L0C' || left-- <= 0) return bytes;
        const other = Buffer.from(bytes);
        other[12] = (other[12] as number) ^ garbled;
        return other;
      };
      await own.session.step({ phase: 'erase', address: 0x20000 }, undefined, () =>
        own.session.flash.eraseSector(0x20000),
      );
      assert.equal(own.chip.counters.statusWrites, 0);
    }
  });

  it('writes both status bytes at once, and keeps every other bit', async () => {
    const { part, exchanger, status } = statusRegister(0x46fe);
    part.busyReads = 0;
    await unprotect(exchanger, TWO_BYTES);
    assert.deepEqual(part.written, [{ register: 0x01, value: '8206' }]);
    assert.equal(status(), 0x0682);
  });

  it('writes nothing where no protect bit is set', async () => {
    for (const start of [0x0000, 0x0680, 0x0200, 0x8082]) {
      const { part, exchanger } = statusRegister(start);
      await unprotect(exchanger, TWO_BYTES);
      assert.deepEqual(part.written, [], start.toString(16));
    }
  });

  it('writes one byte to a part with one', async () => {
    const { part, exchanger } = statusRegister(0x00bc);
    await unprotect(exchanger, ONE_BYTE);
    assert.equal(ONE_BYTE.protectMask, 0x3c);
    assert.deepEqual(part.written, [{ register: 0x01, value: '80' }]);
    assert.ok(part.read.every((register) => register === 0x05));
  });

  it('clears CMP in the second byte, where the part takes that with 31 only', async () => {
    const { part, exchanger, status } = statusRegister(0x4204, (before, { register, value }) => {
      const first = Number.parseInt(value.slice(0, 2), 16);
      if (register === 0x31) return (before & 0xff) | (first << 8);
      return (before & 0xff00) | first;
    });
    await unprotect(exchanger, TWO_BYTES);
    assert.equal(status(), 0x0200);
    assert.deepEqual(
      part.written.map(({ register }) => register),
      [0x01, 0x31],
    );
  });

  it('reads the second byte by the command of the part', async () => {
    const part = flashPart('c22315');
    const { part: wire, exchanger } = statusRegister(0x1004);
    await unprotect(exchanger, part);
    assert.ok(wire.read.includes(part.statusRead[1] as number));
    assert.ok(!wire.read.includes(0x35));
  });

  it('takes off the bits of every part of the table, and touches no other', async () => {
    const parts = [...new Map(allKinds().map((part) => [kindOf(part), part])).values()];
    assert.ok(parts.length >= 4);
    for (const part of parts) {
      const all = part.statusBytes < 2 ? 0xfe : 0xfefe;
      const { exchanger, status } = statusRegister(all);
      await unprotect(exchanger, part);
      assert.equal(status(), all & ~part.protectMask, part.id);
    }
  });

  it('waits while the part is busy before it believes what it reads', async () => {
    const { part, exchanger } = statusRegister(0x0000);
    part.busyReads = 5;
    await unprotect(exchanger, TWO_BYTES);
    assert.deepEqual(part.written, []);
    assert.ok(part.read.length >= 6);
  });

  it('never writes back a register of all ones', async () => {
    const { part, exchanger } = statusRegister(0xffff);
    await assert.rejects(unprotect(exchanger, TWO_BYTES), { code: 'BK_FLASH_PROTECTED' });
    assert.deepEqual(part.written, []);
  });

  it('tries 10 times and then says what helps', async () => {
    const { part, clock, exchanger } = statusRegister(0x7bfc, (before) => before);
    await assert.rejects(
      unprotect(exchanger, TWO_BYTES),
      (error: { code: string; cause: { attempts: number; advice: string[] } }) =>
        error.code === 'BK_FLASH_PROTECTED' &&
        error.cause.attempts === 10 &&
        /3\.3 V/.test(error.cause.advice.join()),
    );
    assert.equal(part.written.length, 10);
    assert.equal(clock.pending, 0);
  });
});

describe('protection in a session', () => {
  const PUNISHING = 'srPunish=true';

  it('is looked at before the first change, and not by linking or reading', async () => {
    const { session, chip } = await openSession(`sim://bk7231n?${PUNISHING}`);
    await session.flash.readSector(0x20000);
    await session.flash.crc(0, 0x1000);
    assert.equal(chip.counters.statusWrites, 0);
    await session.flash.eraseSector(0x20000);
    assert.equal(chip.counters.statusWrites, 1);
    assert.equal(chip.counters.needlessStatusWrites, 0);
    assert.equal(chip.counters.refused, 0);
    assert.ok(chip.flash.subarray(0x20000, 0x21000).every((byte) => byte === 0xff));
  });

  it('is written once for any number of changes', async () => {
    const { session, chip } = await openSession(`sim://bk7231n?${PUNISHING}`);
    for (let address = 0x20000; address < 0x28000; address += 0x1000) {
      await session.flash.eraseSector(address);
      await session.flash.program(address, Buffer.alloc(4096, 0x5a));
    }
    assert.equal(chip.counters.statusWrites, 1);
  });

  for (const chip of ['bk7231n', 'bk7231m', 'bk7238', 'bk7252n', 'bk7236', 'bk7258']) {
    it(`never writes the status register of an unprotected ${chip}`, async () => {
      const own = await openSession(`sim://${chip}?${PUNISHING}&protect=none`);
      await own.session.flash.eraseSector(0x20000);
      own.session.forgetLocks();
      await own.session.flash.program(0x20000, Buffer.alloc(4096));
      assert.equal(own.chip.counters.statusWrites, 0);
      assert.ok(own.chip.flash.subarray(0x20000, 0x21000).every((byte) => byte === 0));
    });
  }

  it('is taken off again after a reboot, and not written where it stayed off', async () => {
    const { session, chip, line } = await openSession(`sim://bk7231n?${PUNISHING}`, {
      baud: 115_200,
    });
    await session.flash.eraseSector(0x20000);
    session.forgetLocks();
    await session.flash.eraseSector(0x21000);
    assert.equal(chip.counters.statusWrites, 1);
    line().before('L0F', () => {
      chip.reset();
      return false;
    });
    await session.step({ phase: 'erase', address: 0x22000 }, undefined, () =>
      session.flash.eraseSector(0x22000),
    );
    assert.equal(chip.counters.statusWrites, 2);
    assert.equal(chip.counters.needlessStatusWrites, 0);
    assert.equal(chip.counters.refused, 0);
  });

  it('works on parts of one status byte', async () => {
    for (const protect of ['0x003c', 'none']) {
      const { session, chip } = await openSession(
        `sim://bk7231n?${PUNISHING}&jedec=1c7015&protect=${protect}`,
      );
      await session.flash.eraseSector(0x20000);
      assert.equal(chip.counters.needlessStatusWrites, 0);
      assert.equal(chip.counters.refused, 0);
    }
  });

  it('that stays is an error before anything is erased, and no reason to try again', async () => {
    const { session, chip, line } = await openSession('sim://bk7231n');
    line().onAnswer = (bytes, key) => {
      const other = Buffer.from(bytes);
      if (key === 'L0C' && other[11] === 0x05) other[12] = 0xfc;
      return other;
    };
    await assert.rejects(
      session.step({ phase: 'erase', address: 0x20000 }, undefined, () =>
        session.flash.eraseSector(0x20000),
      ),
      { code: 'BK_FLASH_PROTECTED' },
    );
    assert.equal(chip.counters.statusWrites, 10);
    assert.equal(chip.counters.commands.L0F, undefined);
  });
});

function allKinds(): FlashPart[] {
  return ['eb6015', '1c7015', '1c3113', '514013', '854215', 'c22315', '684018', 'c46015'].map(
    (id) => flashPart(id),
  );
}

function kindOf({ statusBytes, protectMask }: FlashPart): string {
  return `${statusBytes} ${protectMask}`;
}
