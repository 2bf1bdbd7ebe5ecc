import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Fault } from '../../../src/diagnosis/evidence/evidence';
import { type BkError, isBkError } from '../../../src/errors';
import {
  COMMANDS,
  type Command,
  checkCrc,
  encodeRequest,
  flashErase,
  flashRead4K,
  flashWrite4K,
  linkCheck,
  readJedecId,
  readRegister,
  readStatusRegister,
  reboot,
  writeRegister,
  writeStatusRegister,
} from '../../../src/protocol/commands/command-table';
import { lineTime } from '../../../src/protocol/timing';
import { Exchanger } from '../../../src/session/exchange/exchanger';
import { bench } from '../../support/linked-session';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

const LINKED = '040e0501e0fc0100';
const REGISTER = { address: 0x800000 };
const FAULTS: readonly Fault[] = ['silence', 'short', 'garbled', 'refused', 'checksum'];
const REGISTER_ANSWER = '040e0c01e0fc03000080001c230700';

function setUp() {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock);
  return { clock, transport, exchanger: new Exchanger(transport, clock) };
}

/** The error that a promise ends with. */
async function failure(promise: Promise<unknown>): Promise<BkError> {
  try {
    await promise;
  } catch (error) {
    if (isBkError(error)) return error;
    throw error;
  }
  return assert.fail('it should have failed');
}

/** How often exchanges failed, by kind of fault. */
function failuresOf(exchanger: Exchanger): Partial<Record<Fault, number>> {
  const faults: Partial<Record<Fault, number>> = {};
  for (const tally of exchanger.evidence.evidence.tallies) {
    for (const fault of FAULTS) {
      if (tally[fault] > 0) faults[fault] = (faults[fault] ?? 0) + tally[fault];
    }
  }
  return faults;
}

describe('an exchange', () => {
  it('gives the answer and leaves no timer', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.onWrite = () => transport.say(REGISTER_ANSWER, 3);
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
    assert.equal(clock.pending, 0);
    assert.deepEqual(
      transport.written.map((bytes) => bytes.toString('hex')),
      ['01e0fc050300008000'],
    );
  });

  it('takes an answer that comes while the request is still being written', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.onWrite = () => transport.say(REGISTER_ANSWER);
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
    assert.equal(clock.pending, 0);
  });

  it('passes over stale and foreign answers', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => {
      transport.say(`${LINKED} 040e0c01e0fc03 04000144 11111111`, 1);
      transport.say('ffff 040e0c01e0fc01 00008000 22222222 0d0a', 2);
      transport.say(REGISTER_ANSWER, 3);
    };
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
    assert.equal(exchanger.evidence.evidence.heard.bytes, 4);
  });

  it('survives a burst of late LinkCheck answers before a WriteReg, which has their code', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => {
      for (let copy = 0; copy < 300; copy++) transport.say(LINKED, 0.1 * copy);
      transport.say('040e0c01e0fc01 74008000 01000000', 31);
    };
    assert.equal(await exchanger.sendOnce(writeRegister, { address: 0x800074, value: 1 }), true);
  });

  it('does not take a late answer to WriteReg for one to LinkCheck', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => transport.say('040e0c01e0fc01 00000000 00000000', 1);
    assert.equal((await failure(exchanger.sendOnce(linkCheck, undefined))).code, 'BK_NO_RESPONSE');
  });

  it('tells a silent chip with the command, the address and the port', async () => {
    const { clock, exchanger } = setUp();
    const error = await failure(exchanger.sendOnce(flashErase, { address: 0x27000, size: 0x20 }));
    assert.equal(error.code, 'BK_NO_RESPONSE');
    assert.match(error.message, /scripted did not answer FlashErase at 0x27000 within \d+ ms/);
    assert.equal(error.cause.address, 0x27000);
    assert.deepEqual(failuresOf(exchanger), { silence: 1 });
    assert.equal(clock.pending, 0);
  });

  it('tells a refusal with its status, and does not wait for more', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.onWrite = () => transport.say('040eff01e0fcf40300 0f 06 20', 1);
    const error = await failure(exchanger.sendOnce(flashErase, { address: 0x1000, size: 0x20 }));
    assert.equal(error.code, 'BK_BAD_RESPONSE');
    assert.match(error.message, /refused FlashErase at 0x1000 with status 6/);
    assert.deepEqual(failuresOf(exchanger), { refused: 1 });
    assert.equal(clock.now(), 1);
    assert.equal(clock.pending, 0);
  });

  it("does not take another command's refusal for its own", async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => {
      transport.say('040eff01e0fcf40700 0f 06 20 00200000', 1);
      transport.say('040eff01e0fcf40700 0f 00 20 00100000', 2);
    };
    assert.equal(await exchanger.sendOnce(flashErase, { address: 0x1000, size: 0x20 }), true);
    assert.deepEqual(failuresOf(exchanger), {});
  });

  it('finds at the end of its time an answer that hides behind a cut one', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.onWrite = () => {
      transport.say(`040eff01e0fcf406100900 00100100 ${'5a'.repeat(500)} ${REGISTER_ANSWER}`, 1);
    };
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
    assert.equal(clock.pending, 0);
  });

  it('is not confused by the rest of an answer that came too late', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => transport.say('040e0c01e0fc0300', 1);
    await failure(exchanger.sendOnce(readRegister, REGISTER));
    transport.onWrite = () => {
      transport.say('0080001c230700', 1);
      transport.say('040e0c01e0fc03 04000144 78563412', 2);
    };
    assert.equal(await exchanger.sendOnce(readRegister, { address: 0x44010004 }), 0x12345678);
  });

  it('lets a chip be busy no shorter than the line and the longest work need, at every rate', async () => {
    const { clock, transport, exchanger } = setUp();
    // biome-ignore lint/suspicious/noExplicitAny: commands of every kind
    const cases: readonly (readonly [Command<any, any>, unknown, number, number])[] = [
      [linkCheck, undefined, 8, 0],
      [readRegister, REGISTER, 15, 0],
      [readJedecId, undefined, 15, 0],
      [readStatusRegister, { register: 5 }, 13, 0],
      [flashRead4K, { address: 0x11000 }, 4111, 0],
      [flashWrite4K, { address: 0x11000, data: Buffer.alloc(4096) }, 15, 16 * 5],
      [flashErase, { address: 0x11000, size: 0x20 }, 16, 400],
      [flashErase, { address: 0x20000, size: 0xd8 }, 16, 2000],
      [checkCrc, { start: 0, end: 0x200000 }, 11, (0x200000 / 70_000) * 1000],
    ];
    for (transport.baudRate of [9600, 115_200, 921_600, 2_000_000]) {
      for (const [command, args, answerBytes, workMs] of cases) {
        const start = clock.now();
        await failure(exchanger.sendOnce(command, args));
        const onLine = encodeRequest(command, args).length + answerBytes;
        const least = lineTime(onLine, transport.baudRate) + workMs;
        const waited = Math.max(clock.now(), exchanger.busyUntil) - start;
        assert.ok(waited >= least + 32, `${command.name}: ${waited} ms of ${least}`);
      }
    }
  });

  it('takes one command at a time', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () => transport.say(REGISTER_ANSWER, 3);
    const first = exchanger.sendOnce(readRegister, REGISTER);
    await assert.rejects(exchanger.sendOnce(linkCheck, undefined), /one command at a time/);
    assert.equal(await first, 0x7231c);
    assert.equal(transport.written.length, 1);
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
  });

  it('ends with the port when that goes away in the middle', async () => {
    const { clock, transport, exchanger } = setUp();
    clock.setTimeout(() => transport.lose(new Error('unplugged')), 10);
    const error = await failure(exchanger.sendOnce(readRegister, REGISTER));
    assert.equal(error.code, 'BK_PORT_LOST');
    assert.equal(error.cause.reason, 'unplugged');
    assert.equal(exchanger.evidence.evidence.adapter.lost, 1);
    assert.equal(clock.now(), 10);
    assert.equal(clock.pending, 0);
    assert.deepEqual(failuresOf(exchanger), {});
  });

  it('refuses everything once the port is gone, and leaves no timer', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.lose(new Error('unplugged'));
    assert.equal((await failure(exchanger.sendOnce(linkCheck, undefined))).code, 'BK_PORT_LOST');
    assert.equal((await failure(exchanger.sendUnanswered(reboot, undefined))).code, 'BK_PORT_LOST');
    assert.equal(exchanger.lost?.code, 'BK_PORT_LOST');
    assert.equal(transport.written.length, 0);
    assert.equal(clock.pending, 0);
  });

  it('leaves neither a timer nor a waiter behind a write that fails', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.writeError = new Error('EIO');
    await assert.rejects(exchanger.sendOnce(readRegister, REGISTER), /EIO/);
    assert.equal(clock.pending, 0);
    transport.writeError = null;
    transport.onWrite = () => transport.say(REGISTER_ANSWER, 1);
    assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
    assert.equal(clock.pending, 0);
  });

  it('waits no longer than its limit for a port that takes no bytes', async () => {
    const { clock, transport, exchanger } = setUp();
    transport.write = () => new Promise(() => {});
    assert.equal(
      (await failure(exchanger.sendOnce(linkCheck, undefined, 40))).code,
      'BK_NO_RESPONSE',
    );
    assert.equal(clock.now(), 40);
  });

  it('keeps what bytes of no answer look like as evidence', async () => {
    const { transport, exchanger } = setUp();
    for (let line = 0; line < 50; line++) transport.say(Buffer.from(`line ${line} of a log\r\n`));
    const { received, heard } = exchanger.evidence.evidence;
    assert.match(heard.excerpt, /line 48 of a log line 49 of a log $/);
    assert.equal(heard.text, received);
    assert.equal(heard.bytes, received);
  });

  it('waits until the line is quiet, and no longer than it may', async () => {
    const { clock, transport, exchanger } = setUp();
    for (let ms = 0; ms <= 100; ms += 10) transport.say(LINKED, ms);
    await exchanger.waitForQuiet(20, 300);
    assert.equal(clock.now(), 120);
    for (let ms = 0; ms <= 500; ms += 10) transport.say(LINKED, ms);
    await exchanger.waitForQuiet(20, 300);
    assert.equal(clock.now(), 420);
  });

  it('gives the right answer whatever arrives before it, in whatever pieces', async () => {
    const before = fc.array(
      fc.constantFrom(
        LINKED,
        '040e0c01e0fc03 04000144 11111111',
        '040eff01e0fcf40700 0f 06 20 00200000',
        '040e0801e0fc10 456ebe1e',
        '00',
        '040e',
        '56 3a 42 4f 4f 54 0d 0a',
        '01e0fc050300008000',
      ),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(before, fc.infiniteStream(fc.nat(20)), async (pieces, cuts) => {
        const { clock, transport, exchanger } = setUp();
        const all = Buffer.from([...pieces, REGISTER_ANSWER].join('').replaceAll(' ', ''), 'hex');
        transport.onWrite = () => {
          let at = 0;
          for (const cut of cuts) {
            if (at >= all.length) break;
            transport.say(all.subarray(at, at + 1 + cut), at / 100);
            at += 1 + cut;
          }
        };
        assert.equal(await exchanger.sendOnce(readRegister, REGISTER), 0x7231c);
        await clock.advance(100);
        assert.equal(clock.pending, 0);
      }),
    );
  });
});

/** What basic chips do not know. */
const ONLY_FULL: readonly unknown[] = [
  writeRegister,
  readRegister,
  readStatusRegister,
  writeStatusRegister,
  readJedecId,
];

describe('reads ahead', () => {
  const AT = 0x1000;
  const row = Array.from({ length: 20 }, (_, index) => ({ address: 0x11000 + index * AT }));

  /** How many reads are out at once at most over a late line that has room for so many bytes. */
  async function mostAtOnce(holds: number | undefined): Promise<number> {
    const clock = new VirtualClock();
    const transport = Object.assign(new ScriptedTransport(clock), { roundTripMs: 800 });
    if (holds !== undefined) Object.assign(transport, { holds });
    transport.baudRate = 921_600;
    const exchanger = new Exchanger(transport, clock);
    let out = 0;
    let most = 0;
    const answer = (address: number) => {
      const head = Buffer.from('040eff01e0fcf400000900', 'hex');
      const at = Buffer.alloc(4);
      at.writeUInt32LE(address);
      head.writeUInt16LE(1 + 1 + 4 + 4096, 7);
      return Buffer.concat([head, at, Buffer.alloc(4096, 0x5a)]);
    };
    let free = 0;
    transport.onWrite = (request) => {
      const isRead = request.includes(Buffer.from('f4', 'hex'), 4) && request.length === 12;
      if (!isRead) return transport.say(REGISTER_ANSWER, 800);
      most = Math.max(most, ++out);
      free = Math.max(free, clock.now() + 800) + 45;
      clock.setTimeout(() => {
        out--;
        transport.say(answer(request.readUInt32LE(8)));
      }, free - clock.now());
    };
    // What the line takes is known by then.
    for (let time = 0; time < 3; time++) await exchanger.sendOnce(readRegister, REGISTER);
    for (const [index, args] of row.entries()) {
      const bytes = await exchanger.askWithNext(flashRead4K, args, row.slice(index + 1));
      assert.equal(bytes.length, 4096);
    }
    return most;
  }

  it('are never more than what carries the line has room for', async () => {
    const { answerBytes } = flashRead4K;
    assert.equal(await mostAtOnce(undefined), 9, 'as many as the way is long');
    assert.equal(await mostAtOnce(16_384), 3);
    assert.equal(await mostAtOnce(2 * answerBytes), 2);
    assert.equal(await mostAtOnce(2 * answerBytes - 1), 1);
    assert.equal(await mostAtOnce(512), 1, 'one is asked for all the same');
  });
});

describe('an exchange on a line that changes commands', () => {
  it('hears of an erase that the line has made of a read', async () => {
    const { transport, exchanger } = setUp();
    transport.onWrite = () =>
      transport.say(Buffer.from('040eff01e0fcf406000b0000200000', 'hex'), 1);
    const error = await failure(exchanger.sendOnce(flashRead4K, { address: 0x2000 }));
    assert.equal(error.code, 'BK_NO_RESPONSE');
    assert.deepEqual(exchanger.watch.takeElsewhere(), [{ offset: 0x2000, length: 0x1000 }]);
  });
});

describe('exchanges with a simulated chip', () => {
  it('are answered for every command that a chip of either kind has', async () => {
    for (const chip of ['bk7231n', 'bk7231t']) {
      const { chip: simulated, clock, exchanger } = bench(`sim://${chip}`);
      const exchange = await exchanger();
      simulated.reset();
      await exchange.pause(20);
      assert.equal(await exchange.sendOnce(linkCheck, undefined), true);
      const full = chip === 'bk7231n';
      for (const command of COMMANDS) {
        if (command.answer === null || (!full && ONLY_FULL.includes(command))) continue;
        if (command.name === 'ReadBootVersion' && full) continue;
        const answer = exchange.sendOnce(command, argumentsFor(command.name));
        await answer.then(
          () => {},
          (error) => assert.fail(`${chip} ${command.name}: ${error}`),
        );
      }
      await exchange.transport.close();
      assert.equal(clock.pending, 0);
    }
  });

  it('tell a basic chip by its silence to what only full chips have', async () => {
    const { chip, exchanger } = bench('sim://bk7231t');
    const exchange = await exchanger();
    chip.reset();
    await exchange.pause(20);
    await exchange.sendOnce(linkCheck, undefined);
    assert.equal((await failure(exchange.sendOnce(readRegister, REGISTER))).code, 'BK_NO_RESPONSE');
    assert.equal((await failure(exchange.sendOnce(readJedecId, undefined))).code, 'BK_NO_RESPONSE');
  });
});

function argumentsFor(name: string): unknown {
  const address = 0x20000;
  switch (name) {
    case 'SetBaudRate':
      return { baudRate: 115_200, delayMs: 20 };
    case 'CheckCRC':
      return { start: 0, end: 0x100 };
    case 'FlashWrite':
      return { address, data: Buffer.alloc(256, 1) };
    case 'FlashWrite4K':
      return { address, data: Buffer.alloc(4096, 1) };
    case 'FlashReadSR':
      return { register: 0x05 };
    case 'FlashWriteSR':
      return { register: 0x01, value: Buffer.from([0, 6]) };
    case 'FlashErase':
      return { address, size: 0x20 };
    default:
      return { address, value: 1 };
  }
}
