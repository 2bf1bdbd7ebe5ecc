import assert from 'node:assert/strict';
import { changeBaud } from '../../../src/session/baud/baud';
import { BAUD_LADDER, nextBaud } from '../../../src/session/baud/baud-ladder';
import { Exchanger } from '../../../src/session/exchange/exchanger';
import { bench, openSession } from '../../support/linked-session';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

const SILENT = 'app=silent';

/** The rates that a chip was told to take, from the requests. */
function toldRates(line: { onRequest: (key: string, bytes: Buffer) => boolean | undefined }) {
  const told: number[] = [];
  line.onRequest = (key, bytes) => {
    if (key === 'S0F') told.push(bytes.readUInt32LE(5));
    return true;
  };
  return told;
}

describe('the ladder of rates', () => {
  it("holds only rates that the chip's 26 MHz divider makes within 1 %", () => {
    for (const rate of BAUD_LADDER) {
      const real = 26_000_000 / Math.trunc(26_000_000 / rate);
      assert.ok(Math.abs(real / rate - 1) < 0.01, `${rate}`);
    }
    assert.deepEqual(
      [...BAUD_LADDER].sort((a, b) => b - a),
      BAUD_LADDER,
    );
  });

  /** The rates that are tried in order where those up to a limit work. */
  function walk(
    setting: number | 'auto',
    works: (rate: number) => boolean,
    remembered: number | null = null,
    known: readonly number[] = [],
  ) {
    const proved = new Set<number>();
    const failed = new Set<number>(known);
    const tried: number[] = [];
    for (;;) {
      const next = nextBaud(setting, proved, failed, remembered);
      if (next === null) return { tried, best: Math.max(115_200, ...proved) };
      tried.push(next);
      assert.ok(tried.length < 20);
      (works(next) ? proved : failed).add(next);
    }
  }

  it('is climbed from its middle', () => {
    assert.deepEqual(
      walk('auto', () => true),
      { tried: [921_600, 2_000_000], best: 2_000_000 },
    );
    assert.deepEqual(
      walk('auto', (rate) => rate <= 1_000_000),
      { tried: [921_600, 2_000_000, 1_000_000], best: 1_000_000 },
    );
  });

  it('is begun at the rate that is remembered', () => {
    assert.deepEqual(
      walk('auto', () => true, 2_000_000),
      { tried: [2_000_000], best: 2_000_000 },
    );
    assert.deepEqual(
      walk('auto', (rate) => rate <= 1_000_000, 1_000_000, [2_000_000]),
      { tried: [1_000_000], best: 1_000_000 },
    );
    assert.deepEqual(
      walk('auto', (rate) => rate <= 921_600, 2_000_000),
      { tried: [2_000_000, 921_600, 1_000_000], best: 921_600 },
    );
  });

  it('is tried upwards again once a rate is no longer known to fail', () => {
    assert.deepEqual(
      walk('auto', () => true, 460_800),
      { tried: [460_800, 921_600, 2_000_000], best: 2_000_000 },
    );
  });

  it('finds the fastest rate that works, whatever that is', () => {
    for (const limit of BAUD_LADDER) {
      assert.equal(walk('auto', (rate) => rate <= limit).best, limit);
      assert.equal(walk(2_000_000, (rate) => rate <= limit).best, limit);
    }
  });

  it('is left alone where a rate is set that works, or the boot rate', () => {
    for (const rate of [9600, 300_000, 921_600, 3_250_000]) {
      assert.deepEqual(walk(rate, () => true).tried, [rate]);
    }
    assert.deepEqual(walk(115_200, () => true).tried, []);
  });
});

describe('the rate of a session', () => {
  it('is the fastest of the ladder where nothing is in its way', async () => {
    const { session, chip, line, notes } = await openSession(`sim://bk7231n?${SILENT}`);
    assert.equal(session.workingBaud, 2_000_000);
    assert.equal(line().baudRate, 2_000_000);
    assert.equal(chip.baudRate, 2_000_000);
    assert.deepEqual(notes.warnings, []);
    assert.equal(chip.counters.boots, 1);
  });

  it('is found without losing a chip that only a person can reset', async () => {
    for (let seed = 1; seed <= 24; seed++) {
      const limit = [500_000, 921_600, 1_000_000][seed % 3] as number;
      const own = bench(`sim://bk7231n?${SILENT}&reset=none&baudLimit=${limit}&seed=${seed}`);
      own.notes.whenPhase = (_message, waits) => {
        if (waits) own.clock.setTimeout(() => own.chip.reset(), 100);
      };
      const session = await own.open();
      assert.equal(session.workingBaud, limit, `seed ${seed}`);
      assert.equal(own.notes.phases.filter(({ waitsForPerson }) => waitsForPerson).length, 1);
      await session.flash.readSector(0x20000);
    }
  });

  it('is remembered: the next link goes straight to it, and tries none that failed', async () => {
    const own = bench(`sim://bk7231n?${SILENT}&baudLimit=1000000`);
    const first = await own.open();
    assert.equal(first.workingBaud, 1_000_000);
    await first.close('reboot');
    await own.clock.advance(1000);
    const told = toldRates(await own.plug());
    const second = await own.open();
    assert.equal(second.workingBaud, 1_000_000);
    assert.deepEqual(told, [1_000_000]);
  });

  it('is tried higher again after an hour', async () => {
    const own = bench(`sim://bk7231n?${SILENT}&baudLimit=1000000`);
    await (await own.open()).close('reboot');
    await own.clock.advance(3_600_000);
    const told = toldRates(await own.plug());
    const session = await own.open();
    assert.equal(session.workingBaud, 1_000_000);
    assert.deepEqual(told.slice(0, 2), [1_000_000, 2_000_000]);
  });

  it('stays down for the next link where it was taken down in a job', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const first = await own.open();
    assert.equal(first.workingBaud, 2_000_000);
    await first.raiseBaud(1_000_000);
    await first.close('reboot');
    await own.clock.advance(1000);
    const told = toldRates(await own.plug());
    const second = await own.open();
    assert.equal(second.workingBaud, 1_000_000);
    assert.deepEqual(told, [1_000_000]);
  });

  it('is forgotten for no reason by a person who sets a lower one', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    await (await own.open()).close('leave');
    await own.plug();
    const slow = await own.open({ baud: 115_200 });
    assert.equal(slow.workingBaud, 115_200);
    await slow.close('leave');
    await own.plug();
    assert.equal((await own.open()).workingBaud, 2_000_000);
  });

  it('gets a second chance where it has worked before', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    await (await own.open()).close('reboot');
    await own.clock.advance(1000);
    const line = await own.plug();
    const told = toldRates(line);
    let spoilt = false;
    line.onAnswer = (bytes, key) => {
      if (spoilt || key !== 'S10' || line.baudRate !== 2_000_000) return bytes;
      spoilt = true;
      const changed = Buffer.from(bytes);
      const last = changed.length - 1;
      changed[last] = (changed[last] as number) ^ 1;
      return changed;
    };
    const session = await own.open();
    assert.ok(spoilt);
    assert.equal(session.workingBaud, 2_000_000);
    assert.deepEqual(told, [2_000_000]);
  });

  it('is not given up for one answer that is lost while it is proved', async () => {
    for (const lost of ['S00', 'L09', 'S10'] as const) {
      const own = bench(`sim://bk7231n?${SILENT}`);
      const line = await own.plug();
      let left = 1;
      line.onRequest = (key) => line.baudRate !== 2_000_000 || key !== lost || left-- !== 1;
      const session = await own.open();
      assert.equal(left < 1, true, lost);
      assert.equal(session.workingBaud, 2_000_000, lost);
    }
  });

  it('is proved by harmless frames first, and in both directions', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const line = await own.plug();
    const seen: string[] = [];
    line.onRequest = (key) => {
      if (line.baudRate === 2_000_000) seen.push(key);
      return true;
    };
    await own.open();
    const first = seen.findIndex((key) => key !== 'S00');
    assert.ok(first >= 8, `${first} link checks`);
    assert.equal(seen[first], 'L09');
    const rest = seen.slice(first + 1);
    const checks = rest.findIndex((key) => key !== 'S10');
    assert.ok(checks >= 9, rest.join());
  });

  for (const limit of [115_200, 230_400, 460_800, 500_000, 921_600, 1_000_000]) {
    it(`is ${limit} on wires that bear no more`, async () => {
      for (const chip of ['bk7231n', 'bk7231t']) {
        const own = await openSession(`sim://${chip}?${SILENT}&baudLimit=${limit}`);
        assert.equal(own.session.workingBaud, limit, chip);
        assert.equal(own.line().baudRate, limit, chip);
        await own.session.flash.readSector(0x20000);
      }
    });
  }

  it('is the one that is set, and no other is tried', async () => {
    for (const baud of [230_400, 921_600, 1_500_000, 1_300_000]) {
      const own = bench(`sim://bk7231n?${SILENT}`);
      const told = toldRates(await own.plug());
      const session = await own.open({ baud });
      assert.equal(session.workingBaud, baud);
      assert.deepEqual(told, [baud]);
    }
  });

  it('is left as it is where the boot rate is set', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const told = toldRates(await own.plug());
    const session = await own.open({ baud: 115_200 });
    assert.equal(session.workingBaud, 115_200);
    assert.deepEqual(told, []);
  });

  it('is the next lower one, with a warning, where the one that is set does not work', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}&baudLimit=500000`, { baud: 921_600 });
    assert.equal(own.session.workingBaud, 500_000);
    assert.equal(own.notes.warnings.length, 1);
    assert.match(own.notes.warnings[0] ?? '', /921600 baud did not work .* went on at 500000/);
  });

  it('is none that the adapter does not do, and the chip is never sent there', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const line = await own.plug();
    line.refused.add(2_000_000).add(921_600);
    const told = toldRates(line);
    const session = await own.open();
    assert.ok(session.workingBaud >= 500_000);
    assert.ok(!told.includes(2_000_000) && !told.includes(921_600));
    assert.equal(own.chip.counters.boots, 1);
  });

  it("is left alone where it is someone else's business", async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const line = await own.plug();
    Object.defineProperty(line, 'canSetBaudRate', { value: false });
    const told = toldRates(line);
    const session = await own.open({ baud: 921_600 });
    assert.equal(session.workingBaud, 115_200);
    assert.deepEqual(told, []);
    assert.deepEqual(line.rates, []);
  });

  it('is won by a reset where the chip is lost on the way', async () => {
    const own = bench(`sim://bk7231n?${SILENT}`);
    const line = await own.plug();
    line.onRequest = (key, bytes) => {
      if (key !== 'S0F' || bytes.readUInt32LE(5) !== 2_000_000) return true;
      own.chip.reset();
      // And by the time that it is called at the old rate, its boot window is over.
      const deafUntil = own.clock.now() + 500;
      line.onRequest = () => own.clock.now() > deafUntil;
      return false;
    };
    const session = await own.open();
    assert.equal(session.workingBaud, 1_000_000);
    assert.ok(own.chip.counters.boots >= 2);
  });

  it('comes down from the one that another tool has left', async () => {
    const own = bench(`sim://bk7231n?${SILENT}&reset=none`);
    const first = await own.plug();
    own.notes.whenPhase = (_message, waits) => {
      if (waits) own.chip.reset();
    };
    const session = await own.open({ baud: 921_600 });
    await session.close('leave');
    assert.equal(first.baudRate, 921_600);
    await own.plug();
    const second = await own.open({ baud: 115_200 });
    assert.equal(second.linked.by, 'listening');
    assert.equal(second.workingBaud, 115_200);
    assert.equal(own.line().baudRate, 115_200);
    await second.flash.readSector(0x20000);
  });
});

describe('a change of rate', () => {
  function setUp() {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    return { clock, transport, exchanger: new Exchanger(transport, clock) };
  }

  it('changes the host between the request and the echo', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`, { baud: 115_200 });
    const told = own.clock.now();
    let at = 0;
    const change = own.line().setBaudRate.bind(own.line());
    own.line().setBaudRate = async (rate) => {
      await change(rate);
      at = own.clock.now();
    };
    assert.equal(await changeBaud(own.session.exchanger, 921_600), 'changed');
    assert.ok(at - told > 0.8 && at - told < 20, `${at - told}`);
  });

  it('that the chip never heard leaves both where they were', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`, { baud: 115_200 });
    own.line().before('S0F', () => false);
    assert.equal(await changeBaud(own.session.exchanger, 921_600), 'kept');
    assert.equal(own.line().baudRate, 115_200);
    await own.session.flash.readSector(0x20000);
  });

  it('to a rate at which the chip cannot be heard is taken back', async () => {
    const own = await openSession(`sim://bk7231n?${SILENT}`, { baud: 115_200 });
    const { boots } = own.chip.counters;
    own.line().onAnswer = (bytes) => (own.line().baudRate === 921_600 ? null : bytes);
    assert.equal(await changeBaud(own.session.exchanger, 921_600), 'kept');
    assert.equal(own.line().baudRate, 115_200);
    await own.session.flash.readSector(0x20000);
    assert.equal(own.chip.counters.boots, boots);
  });

  it('that loses the chip leaves the host where it was, in bounded time', async () => {
    const { clock, transport, exchanger } = setUp();
    assert.equal(await changeBaud(exchanger, 921_600), 'lost');
    assert.equal(transport.baudRate, 115_200);
    assert.ok(clock.now() < 5000);
    assert.equal(clock.pending, 0);
  });

  it('to the rate that holds already is none', async () => {
    const { transport, exchanger } = setUp();
    assert.equal(await changeBaud(exchanger, 115_200), 'changed');
    assert.equal(transport.written.length, 0);
  });
});
