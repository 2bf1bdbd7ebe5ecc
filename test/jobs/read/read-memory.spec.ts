import assert from 'node:assert/strict';
import type { ErrorCode, ReadOptions } from '../../../src';
import type { SimulatedChip } from '../../../src/simulator/simulator';
import { type TestDevice, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

/** Tuya's: the four words lie with their lowest byte first. */
const KEY = Buffer.from('510fb093a3cbeadc5993a17ec7adeb03', 'hex').swap32();
/** Of BK7258: which clocks run, what is without power, and the control register of eFuse. */
const SYSTEM = [0x54010030, 0x54010040, 0x54880010];

async function bytesOf({ device }: TestDevice, options: ReadOptions): Promise<Buffer> {
  const { payload } = await device.read(options);
  assert.ok(Buffer.isBuffer(payload));
  return payload;
}

function system(chip: SimulatedChip): number[] {
  return SYSTEM.map((address) => chip.register(address));
}

/** Warnings that are not about the bootloader, which is an unknown one on most simulated chips. */
function own(warnings: readonly string[]): string[] {
  return warnings.filter((text) => !/^The bootloader/.test(text));
}

describe('reading eFuse', () => {
  it('gives the 32 bytes of BK7231N, the key first', async () => {
    const { device } = testDevice('bk7231n');
    const { payload, facts } = await device.read({ memory: 'efuse' });
    assert.ok(Buffer.isBuffer(payload));
    assert.equal(payload.length, 32);
    assert.ok(payload.subarray(0, 16).equals(KEY), payload.toString('hex'));
    assert.ok(payload.subarray(16).every((byte) => byte === 0));
    assert.equal(facts.length, 32);
    assert.match(facts.sha256 ?? '', /^[0-9a-f]{64}$/);
    await device.close();
  });

  for (const sim of ['bk7231n', 'bk7231m', 'bk7238', 'bk7252n', 'bk7258']) {
    it(`gives all that ${sim} has, and burns nothing`, async () => {
      const test = testDevice(sim);
      const { efuse } = test.chip.others;
      assert.equal(efuse.length, sim.startsWith('bk7231') ? 32 : 4);
      const before = system(test.chip);
      assert.ok((await bytesOf(test, { memory: 'efuse' })).equals(efuse));
      assert.deepEqual(system(test.chip), before);
      assert.equal(test.chip.counters.burns, 0);
      await test.device.close();
    });
  }

  it('gives a part of it', async () => {
    for (const [sim, offset, length] of [
      ['bk7231n', 4, 4],
      ['bk7238', 3, 1],
      ['bk7258', 1, 2],
    ] as const) {
      const test = testDevice(sim);
      const part = test.chip.others.efuse.subarray(offset, offset + length);
      assert.ok((await bytesOf(test, { memory: 'efuse', offset, length })).equals(part));
      await test.device.close();
    }
  });

  it('is proved on a line that changes bytes', async () => {
    for (const sim of ['bk7231n', 'bk7258']) {
      const test = testDevice(`${sim}?corrupt=0.02&seed=5`);
      const before = system(test.chip);
      assert.ok((await bytesOf(test, { memory: 'efuse' })).equals(test.chip.others.efuse));
      assert.deepEqual(system(test.chip), before);
      assert.equal(test.chip.counters.burns, 0);
      await test.device.close();
    }
  });

  it('comes without anything being changed', async () => {
    const { device, chip } = testDevice('bk7231n');
    const before = Buffer.from(chip.flash);
    await device.read({ memory: 'efuse' });
    await device.read({ memory: 'rom' });
    assert.ok(chip.flash.equals(before));
    assert.equal(chip.counters.statusWrites, 0);
    await device.close();
  });
});

describe('reading the mask ROM', () => {
  for (const [sim, size] of [
    ['bk7231n', 0x4000],
    ['bk7231m', 0x4000],
    ['bk7238', 0x4000],
    ['bk7252n', 0x4000],
    ['bk7236', 0x10000],
    ['bk7258', 0x10000],
  ] as const) {
    it(`gives all of ${sim}`, async () => {
      const { device, chip } = testDevice(sim);
      const { payload, facts } = await device.read({ memory: 'rom' });
      assert.equal(chip.others.rom.length, size);
      assert.ok(Buffer.isBuffer(payload) && payload.equals(chip.others.rom));
      assert.equal(facts.bytesRead, size);
      const told = own(facts.warnings);
      assert.equal(told.length, sim === 'bk7236' ? 1 : 0);
      for (const text of told) assert.match(text, /at 0x161f0000 was never confirmed on hardware/);
      await device.close();
    });
  }

  it('gives a part of it, not only whole words', async () => {
    for (const sim of ['bk7231m', 'bk7236', 'bk7258']) {
      const test = testDevice(sim);
      const { rom } = test.chip.others;
      for (const [offset, length] of [
        [0x11, 9],
        [1023, 2],
        [rom.length - 5, 5],
      ] as const) {
        const bytes = await bytesOf(test, { memory: 'rom', offset, length });
        assert.ok(bytes.equals(rom.subarray(offset, offset + length)), `${sim} ${offset}`);
      }
      await test.device.close();
    }
  });

  it('warns of one that is blank', async () => {
    for (const [sim, value, says] of [
      ['bk7231n', 0x00, /reads as 00 throughout/],
      ['bk7236', 0xff, /reads as FF throughout/],
      ['bk7258', 0x00, /reads as 00 throughout/],
      ['bk7258', 0xff, /reads as FF throughout/],
    ] as const) {
      const { device, chip } = testDevice(sim);
      chip.others.rom.fill(value);
      const { facts } = await device.read({ memory: 'rom', length: 4096 });
      assert.match(facts.warnings.at(-1) ?? '', says);
      await device.close();
    }
  });

  it('warns where a BK7258 is taken for a BK7236, whose ROM lies elsewhere', async () => {
    const { device } = testDevice('bk7258?size=4M');
    const { facts } = await device.read({ memory: 'rom', length: 1024 });
    assert.equal(facts.chip, 'BK7236');
    const told = facts.warnings.join('\n');
    assert.match(told, /never confirmed on hardware/);
    assert.match(told, /reads as 00 throughout/);
    await device.close();
  });
});

describe('reading the OTP', () => {
  it('gives both windows of BK7258, and leaves clock and power as they were', async () => {
    const test = testDevice('bk7258');
    const before = system(test.chip);
    const { otp } = test.chip.others;
    assert.equal(otp.length, 0x1000);
    const { payload, facts } = await test.device.read({ memory: 'otp' });
    assert.ok(Buffer.isBuffer(payload) && payload.equals(otp));
    assert.equal(facts.length, 0x1000);
    assert.equal(facts.bytesRead, 0x1000);
    assert.deepEqual(own(facts.warnings), []);
    assert.deepEqual(system(test.chip), before);
    assert.equal(test.chip.counters.burns, 0);
    await test.device.close();
  });

  it('gives a part of it, also from both windows', async () => {
    const test = testDevice('bk7258');
    for (const [offset, length] of [
      [0, 1],
      [0x3fe, 4],
      [0x3fd, 0x801],
      [0x400, 0xc00],
      [0xfff, 1],
    ] as const) {
      const bytes = await bytesOf(test, { memory: 'otp', offset, length });
      assert.ok(bytes.equals(test.chip.others.otp.subarray(offset, offset + length)), `${offset}`);
    }
    await test.device.close();
  });

  it('is proved on a line that changes and loses bytes', async () => {
    const test = testDevice('bk7258?corrupt=0.003&lose=0.003&seed=8');
    const before = system(test.chip);
    assert.ok((await bytesOf(test, { memory: 'otp' })).equals(test.chip.others.otp));
    assert.deepEqual(system(test.chip), before);
    assert.equal(test.chip.counters.burns, 0);
    await test.device.close();
  });

  it('warns where the whole of it is blank, since the chip may have kept it', async () => {
    const { device, chip } = testDevice('bk7258');
    chip.others.otp.fill(0);
    const { facts } = await device.read({ memory: 'otp' });
    assert.match(facts.warnings.at(-1) ?? '', /OTP reads as 00 throughout/);
    const part = await device.read({ memory: 'otp', length: 64 });
    assert.deepEqual(own(part.facts.warnings), []);
    await device.close();
  });
});

describe('a chip that reboots while its memories are read', () => {
  const cases: [string, ReadOptions & { memory: 'efuse' | 'rom' | 'otp' }][] = [
    ['bk7258', { memory: 'otp' }],
    ['bk7258', { memory: 'efuse' }],
    ['bk7258', { memory: 'rom', offset: 0x2000, length: 0x1000 }],
    ['bk7236', { memory: 'rom', offset: 0x2000, length: 0x1000 }],
    ['bk7231n', { memory: 'efuse' }],
  ];
  for (const [sim, options] of cases) {
    for (const baud of ['auto', 115_200] as const) {
      it(`gives the right ${options.memory} of ${sim} at ${baud}`, async () => {
        const { memory, offset = 0 } = options;
        const device = () => testDevice(`${sim}?app=silent`, { baud });
        const [started, took] = await times(device(), options);
        for (let part = 1; part < 10; part++) {
          const test = device();
          const before = system(test.chip);
          const whole = test.chip.others[memory];
          await test.device.connect();
          const { boots } = test.chip.counters;
          test.clock.setTimeout(() => test.chip.powerCycle(), started + (took * part) / 10);
          const { payload } = await test.device.read(options);
          const right = whole.subarray(offset, offset + (options.length ?? whole.length));
          assert.ok(Buffer.isBuffer(payload) && payload.equals(right), `part ${part}`);
          assert.ok(test.chip.counters.boots > boots, `part ${part}: no reboot`);
          assert.deepEqual(system(test.chip), before, `part ${part}`);
          assert.equal(test.chip.counters.burns, 0);
          await test.device.close();
        }
      });
    }
  }

  /** When the job begins after the call, and how long it takes, ms. */
  async function times(test: TestDevice, options: ReadOptions): Promise<[number, number]> {
    await test.device.connect();
    const start = test.clock.now();
    const { facts } = await test.device.read(options);
    const took = test.clock.now() - start;
    await test.device.close();
    return [took - facts.durationMs, facts.durationMs];
  }
});

describe('memories that cannot be read', () => {
  const refused: [string, ReadOptions, ErrorCode, RegExp][] = [
    ['bk7231t', { memory: 'efuse' }, 'BK_BAD_SETTING', /serial line.*BK7231N, .*and BK7258 can/],
    ['bk7231u', { memory: 'rom' }, 'BK_BAD_SETTING', /mask ROM.*serial line.*BK7236 and BK7258/],
    ['bk7231q', { memory: 'otp' }, 'BK_BAD_SETTING', /OTP.*serial line; that of BK7258 can/],
    ['bk7252', { memory: 'efuse' }, 'BK_BAD_SETTING', /serial line/],
    ['bk7231t?bootloader=unknown', { memory: 'rom' }, 'BK_BAD_SETTING', /serial line/],
    ['bk7236', { memory: 'efuse' }, 'BK_BAD_SETTING', /BK7236.*not known.*BK7252N and BK7258 can/],
    ['bk7236', { memory: 'otp' }, 'BK_BAD_SETTING', /BK7236.*not known; that of BK7258 can/],
    ['bk7258?size=4M', { memory: 'otp' }, 'BK_BAD_SETTING', /BK7236.*not known/],
    ['bk7231n', { memory: 'otp' }, 'BK_BAD_SETTING', /BK7231N.*not known; that of BK7258 can/],
    ['bk7238', { memory: 'otp' }, 'BK_BAD_SETTING', /not known/],
    ['bk7231n', { memory: 'efuse', offset: 30, length: 4 }, 'BK_OUT_OF_RANGE', /32 bytes/],
    ['bk7258', { memory: 'efuse', length: 5 }, 'BK_OUT_OF_RANGE', /4 bytes/],
    ['bk7258', { memory: 'otp', offset: 0xfff, length: 2 }, 'BK_OUT_OF_RANGE', /OTP.*4096/],
    ['bk7258', { memory: 'otp', file: { folder: '/none' } }, 'BK_BAD_SETTING', /message/],
    ['bk7231n', { memory: 'efuse', file: { folder: '/none' } }, 'BK_BAD_SETTING', /message/],
    ['bk7231n', { memory: 'rom', offset: 0x4000 }, 'BK_OUT_OF_RANGE', /16384/],
  ];
  for (const [sim, options, code, says] of refused) {
    it(`are refused: ${JSON.stringify(options)} on ${sim}`, async () => {
      const { device } = testDevice(sim);
      assert.match((await rejection(device.read(options), code)).message, says);
      await device.close();
    });
  }

  it('say how a BK7236 is told from a BK7258', async () => {
    const { device } = testDevice('bk7236');
    const { cause } = await rejection(device.read({ memory: 'otp' }), 'BK_BAD_SETTING');
    assert.ok(cause.advice.some((text) => /same chip id.*8 MiB/.test(text)));
    await device.close();
  });
});
