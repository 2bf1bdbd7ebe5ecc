import assert from 'node:assert/strict';
import { readRegister, writeRegister } from '../../../src/protocol/commands/command-table';
import { askUntilAnswered } from '../../../src/session/exchange/repeated-asks';
import { type Need, ScopedRegisterWrite } from '../../../src/session/memory/scoped-register-write';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { openSession } from '../../support/linked-session';
import { rejection } from '../../support/rejects';

const CLOCKS = 0x54010030;
const POWER = 0x54010040;
const NEEDS: readonly Need[] = [
  { address: CLOCKS, set: 0x8000 },
  { address: POWER, clear: 0x8 },
];
/** What the simulated BK7258 has there after its start. */
const OWN = { [CLOCKS]: 0x91004004, [POWER]: 0xa00000fa };
const LENT = { [CLOCKS]: 0x9100c004, [POWER]: 0xa00000f2 };
const WRITE = 'S01';

/** A linked BK7258 with what borrows its registers, and all that is written to these. */
async function opened() {
  const own = await openSession('sim://bk7258?app=silent', { baud: 115_200 });
  const { exchanger } = own.session;
  const writes: [address: number, value: number][] = [];
  const line = own.line();
  const earlier = line.onRequest;
  line.onRequest = (key, bytes) => {
    if (key === WRITE) writes.push([bytes.readUInt32LE(5), bytes.readUInt32LE(9)]);
    return earlier(key, bytes);
  };
  return { ...own, exchanger, line, writes, scoped: new ScopedRegisterWrite(exchanger) };
}

function registers({ chip }: { chip: SimulatedChip }): Record<number, number> {
  return { [CLOCKS]: chip.register(CLOCKS), [POWER]: chip.register(POWER) };
}

describe('registers that are changed for a while', () => {
  it('are changed in order, and given back in the opposite one', async () => {
    const own = await opened();
    assert.deepEqual(registers(own), OWN);
    const during = await own.scoped.during(NEEDS, async () => registers(own));
    assert.deepEqual(during, LENT);
    assert.deepEqual(registers(own), OWN);
    assert.deepEqual(own.writes, [
      [CLOCKS, LENT[CLOCKS]],
      [POWER, LENT[POWER]],
      [POWER, OWN[POWER]],
      [CLOCKS, OWN[CLOCKS]],
    ]);
  });

  it('are left alone where the chip has them so', async () => {
    const own = await opened();
    const value = 0x8000a5a5;
    await askUntilAnswered(own.exchanger, writeRegister, { address: CLOCKS, value });
    own.writes.length = 0;
    await own.scoped.during(NEEDS, async () => {});
    assert.deepEqual(own.writes, [
      [POWER, LENT[POWER]],
      [POWER, OWN[POWER]],
    ]);
    assert.equal(own.chip.register(CLOCKS), value);
  });

  it('are given back where the work fails, and its error stays', async () => {
    const own = await opened();
    const work = async () => {
      throw new Error('the work');
    };
    await assert.rejects(own.scoped.during(NEEDS, work), /the work/);
    assert.deepEqual(registers(own), OWN);
  });

  it('do not hide why the work failed where they cannot be given back', async () => {
    const own = await opened();
    const work = async () => {
      own.line.onRequest = () => false;
      throw new Error('the work');
    };
    await assert.rejects(own.scoped.during(NEEDS, work), /the work/);
    assert.deepEqual(registers(own), LENT);
  });

  it("get back the chip's own values later, where that failed at first", async () => {
    const own = await opened();
    const { onRequest } = own.line;
    const work = async () => {
      own.line.onRequest = (key) => key !== WRITE;
      throw new Error('the work');
    };
    await assert.rejects(own.scoped.during(NEEDS, work), /the work/);
    own.line.onRequest = onRequest;
    await own.scoped.during(NEEDS, async () => {});
    assert.deepEqual(registers(own), OWN);
  });

  it('count as failed where they cannot be given back after good work', async () => {
    const own = await opened();
    const { onRequest } = own.line;
    const work = async () => {
      own.line.onRequest = (key) => key !== WRITE;
    };
    await rejection(own.scoped.during(NEEDS, work), 'BK_NO_RESPONSE');
    assert.deepEqual(registers(own), LENT);
    own.line.onRequest = onRequest;
    await own.scoped.during(NEEDS, async () => {});
    assert.deepEqual(registers(own), OWN);
  });

  it('are given back where only the answer to the change was lost', async () => {
    const own = await opened();
    own.line.loseAnswers(WRITE, 4);
    await rejection(
      own.scoped.during(NEEDS, async () => assert.fail('not prepared')),
      'BK_NO_RESPONSE',
    );
    assert.deepEqual(registers(own), OWN);
  });

  it('are not taken from one garbled answer', async () => {
    const own = await opened();
    let garbled = 0;
    own.line.onAnswer = (bytes, key) => {
      if (key !== 'S03' || garbled > 0) return bytes;
      garbled++;
      const other = Buffer.from(bytes);
      other[12] = (other[12] as number) ^ 0x21;
      return other;
    };
    await own.scoped.during(NEEDS, async () => {});
    assert.equal(garbled, 1);
    assert.deepEqual(registers(own), OWN);
  });

  it('tell when the chip has rebooted under way, and leave it what it has then', async () => {
    const own = await opened();
    for (const address of [CLOCKS, POWER]) {
      await askUntilAnswered(own.exchanger, writeRegister, { address, value: 0x11110008 });
    }
    const work = async () => {
      own.chip.reset();
      await own.exchanger.pause(20);
      // The link check that follows a silence finds it again, as if nothing had been.
      await askUntilAnswered(own.exchanger, readRegister, { address: CLOCKS });
    };
    const error = await rejection(own.scoped.during(NEEDS, work), 'BK_BAD_RESPONSE');
    assert.match(error.message, /0x54010030.*rebooted/);
    assert.deepEqual(registers(own), OWN);
    await own.scoped.during(NEEDS, async () => {});
    assert.deepEqual(registers(own), OWN);
  });
});
