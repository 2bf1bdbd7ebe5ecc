import assert from 'node:assert/strict';
import { simulatorTally } from '../../../src/simulator/simulator';
import { type Bench, le32, linked } from '../../support/simulator';

const CLOCKS = 0x54010030;
const POWER = 0x54010040;
const EFUSE_CONTROL = 0x54880010;
const EFUSE_RESULT = 0x54880014;

async function read(bench: Bench, address: number): Promise<number> {
  const answer = Buffer.from(await bench.send(`01e0fc0503${le32(address)}`), 'hex');
  assert.equal(answer.toString('hex', 0, 11), `040e0c01e0fc03${le32(address)}`);
  return answer.readUInt32LE(11);
}

async function write(bench: Bench, address: number, value: number): Promise<void> {
  const echo = le32(address) + le32(value);
  assert.equal(await bench.send(`01e0fc0901${echo}`), `040e0c01e0fc01${echo}`);
}

describe('simulated chip: other memories than flash', () => {
  it('shows its mask ROM where the chip has it, and nothing behind', async () => {
    for (const [chip, address, size] of [
      ['bk7231n', 0, 0x4000],
      ['bk7231m', 0, 0x4000],
      ['bk7238', 0, 0x4000],
      ['bk7252n', 0, 0x4000],
      ['bk7236', 0x161f0000, 0x10000],
      ['bk7258', 0x16000000, 0x10000],
    ] as const) {
      const bench = await linked({ chip });
      const { rom } = bench.chip.others;
      assert.equal(rom.length, size);
      for (const at of [0, 4, size / 2, size - 4]) {
        assert.equal(await read(bench, address + at), rom.readUInt32LE(at), chip);
      }
      assert.equal(await read(bench, address + size), 0, chip);
      await write(bench, address, 0);
      assert.equal(await read(bench, address), rom.readUInt32LE(0), chip);
    }
  });

  it('hides the ROM of BK7258 where only secure code may look', async () => {
    assert.equal(await read(await linked({ chip: 'bk7258' }), 0x06000000), 0);
  });

  it('makes them by the seed', async () => {
    const [one, same, other] = await Promise.all(
      [7, 7, 8].map(async (seed) => (await linked({ chip: 'bk7258', seed })).chip.others),
    );
    assert.deepEqual(one, same);
    for (const name of ['rom', 'efuse', 'otp'] as const) {
      assert.notDeepEqual(one?.[name], other?.[name], name);
    }
  });

  it('repeats the four bytes of eFuse that BK7238 and BK7252N have', async () => {
    for (const chip of ['bk7238', 'bk7252n']) {
      const bench = await linked({ chip });
      const bytes: number[] = [];
      for (let index = 0; index < 8; index++) {
        await write(bench, 0x800074, (index << 8) | 1);
        bytes.push((await read(bench, 0x800078)) & 0xff);
      }
      assert.deepEqual(bytes, [...bench.chip.others.efuse, ...bench.chip.others.efuse]);
    }
  });

  it('gives eFuse of BK7258 with its clock on, after some polls', async () => {
    const bench = await linked({ chip: 'bk7258' });
    const clocks = await read(bench, CLOCKS);
    await write(bench, EFUSE_CONTROL, 0x201);
    while ((await read(bench, EFUSE_CONTROL)) & 1);
    assert.equal(await read(bench, EFUSE_RESULT), 0);

    await write(bench, CLOCKS, (clocks | 0x80) >>> 0);
    for (let index = 0; index < 5; index++) {
      await write(bench, EFUSE_CONTROL, (index << 8) | 1);
      assert.equal(await read(bench, EFUSE_RESULT), 0, 'not yet');
      let polls = 0;
      while ((await read(bench, EFUSE_CONTROL)) & 1) polls++;
      assert.equal(polls, 3);
      const byte = bench.chip.others.efuse[index];
      assert.equal(await read(bench, EFUSE_RESULT), byte === undefined ? 0 : 0x100 | byte);
    }
    assert.equal(bench.chip.counters.burns, 0);
  });

  it('shows the OTP of BK7258 only with clock and power on', async () => {
    const bench = await linked({ chip: 'bk7258' });
    const { otp } = bench.chip.others;
    const clocks = await read(bench, CLOCKS);
    const power = await read(bench, POWER);
    const look = async () => [await read(bench, 0x5b100400), await read(bench, 0x5b010000 + 0xbfc)];
    assert.deepEqual(await look(), [0, 0]);
    await write(bench, CLOCKS, (clocks | 0x8000) >>> 0);
    assert.deepEqual(await look(), [0, 0]);
    await write(bench, POWER, (power & ~0x8) >>> 0);
    assert.deepEqual(await look(), [otp.readUInt32LE(0), otp.readUInt32LE(0xffc)]);
    await write(bench, CLOCKS, clocks);
    assert.deepEqual(await look(), [0, 0]);
  });

  it('has its registers as after a start when it has started anew', async () => {
    const bench = await linked({ chip: 'bk7258' });
    const clocks = await read(bench, CLOCKS);
    const power = await read(bench, POWER);
    for (const address of [CLOCKS, POWER, 0x44010100]) await write(bench, address, 0x5a5a5a5a);
    await write(bench, EFUSE_CONTROL, 1);
    await bench.link();
    assert.equal(await read(bench, CLOCKS), clocks);
    assert.equal(await read(bench, POWER), power);
    assert.equal(await read(bench, 0x44010100), 0);
    assert.equal(await read(bench, EFUSE_CONTROL), 0);
  });

  it('counts what would have burnt fuses, and changes none', async () => {
    const before = simulatorTally.burns;
    for (const [chip, address, value] of [
      ['bk7258', EFUSE_CONTROL, 0x003],
      ['bk7258', EFUSE_CONTROL, 0x002],
      ['bk7258', EFUSE_CONTROL, 0x00010001],
      ['bk7258', EFUSE_CONTROL, 0x80000001],
      ['bk7258', 0x5b100400, 0],
      ['bk7258', 0x5b010bfc, 0],
      ['bk7231n', 0x800074, 0x103],
    ] as const) {
      const bench = await linked({ chip, untallied: true });
      const { efuse, otp } = bench.chip.others;
      const held = [Buffer.from(efuse), Buffer.from(otp)];
      await write(bench, address, value);
      assert.equal(bench.chip.counters.burns, 1, `${chip} ${address} ${value}`);
      assert.deepEqual([efuse, otp], held);
    }
    assert.equal(simulatorTally.burns, before);
    await write(await linked({ chip: 'bk7258' }), EFUSE_CONTROL, 3);
    assert.equal(simulatorTally.burns, before + 1);
    simulatorTally.burns = before;
  });
});
