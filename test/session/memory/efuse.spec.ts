import assert from 'node:assert/strict';
import { linkCheck } from '../../../src/protocol/commands/command-table';
import { Exchanger } from '../../../src/session/exchange/exchanger';
import { readKey, TUYA_KEY, ZERO_KEY } from '../../../src/session/memory/efuse';
import { bench } from '../../support/linked-session';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

async function keyOf(url: string): Promise<string | null> {
  const own = bench(url);
  const exchanger = await own.exchanger();
  own.chip.reset();
  await exchanger.pause(20);
  await exchanger.sendOnce(linkCheck, undefined);
  return readKey(exchanger);
}

/** A chip's registers, as far as the eFuse controller needs them. */
function controller(start: number, byteOf: (index: number) => number, busyPolls: number) {
  const clock = new VirtualClock();
  const transport = new ScriptedTransport(clock);
  let control = start;
  let value = 0;
  let busy = 0;
  const writes: number[] = [];
  transport.onWrite = (bytes) => {
    const address = bytes.readUInt32LE(5);
    if (bytes[4] === 0x01) {
      control = bytes.readUInt32LE(9);
      writes.push(control);
      busy = busyPolls;
      value = byteOf((control >> 8) & 0x1f);
      transport.say(Buffer.concat([Buffer.from('040e0c01e0fc01', 'hex'), bytes.subarray(5)]), 1);
      return;
    }
    const answer = Buffer.from('040e0c01e0fc030000000000000000', 'hex');
    answer.writeUInt32LE(address, 7);
    if (address === 0x800074) answer.writeUInt32LE((busy-- > 0 ? control : control & ~1) >>> 0, 11);
    else answer.writeUInt32LE(value, 11);
    transport.say(answer, 1);
  };
  return { exchanger: new Exchanger(transport, clock), writes };
}

describe('the key in eFuse', () => {
  it("is read as it is written in public: Tuya's", async () => {
    assert.equal(await keyOf('sim://bk7231n'), '510fb093a3cbeadc5993a17ec7adeb03');
    assert.equal(TUYA_KEY, '510fb093a3cbeadc5993a17ec7adeb03');
  });

  it('reads as zeros where there is none', async () => {
    assert.equal(await keyOf('sim://bk7231m'), ZERO_KEY);
  });

  it('has its words in little-endian order', async () => {
    const { exchanger } = controller(0, (index) => 0x100 | index, 0);
    assert.equal(await readKey(exchanger), '03020100070605040b0a09080f0e0d0c');
  });

  it('is asked for byte by byte, and the other bits of the controller stay', async () => {
    const { exchanger, writes } = controller(0xa5a5ff42, () => 0x1aa, 0);
    assert.equal(await readKey(exchanger), 'aa'.repeat(16));
    assert.equal(writes.length, 16);
    writes.forEach((control, index) => {
      assert.equal(control, ((0xa5a5ff42 & ~0x1f02) | (index << 8) | 1) >>> 0);
    });
  });

  it('waits while the controller is busy', async () => {
    const { exchanger } = controller(0, (index) => 0x100 | index, 5);
    assert.equal(await readKey(exchanger), '03020100070605040b0a09080f0e0d0c');
  });

  it('is not waited for for ever', async () => {
    const { exchanger } = controller(0, () => 0x100, Number.POSITIVE_INFINITY);
    await assert.rejects(readKey(exchanger), { code: 'BK_BAD_RESPONSE' });
  });

  it('is none where a byte is not valid', async () => {
    const { exchanger } = controller(0, (index) => (index === 7 ? 0 : 0x100), 0);
    assert.equal(await readKey(exchanger), null);
  });
});
