import assert from 'node:assert/strict';
import { CHIPS } from '../../../src/chip/known/chips';
import { readOtp } from '../../../src/session/memory/otp';
import { ScopedRegisterWrite } from '../../../src/session/memory/scoped-register-write';
import { openSession } from '../../support/linked-session';

const WINDOWS = CHIPS.BK7258.otp ?? [];
const POWER = 0x54010040;

async function opened() {
  const own = await openSession('sim://bk7258?app=silent', { baud: 115_200 });
  const { exchanger } = own.session;
  const registers = new ScopedRegisterWrite(exchanger);
  const read = (offset: number, length: number) =>
    readOtp(exchanger, registers, WINDOWS, offset, length);
  return { ...own, read };
}

describe('the OTP of BK7258', () => {
  it('shows in two windows, one behind the other', async () => {
    const own = await opened();
    const { otp } = own.chip.others;
    for (const [offset, length] of [
      [0, 8],
      [0x3fc, 8],
      [0x400, 4],
      [0xff8, 8],
    ] as const) {
      assert.ok((await own.read(offset, length)).equals(otp.subarray(offset, offset + length)));
    }
  });

  it('gets time to wake up before it is read', async () => {
    const own = await opened();
    const seen: { address: number; at: number; what: string }[] = [];
    own.line().onRequest = (what, bytes) => {
      seen.push({ what, address: bytes.readUInt32LE(5), at: own.clock.now() });
      return true;
    };
    await own.read(0, 4);
    const powered = seen.find(({ what, address }) => what === 'S01' && address === POWER);
    const first = seen.find(({ address }) => address >= 0x5b000000);
    assert.ok(powered && first && first.at - powered.at >= 2);
  });

  it('is proved: a reboot in the middle of a slice at the boot rate is noticed', async () => {
    const own = await opened();
    let words = 0;
    own.line().onRequest = (key, bytes) => {
      if (key === 'S03' && bytes.readUInt32LE(5) >= 0x5b000000 && ++words === 100) own.chip.reset();
      return true;
    };
    await assert.rejects(own.read(0, 0x400), { code: 'BK_BAD_RESPONSE' });
    assert.ok(words > 200, 'the rest was read, as zeros');
    assert.ok((await own.read(0, 0x400)).equals(own.chip.others.otp.subarray(0, 0x400)));
    assert.equal(own.chip.counters.burns, 0);
  });
});
