import assert from 'node:assert/strict';
import { readClockedEfuse } from '../../../src/session/memory/efuse-clocked';
import { ScopedRegisterWrite } from '../../../src/session/memory/scoped-register-write';
import { openSession } from '../../support/linked-session';

const CLOCKS = 0x54010030;
const CONTROL = 0x54880010;
const RESULT = 0x54880014;

async function opened() {
  const own = await openSession('sim://bk7258?app=silent', { baud: 115_200 });
  const { exchanger } = own.session;
  const registers = new ScopedRegisterWrite(exchanger);
  const writes: [address: number, value: number][] = [];
  const line = own.line();
  line.onRequest = (key, bytes) => {
    if (key === 'S01') writes.push([bytes.readUInt32LE(5), bytes.readUInt32LE(9)]);
    return true;
  };
  const read = (offset: number, count: number) =>
    readClockedEfuse(exchanger, registers, offset, count);
  return { ...own, line, writes, read };
}

/** The simulated chip after its start. */
const OWN_CLOCKS = 0x91004004;

describe('eFuse of BK7258', () => {
  it('is asked for byte by byte, with its clock on, and nothing else is written', async () => {
    const own = await opened();
    assert.ok((await own.read(0, 4)).equals(own.chip.others.efuse));
    assert.deepEqual(
      own.writes,
      [
        [CLOCKS, OWN_CLOCKS | 0x80],
        [CONTROL, 0x001],
        [CONTROL, 0x101],
        [CONTROL, 0x201],
        [CONTROL, 0x301],
        [CONTROL, 0],
        [CLOCKS, OWN_CLOCKS],
      ].map(([address, value]) => [address, (value as number) >>> 0]),
    );
    assert.equal(own.chip.counters.burns, 0);
  });

  it('is left at rest where a byte is not readable', async () => {
    const own = await opened();
    own.line.onAnswer = (bytes, key) => {
      if (key !== 'S03' || bytes.readUInt32LE(7) !== RESULT) return bytes;
      const other = Buffer.from(bytes);
      other.writeUInt32LE(0x5a, 11);
      return other;
    };
    await assert.rejects(own.read(2, 1), {
      code: 'BK_BAD_RESPONSE',
      message: /byte 2 of its eFuse/,
    });
    assert.deepEqual(own.writes.slice(-2), [
      [CONTROL, 0],
      [CLOCKS, OWN_CLOCKS],
    ]);
  });

  it('is left at rest where its controller stays busy', async () => {
    const own = await opened();
    own.line.onAnswer = (bytes, key) => {
      if (key !== 'S03' || bytes.readUInt32LE(7) !== CONTROL) return bytes;
      const other = Buffer.from(bytes);
      other.writeUInt32LE(0x201, 11);
      return other;
    };
    await assert.rejects(own.read(2, 1), { code: 'BK_BAD_RESPONSE', message: /stays busy/ });
    assert.equal(own.chip.register(CONTROL), 0);
    assert.equal(own.chip.register(CLOCKS), OWN_CLOCKS);
  });

  it('is never asked for in a way that could burn', async () => {
    const own = await opened();
    for (let index = 0; index < 40; index++) await own.read(index, 1).catch(() => {});
    assert.equal(own.chip.counters.burns, 0);
    for (const [address, value] of own.writes) {
      if (address === CONTROL) assert.equal(value & ~0x1f01, 0);
    }
  });
});
