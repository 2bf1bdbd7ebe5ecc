import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { BkError } from '../../../src/errors';
import { linkCheck, setBaudRate } from '../../../src/protocol/commands/command-table';
import { verbatim } from '../../../src/texts/note';
import { bench, type OpenSession, openSession } from '../../support/linked-session';

const SILENT = 'app=silent';
/** How often a read is tried. */
const CHANCE_TRIES = 12;
const AT = 0x20000;
const READ = { phase: 'read', address: AT } as const;
const ERASE = { phase: 'erase', address: AT } as const;

/** One sector, read as a job does it. */
async function read(own: OpenSession, address = AT, signal?: AbortSignal): Promise<Buffer> {
  return own.session.step({ phase: 'read', address }, signal, async () =>
    Buffer.from(await own.session.flash.readSector(address)),
  );
}

function erase(own: OpenSession, address = AT): Promise<void> {
  return own.session.step({ phase: 'erase', address }, undefined, () =>
    own.session.flash.eraseSector(address),
  );
}

function truth(own: OpenSession, address = AT): Buffer {
  return own.chip.flash.subarray(address, address + 0x1000);
}

/** The next request of a kind finds the chip rebooted, and nobody heard for so many ms. */
function rebootAt(own: OpenSession, key: string, deafMs = 0): void {
  const line = own.line();
  line.before(key, () => {
    own.chip.reset();
    const until = own.clock.now() + deafMs;
    const earlier = line.onRequest;
    if (deafMs > 0)
      line.onRequest = (request, bytes) =>
        own.clock.now() >= until && (earlier(request, bytes) ?? true);
    return false;
  });
}

describe('recovery', () => {
  it('is not needed on a good line', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    assert.ok((await read(own)).equals(truth(own)));
    assert.deepEqual(own.notes.recoveries, []);
  });

  it('repeats a step whose answer was lost', async () => {
    for (const chip of ['bk7231n', 'bk7231t']) {
      const own = await openSession(`sim://${chip}?${SILENT}`);
      const { workingBaud } = own.session;
      own.line().loseAnswers('L09', 1);
      assert.ok((await read(own)).equals(truth(own)));
      assert.equal(own.notes.recoveries.length, 1);
      const [recovery] = own.notes.recoveries;
      assert.equal(recovery?.address, AT);
      assert.equal(recovery?.phase, 'read');
      assert.match(recovery?.cause ?? '', /did not answer FlashRead4K at 0x20000/);
      assert.match(recovery?.action ?? '', /still there/);
      assert.equal(own.session.workingBaud, workingBaud);
      assert.equal(own.clock.pending, 0);
    }
  });

  it('repeats a step whose answer was garbled', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    own.line().corruptAnswers('L09', 2);
    assert.ok((await read(own)).equals(truth(own)));
    assert.equal(own.notes.recoveries.length, 2);
  });

  it('tells the step which try it is', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    own.line().loseAnswers('L09', 2);
    const tries: number[] = [];
    await own.session.step(READ, undefined, (attempt) => {
      tries.push(attempt);
      return own.session.flash.readSector(AT);
    });
    assert.deepEqual(tries, [0, 1, 2]);
  });

  for (const chip of ['bk7231n', 'bk7231t']) {
    it(`catches a ${chip} that rebooted while it listens, and goes back to the rate of before`, async () => {
      const own = await openSession(`sim://${chip}?${SILENT}`);
      const { workingBaud } = own.session;
      const { boots } = own.chip.counters;
      assert.equal(workingBaud, 2_000_000);
      rebootAt(own, 'L0F');
      await erase(own);
      assert.ok(truth(own).every((byte) => byte === 0xff));
      assert.equal(own.chip.counters.boots, boots + 1);
      assert.equal(own.session.workingBaud, workingBaud);
      assert.equal(own.chip.baudRate, workingBaud);
      assert.match(own.notes.recoveries[0]?.action ?? '', /had rebooted/);
      assert.equal(own.notes.recoveries[0]?.phase, 'erase');
      assert.equal(own.chip.counters.refused, 0);
    });

    it(`resets a ${chip} whose boot window is over`, async () => {
      const own = await openSession(`sim://${chip}?${SILENT}`);
      const { workingBaud } = own.session;
      rebootAt(own, 'L0F', 1500);
      await erase(own);
      assert.ok(truth(own).every((byte) => byte === 0xff));
      assert.equal(own.session.workingBaud, workingBaud);
      assert.match(own.notes.recoveries[0]?.action ?? '', /reset and linked again/);
      assert.ok(own.notes.phases.some(({ phase }) => phase === 'recover'));
      assert.equal(own.chip.counters.refused, 0);
    });
  }

  it('asks a person for the reset where nothing else can do it', async () => {
    const own = bench(`sim://bk7231n?${SILENT}&reset=none`);
    own.notes.whenPhase = (_message, waits) => {
      if (waits) own.clock.setTimeout(() => own.chip.reset(), 2000);
    };
    const opened = { ...own, session: await own.open() };
    rebootAt(opened, 'L09', 1500);
    assert.ok((await read(opened)).equals(truth(opened)));
    assert.ok(
      own.notes.phases.some(({ phase, waitsForPerson }) => phase === 'recover' && waitsForPerson),
    );
  });

  it('touches no other chip that answers after a break', async () => {
    for (const [chip, key, at] of [
      ['bk7231n', 'S03', 11],
      ['bk7231n', 'L0E', 12],
      ['bk7231t', 'S10', 7],
    ] as const) {
      const own = await openSession(`sim://${chip}?${SILENT}`);
      rebootAt(own, 'L0F', 1500);
      own.line().onAnswer = (bytes, request) => {
        const other = Buffer.from(bytes);
        if (request === key && other.length > at) other[at] = (other[at] as number) ^ 0x18;
        return other;
      };
      const before = crc32(own.chip.flash);
      await assert.rejects(
        erase(own),
        (error: { code: string; cause: { address: number; advice: string[] } }) =>
          error.code === 'BK_WRONG_CHIP' &&
          error.cause.address === AT &&
          /began with again.*same message again/.test(error.cause.advice.join()),
        `${chip} ${key}`,
      );
      assert.equal(crc32(own.chip.flash), before);
      // The one before the first erase was sent, and no other.
      assert.equal(own.chip.counters.statusWrites, chip === 'bk7231n' ? 1 : 0);
      assert.equal(own.chip.counters.commands.L0F, undefined);
    }
  });

  it('touches no other chip of the same model that answers after a break', async () => {
    for (const [chip, calibration] of [
      ['bk7231n', 0x1d0000],
      ['bk7231t', 0x1e0000],
      ['bk7238', 0x1e0000],
    ] as const) {
      const own = await openSession(`sim://${chip}?${SILENT}`);
      rebootAt(own, 'L0F', 1500);
      // Another module: the same in all but its address.
      own.line().before('L0F', () => {
        own.chip.flash.fill(0x5a, calibration, calibration + 64);
        own.chip.reset();
        return false;
      });
      await assert.rejects(erase(own), { code: 'BK_WRONG_CHIP' }, chip);
      assert.equal(own.chip.counters.commands.L0F, undefined);
    }
  });

  it('does not take a calibration for that of another chip which the job has changed itself', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const offset = 0x1d0000;
    const length = 0x1000;
    own.chip.flash.fill(0x5a, offset, offset + 64);
    const bytes = Buffer.from(own.chip.flash.subarray(offset, offset + length));
    own.session.fingerprint?.forget({ offset, length }, bytes);
    rebootAt(own, 'L0F');
    await erase(own);
    assert.ok(truth(own).every((byte) => byte === 0xff));
  });

  it('looks at a chip that came back until it knows it, and then raises the rate', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const { workingBaud } = own.session;
    assert.ok(workingBaud > 115_200);
    rebootAt(own, 'L0F');
    own.line().loseAnswers('S03', 9);
    await erase(own);
    assert.equal(own.session.workingBaud, workingBaud);
    assert.equal(own.session.exchanger.transport.baudRate, workingBaud);
    assert.equal(own.session.reboots, 1);
  });

  it('knows a chip of the other kind, which answers calls and no question for its id', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const line = own.line();
    line.before('L0F', () => {
      own.chip.reset();
      line.onRequest = (request) => request !== 'S03';
      return false;
    });
    await assert.rejects(erase(own), { code: 'BK_WRONG_CHIP' });
    assert.equal(own.chip.counters.commands.L0F, undefined);
  });

  it(`gives up after ${CHANCE_TRIES} tries without progress, and says where and how to go on`, async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    own.line().loseAnswers('L09', Number.POSITIVE_INFINITY);
    const asked = own.line().requests.length;
    await assert.rejects(
      read(own),
      (error: { code: string; message: string; cause: { attempts: number; address: number } }) => {
        assert.equal(error.code, 'BK_NO_RESPONSE');
        assert.equal(error.cause.attempts, CHANCE_TRIES);
        assert.equal(error.cause.address, AT);
        assert.match(
          error.message,
          new RegExp(`${CHANCE_TRIES} tries of the read at 0x20000 failed`),
        );
        assert.match(error.message, /Send the same message again/);
        return true;
      },
    );
    assert.ok(
      own
        .line()
        .requests.slice(asked)
        .filter((key) => key === 'L09').length >= CHANCE_TRIES,
    );
    // The chip has not come to the end of its answer yet.
    await own.clock.advance(1000);
    assert.equal(own.clock.pending, 0);
  });

  it('says that the link is lost where the chip never comes back, with what helps', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`, { linkTimeout: 5 });
    const start = own.clock.now();
    own.line().onRequest = () => false;
    await assert.rejects(
      erase(own),
      (error: { code: string; message: string; cause: { phase: string; advice: string[] } }) => {
        assert.equal(error.code, 'BK_LINK_LOST');
        assert.equal(error.cause.phase, 'erase');
        assert.match(error.message, /during the erase at 0x20000/);
        assert.match(error.cause.advice[0] ?? '', /3\.3 V supply of its own/);
        return true;
      },
    );
    assert.ok(own.clock.now() - start < 10_000);
    assert.deepEqual(own.line().lastLines, { rts: false, dtr: false });
    assert.equal(own.clock.pending, 0);
  });

  it('can be cancelled while it waits', async () => {
    for (let ms = 100; ms < 5000; ms += 317) {
      const own = await openSession(`sim://bk7231n?${SILENT}`);
      const abort = new AbortController();
      const start = own.clock.now();
      own.line().onRequest = () => false;
      own.clock.setTimeout(() => abort.abort(), ms);
      await assert.rejects(read(own, AT, abort.signal), { code: 'BK_CANCELLED' });
      assert.ok(own.clock.now() - start < ms + 500);
      assert.deepEqual(own.line().lastLines ?? { rts: false, dtr: false }, {
        rts: false,
        dtr: false,
      });
      assert.equal(own.clock.pending, 0);
    }
  });

  it('waits longer for a slow part, and does not take that for a bad line', async () => {
    for (const url of [`bk7231n?${SILENT}`, `bk7231t?${SILENT}`]) {
      for (const baud of [2_000_000, 115_200]) {
        const own = await openSession(`sim://${url}`, { baud });
        // The longest that datasheets allow.
        Object.assign(own.chip.options.timings, {
          sectorErase: 400,
          blockErase: 2000,
          pageProgram: 5,
        });
        const { session } = own;
        for (let address = AT; address < AT + 8 * 0x1000; address += 0x1000) {
          await erase(own, address);
          await session.step({ phase: 'write', address }, undefined, () =>
            session.flash.program(address, Buffer.alloc(4096, 0x5a)),
          );
        }
        await session.step({ phase: 'erase', address: 0x40000 }, undefined, () =>
          session.flash.eraseBlock(0x40000),
        );
        assert.equal(session.workingBaud, baud);
        assert.ok(own.chip.flash.subarray(AT, AT + 8 * 0x1000).every((byte) => byte === 0x5a));
        assert.ok(own.notes.recoveries.length <= 12, `${own.notes.recoveries.length}`);
        assert.deepEqual(own.notes.warnings, []);
      }
    }
  });

  it('passes on at once what trying again does not mend', async () => {
    const own = await openSession(`sim://bk7231t?${SILENT}`);
    let tries = 0;
    await assert.rejects(
      own.session.step(ERASE, undefined, () => {
        tries++;
        return own.session.flash.eraseSector(0);
      }),
      { code: 'BK_BOOTLOADER_PROTECTED' },
    );
    await assert.rejects(
      own.session.step(ERASE, undefined, () => {
        tries++;
        throw new TypeError('a mistake of ours');
      }),
      TypeError,
    );
    assert.equal(tries, 2);
    assert.deepEqual(own.notes.recoveries, []);
  });

  it('ends with the port when nobody can open it again', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    own.line().before('L09', () => {
      own.line().onLost?.(new Error('unplugged'));
      return false;
    });
    await assert.rejects(read(own), { code: 'BK_PORT_LOST' });
    assert.equal(own.clock.pending, 0);
    const [told] = own.notes.phases.filter(({ message }) => /is gone: waiting/.test(message));
    assert.deepEqual([told?.phase, told?.waitsForPerson], ['recover', true]);
    assert.match(told?.message ?? '', /sim:\/\/bk7231n/);
  });

  it('goes down the ladder on a line that makes errors, and says so', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    for (let address = AT; address < AT + 3 * 0x1000; address += 0x1000) {
      own.line().loseAnswers('L09', 1);
      assert.ok((await read(own, address)).equals(truth(own, address)));
    }
    assert.equal(own.session.workingBaud, 1_000_000);
    assert.equal(own.chip.baudRate, 1_000_000);
    assert.deepEqual(own.notes.warnings, [
      'The line made errors at 2000000 baud; the job went on at 1000000.',
    ]);
  });

  it('does not blame the line for what the chip itself refuses', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const { session } = own;
    const line = own.line();
    let refusals = 0;
    let erases = 0;
    line.onAnswer = (bytes, request) => {
      if (request !== 'L0F' || ++erases % 4 === 0) return bytes;
      refusals++;
      const refusal = Buffer.from(bytes);
      refusal[10] = 6;
      return refusal;
    };
    for (const address of [AT, AT + 0x1000, AT + 0x2000]) await erase(own, address);
    assert.equal(refusals, 9);
    assert.match(own.notes.recoveries[8]?.cause ?? '', /refused FlashErase at .* with status 6/);
    assert.equal(session.workingBaud, 2_000_000);
    assert.deepEqual(own.notes.warnings, []);
    // Nor is it left alone from now on.
    await session.relink(undefined);
    await session.raiseBaud('auto');
    assert.equal(session.workingBaud, 2_000_000);
  });

  it('blames the line for a refusal of a read, which noise can make of an answer', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const line = own.line();
    let reads = 0;
    line.onAnswer = (bytes, request) => {
      // A long answer comes in pieces, of which the first one has the status.
      const begins = bytes.subarray(0, 3).equals(Buffer.from([0x04, 0x0e, 0xff]));
      if (request !== 'L09' || !begins || ++reads > 3) return bytes;
      const garbled = Buffer.from(bytes);
      garbled[10] = 6;
      return garbled;
    };
    assert.ok((await read(own)).equals(truth(own)));
    assert.match(own.notes.recoveries[0]?.cause ?? '', /refused FlashRead4K at .* with status 6/);
    assert.equal(own.session.workingBaud, 1_000_000);
    assert.match(own.notes.warnings.join(), /line made errors at 2000000 baud/);
  });

  it('forgives errors that are far between', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}&speed=fast`);
    for (let sector = 0; sector < 400; sector++) {
      if (sector % 130 === 0) own.line().loseAnswers('L09', 1);
      await read(own, (sector % 256) * 0x1000);
    }
    assert.equal(own.notes.recoveries.length, 4);
    assert.equal(own.session.workingBaud, 2_000_000);
  });

  it('works before the chip is identified, also at a rate that another tool has left', async () => {
    const own = bench(`sim://bk7231n?${SILENT}&reset=none`);
    const exchanger = await own.exchanger();
    own.chip.reset();
    await exchanger.pause(20);
    await exchanger.sendOnce(linkCheck, undefined);
    await exchanger.sendUnanswered(setBaudRate, { baudRate: 921_600, delayMs: 20 });
    await exchanger.pause(100);
    await own.line().close();
    const line = await own.plug();
    line.loseAnswers('S10', 14);
    const session = await own.open();
    assert.equal(session.linked.by, 'listening');
    assert.equal(session.identity.chip, 'BK7231N');
  });

  it('wears flash with no more tries where it can tell that the chip was there all the while', async () => {
    // At the boot rate a chip looks the same before and after a reboot: then chance may have had a hand in it.
    for (const [baud, tries] of [
      [2_000_000, 5],
      [115_200, CHANCE_TRIES],
    ] as const) {
      const own = await openSession(`sim://bk7231n?${SILENT}`, { baud });
      own.line().loseAnswers('L0F', Number.POSITIVE_INFINITY);
      await assert.rejects(
        erase(own),
        (error: { cause: { attempts: number } }) => error.cause.attempts === tries,
        `${baud}`,
      );
      assert.equal(own.line().requests.filter((key) => key === 'L0F').length, tries);
    }
  });

  it('says that the link is lost where it goes with the way back to the rate', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`, { linkTimeout: 5 });
    const line = own.line();
    line.before('L0F', () => {
      own.chip.reset();
      // Found and known again, and gone for good as soon as the rate is asked for.
      line.before('S0F', () => {
        line.onRequest = () => false;
        return false;
      });
      return false;
    });
    await assert.rejects(
      erase(own),
      (error: { code: string; message: string; cause: { address: number; phase: string } }) => {
        assert.equal(error.code, 'BK_LINK_LOST');
        assert.equal(error.cause.address, AT);
        assert.equal(error.cause.phase, 'erase');
        assert.match(error.message, /during the erase at 0x20000/);
        return true;
      },
    );
    assert.equal(own.clock.pending, 0);
  });

  it('needs one reset for a chip whose boot window is over: it is called at the boot rate', async () => {
    for (const [key, act] of [
      ['L0F', erase],
      ['L09', read],
    ] as const) {
      const own = await openSession(`sim://bk7231n?${SILENT}`);
      own.notes.phases.length = 0;
      rebootAt(own, key, 600);
      const { boots } = own.chip.counters;
      await act(own);
      const pulses = own.notes.phases.filter(({ message }) => /pulsing/.test(message));
      assert.equal(pulses.length, 1);
      assert.equal(own.chip.counters.boots, boots + 2);
    }
  });

  it('tells the diagnosis what became of the chip', async () => {
    const drops = async (spoil: (own: OpenSession) => void) => {
      const own = await openSession(`sim://bk7231n?${SILENT}`, { linkTimeout: 5 });
      spoil(own);
      await erase(own).catch(() => {});
      return own.notes.evidence.evidence.drops.map(({ found, busy, kind, command, phase }) => ({
        found,
        busy,
        kind,
        command,
        phase,
      }));
    };
    const erasing = { command: 'erase', phase: 'erase', kind: 'silence' };
    assert.deepEqual(await drops((own) => own.line().loseAnswers('L0F', 1)), [
      { ...erasing, found: 'alive', busy: false },
    ]);
    assert.deepEqual(await drops((own) => rebootAt(own, 'L0F')), [
      { ...erasing, found: 'rebooted', busy: false },
    ]);
    assert.deepEqual(await drops((own) => rebootAt(own, 'L0F', 1500)), [
      { ...erasing, found: 'relinked', busy: false },
    ]);
    const slow = await drops((own) =>
      Object.assign(own.chip.options.timings, { sectorErase: 400 }),
    );
    assert.deepEqual(slow[0], { ...erasing, found: 'alive', busy: true });
    const lost = await drops((own) => {
      const line = own.line();
      line.before('L0F', () => {
        line.onRequest = () => false;
        return false;
      });
    });
    assert.deepEqual(lost, [{ ...erasing, found: 'lost', busy: false }]);
  });

  it('tells it of bytes that arrived changed as such, of no command', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    let tries = 0;
    await own.session.step(READ, undefined, async () => {
      if (tries++ === 0) throw new BkError('BK_CRC_MISMATCH', verbatim('other bytes'));
    });
    const [drop] = own.notes.evidence.evidence.drops;
    assert.deepEqual([drop?.kind, drop?.command], ['checksum', null]);
  });

  it('calls as long as a boot takes, also where nothing can have been under way', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    rebootAt(own, 'L09', 250);
    await read(own);
    assert.match(own.notes.recoveries[0]?.action ?? '', /had rebooted/);
  });

  it('says how long it took', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    await own.session.exchanger.pause(60_000);
    const start = own.clock.now();
    rebootAt(own, 'L0F', 1500);
    await erase(own);
    const [recovery] = own.notes.recoveries;
    assert.ok(recovery !== undefined && recovery.ms >= 1500);
    assert.ok(recovery.ms <= own.clock.now() - start);
  });

  it('keeps within the link time-out, the time of the calls before it included', async () => {
    for (const linkTimeout of [5, 20]) {
      const own = await openSession(`sim://bk7231n?${SILENT}`, { linkTimeout });
      await own.session.exchanger.pause(60_000);
      const start = own.clock.now();
      own.line().onRequest = () => false;
      await assert.rejects(read(own), { code: 'BK_LINK_LOST' });
      const seconds = (own.clock.now() - start) / 1000;
      assert.ok(seconds > linkTimeout - 1 && seconds < linkTimeout + 0.5, `${seconds}`);
    }
  });

  it('tells once that it calls a chip that does not answer', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    rebootAt(own, 'L0F', 300);
    await erase(own);
    const told = own.notes.phases.filter(({ message }) => /stopped answering/.test(message));
    assert.deepEqual(
      told.map(({ phase, waitsForPerson }) => [phase, waitsForPerson]),
      [['recover', false]],
    );
    own.notes.phases.length = 0;
    // One that is there at once is not worth a word.
    own.line().loseAnswers('L09', 1);
    await read(own);
    assert.deepEqual(own.notes.phases, []);
  });

  it('calls at one rate only where the port has no other', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const line = own.line();
    Object.defineProperty(line, 'canSetBaudRate', { value: false });
    const before = line.rates.length;
    line.loseAnswers('L09', 1);
    assert.ok((await read(own)).equals(truth(own)));
    rebootAt(own, 'L09', 1500);
    await assert.rejects(read(own));
    assert.equal(line.rates.length, before);
  });

  it('keeps its patience for slow chips out of a refusal', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const { session } = own;
    const line = own.line();
    /** How long an erase is waited for that nobody answers. */
    const patience = async () => {
      const start = own.clock.now();
      line.loseAnswers('L0F', 1);
      await assert.rejects(session.flash.eraseSector(AT));
      return own.clock.now() - start;
    };
    const usual = await patience();
    let left = 3;
    line.onAnswer = (bytes, request) => {
      if (request !== 'L0F' || left-- <= 0) return bytes;
      const refusal = Buffer.from(bytes);
      refusal[10] = 6;
      return refusal;
    };
    await erase(own);
    assert.ok((await patience()) < 1.2 * usual);
    line.onAnswer = (bytes) => bytes;
    line.loseAnswers('L0F', 1);
    await erase(own);
    assert.ok((await patience()) > 1.3 * usual);
  });

  it('goes down the ladder, too, for bytes that arrive changed at the chip', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    for (let count = 0; count < 2; count++) await own.session.blameLine(undefined);
    assert.equal(own.session.workingBaud, 2_000_000);
    await own.session.blameLine(undefined);
    assert.equal(own.session.workingBaud, 1_000_000);
    assert.equal(own.chip.baudRate, 1_000_000);
    assert.match(own.notes.warnings.join(), /line made errors at 2000000 baud/);
  });

  it('goes on asking who it is after a look that was cut short', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    const line = own.line();
    const before = crc32(own.chip.flash);
    line.before('L0F', () => {
      own.chip.reset();
      own.chip.flash[0x1d0000] = 0x5a;
      line.loseAnswers('S10', 2);
      return false;
    });
    await assert.rejects(erase(own), { code: 'BK_WRONG_CHIP' });
    assert.equal(own.chip.counters.commands.L0F, undefined);
    own.chip.flash[0x1d0000] = 0x54;
    assert.equal(crc32(own.chip.flash), before);
  });

  it('gets everything through a line that loses and garbles answers', async () => {
    for (const chip of ['bk7231n', 'bk7231t']) {
      const own = await openSession(`sim://${chip}?${SILENT}&lose=0.02&corrupt=0.02&seed=7`);
      for (let address = AT; address < AT + 150 * 0x1000; address += 0x1000) {
        const bytes = await own.session.step({ phase: 'read', address }, undefined, async () => {
          const sector = Buffer.from(await own.session.flash.readSector(address));
          const crc = await own.session.flash.crc(address, 0x1000);
          if (crc !== crc32(sector)) return null;
          return sector;
        });
        if (bytes === null) address -= 0x1000;
        else assert.ok(bytes.equals(truth(own, address)), address.toString(16));
      }
      assert.ok(own.notes.recoveries.length > 0);
    }
  });

  it('gets every sector erased on a supply that breaks down', async () => {
    for (const chip of ['bk7231n', 'bk7231t']) {
      const own = await openSession(`sim://${chip}?${SILENT}&brownout=0.2&seed=3`);
      for (let address = AT; address < AT + 40 * 0x1000; address += 0x1000)
        await erase(own, address);
      assert.ok(own.chip.flash.subarray(AT, AT + 40 * 0x1000).every((byte) => byte === 0xff));
      assert.ok(own.chip.counters.brownouts > 3);
      assert.equal(own.chip.counters.refused, 0);
      assert.equal(own.chip.counters.needlessStatusWrites, 0);
      assert.equal(own.chip.counters.bootloaderTouches, 0);
    }
  });
});

describe('the end of a session', () => {
  it('starts the firmware, or leaves the chip as it is', async () => {
    for (const [after, mode] of [
      ['reboot', 'window'],
      ['leave', 'download'],
    ] as const) {
      const own = await openSession(`sim://bk7231n?${SILENT}`);
      await own.session.close(after);
      assert.equal(own.chip.mode, mode);
      assert.equal(own.chip.attached, false);
      assert.equal(own.clock.pending, 0);
    }
  });

  it('bears a port that is gone', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`);
    own.line().onLost?.(new Error('unplugged'));
    await own.session.close('reboot');
    assert.equal(own.clock.pending, 0);
  });

  it('keeps a chip in download mode that would leave it, and notices when it has', async () => {
    const own = await openSession(`sim://bk7231t?${SILENT}`);
    for (let turn = 0; turn < 5; turn++) {
      await own.session.exchanger.pause(2500);
      assert.equal(await own.session.keepAlive(), true);
    }
    await own.session.exchanger.pause(5000);
    assert.equal(await own.session.keepAlive(), false);
  });
});
