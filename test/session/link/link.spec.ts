import assert from 'node:assert/strict';
import { type BkError, isBkError } from '../../../src/errors';
import { linkCheck, setBaudRate } from '../../../src/protocol/commands/command-table';
import type { ResetMethod } from '../../../src/session/base/settings';
import { Exchanger } from '../../../src/session/exchange/exchanger';
import { type LinkOutcome, link } from '../../../src/session/link/link';
import { english } from '../../support/english';
import { type Bench, bench } from '../../support/linked-session';
import { ScriptedTransport } from '../../support/scripted-transport';
import { VirtualClock } from '../../support/virtual-clock';

const RELEASED = { rts: false, dtr: false };

interface Tried {
  outcome: LinkOutcome | null;
  error: BkError | null;
  messages: string[];
  asked: boolean;
}

/** Links on a bench; `whenAsked` is what the person does who is asked to reset the chip. */
async function tryLink(
  own: Bench,
  reset: ResetMethod,
  options: { seconds?: number; signal?: AbortSignal; whenAsked?: () => void } = {},
): Promise<Tried> {
  const tried: Tried = { outcome: null, error: null, messages: [], asked: false };
  const exchanger = await own.exchanger();
  try {
    tried.outcome = await link(exchanger, {
      reset,
      timeoutMs: (options.seconds ?? 10) * 1000,
      signal: options.signal,
      onStep: (message, waitsForPerson) => {
        tried.messages.push(english(message));
        if (waitsForPerson && !tried.asked) {
          tried.asked = true;
          options.whenAsked?.();
        }
      },
    });
    // What came late must not be in the way of the first command.
    assert.equal(await exchanger.sendOnce(linkCheck, undefined), true);
  } catch (error) {
    if (!isBkError(error)) throw error;
    tried.error = error;
  }
  await own.line().close();
  return tried;
}

describe('linking', () => {
  const silent = 'app=silent';

  for (const method of ['rts', 'dtr', 'rts-inverted', 'dtr-inverted'] as const) {
    it(`resets the chip by ${method} where it is wired so, and lets it run`, async () => {
      const own = bench(`sim://bk7231n?${silent}&reset=${method}`);
      const { outcome } = await tryLink(own, method);
      assert.equal(outcome?.by, 'lines');
      assert.equal(own.clock.pending, 0);
      const running = { rts: method === 'rts-inverted', dtr: method === 'dtr-inverted' };
      assert.deepEqual(own.line().lastLines, running);
      const line = method.slice(0, 3) as 'rts' | 'dtr';
      const other = line === 'rts' ? 'dtr' : 'rts';
      assert.ok(own.line().lines.every((lines) => !lines[other]));
    });

    it(`finds by itself that the chip is wired to ${method}`, async () => {
      const own = bench(`sim://bk7231n?${silent}&reset=${method}`);
      const { outcome, asked } = await tryLink(own, 'auto');
      assert.equal(outcome?.by, 'lines');
      assert.equal(asked, false);
      assert.equal(own.chip.counters.linkChecks > 0, true);
    });
  }

  it('takes a chip that is in download mode already, without resetting it', async () => {
    const own = bench(`sim://bk7231n?${silent}`);
    own.chip.reset();
    const { boots } = own.chip.counters;
    const { outcome, messages } = await tryLink(own, 'auto');
    assert.equal(outcome?.by, 'listening');
    assert.equal(own.chip.counters.boots, boots);
    assert.equal(messages.length, 1);
  });

  it('has firmware that obeys LinkCheck reboot', async () => {
    const own = bench('sim://bk7231n?reset=none');
    const { outcome, asked } = await tryLink(own, 'none');
    assert.ok(outcome);
    assert.equal(asked, false);
    assert.equal(own.chip.counters.boots, 1);
  });

  it('asks firmware with a command line to reboot', async () => {
    const own = bench('sim://bk7231n?reset=none&app=log');
    const { outcome, asked } = await tryLink(own, 'auto');
    assert.equal(outcome?.by, 'firmware');
    assert.equal(asked, false);
    assert.ok(own.line().requests.includes('text'));
  });

  it("sends Beken's own reboot frame three times", async () => {
    const own = bench('sim://bk7231n?reset=none&app=silent');
    await tryLink(own, 'auto', { seconds: 4 });
    assert.equal(own.line().requests.filter((key) => key === 'SFE').length >= 3, true);
  });

  it('sends a chip nothing but LinkChecks where the reset is none', async () => {
    const own = bench('sim://bk7231n?reset=none&app=silent');
    await tryLink(own, 'none', { seconds: 4 });
    assert.deepEqual(new Set(own.line().requests), new Set(['S00']));
  });

  for (const method of ['none', 'auto', 'rts'] as const) {
    it(`asks a person for the reset, and takes it (${method})`, async () => {
      const own = bench('sim://bk7231n?reset=none&app=silent');
      const { outcome, asked } = await tryLink(own, method, {
        seconds: 60,
        whenAsked: () => own.clock.setTimeout(() => own.chip.reset(), 1234),
      });
      assert.equal(asked, true);
      assert.equal(outcome?.by, 'person');
      assert.equal(own.clock.pending, 0);
    });
  }

  it('takes a reset by hand whenever it comes, however short the boot listens', async () => {
    for (const method of ['none', 'auto'] as const) {
      for (const window of [30, 300]) {
        for (let ms = 0; ms < 12_000; ms += 577) {
          const own = bench(`sim://bk7231n?reset=none&app=silent&size=256K&window=${window}`);
          const whenAsked = () => own.clock.setTimeout(() => own.chip.reset(), ms);
          const { outcome } = await tryLink(own, method, { seconds: 20, whenAsked });
          assert.ok(outcome, `${method}, window ${window}, reset ${ms} ms after the asking`);
        }
      }
    }
  });

  it('finds a chip that another tool has left at another rate', async () => {
    for (const baudRate of [230_400, 460_800, 500_000, 921_600, 1_000_000, 1_500_000, 2_000_000]) {
      const own = bench('sim://bk7231n?reset=none&app=silent');
      const exchanger = await own.exchanger();
      own.chip.reset();
      await exchanger.pause(20);
      await exchanger.sendOnce(linkCheck, undefined);
      await exchanger.sendUnanswered(setBaudRate, { baudRate, delayMs: 20 });
      await exchanger.pause(100);
      await own.line().close();

      const { outcome, asked } = await tryLink(own, 'auto');
      assert.equal(outcome?.by, 'listening', `${baudRate}`);
      assert.equal(asked, false, `${baudRate}`);
      assert.equal(own.line().baudRate, baudRate);
    }
  });

  it('hears a second controller at its own rate where a driver drops what it cannot read', async () => {
    const own = bench('sim://bk7231n?reset=rts&window=0&app=tuyamcu&appBaud=9600');
    const line = await own.plug();
    line.onAnswer = (bytes) => (line.baudRate === 115_200 ? null : bytes);
    const told: unknown[] = [];
    const exchanger = new Exchanger(line, own.clock);
    const job = link(exchanger, {
      reset: 'rts',
      timeoutMs: 6000,
      onStep: (_message, _waits, verdict) => verdict && told.push([verdict, own.clock.now()]),
    });
    await assert.rejects(job, (error: BkError) => {
      assert.equal(error.code, 'BK_NO_LINK');
      assert.equal(error.cause.likely[0]?.code, 'diagnosis.secondTalker');
      return true;
    });
    const [[verdict, at]] = told as [[unknown, number]];
    assert.deepEqual(verdict, { code: 'tuyaMcu', baud: 9600 });
    assert.ok(at <= 5000);
    assert.equal(line.baudRate, 115_200);
  });

  it('listens at no other rate while a person may reset the chip', async () => {
    for (const reset of ['none', 'rts'] as const) {
      const own = bench('sim://bk7231n?reset=none&app=silent');
      await tryLink(own, reset, { seconds: 15 });
      assert.ok(!own.line().rates.includes(9600), reset);
    }
  });

  it('leaves a rate out that the adapter does not do, and ends at the boot rate', async () => {
    const own = bench('sim://bk7231n?reset=none&app=silent');
    const line = await own.plug();
    line.refused.add(921_600).add(1_500_000);
    const exchanger = new Exchanger(line, own.clock);
    await assert.rejects(link(exchanger, { reset: 'none', timeoutMs: 3000 }), {
      code: 'BK_NO_LINK',
    });
    assert.ok(line.rates.includes(2_000_000));
    assert.equal(line.baudRate, 115_200);
  });

  it('tries no other rate where the rate is not its own business', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    transport.canSetBaudRate = false;
    transport.setBaudRate = () => assert.fail('the rate must not be changed');
    const exchanger = new Exchanger(transport, clock);
    await assert.rejects(link(exchanger, { reset: 'auto', timeoutMs: 5000 }), {
      code: 'BK_NO_LINK',
    });
  });

  it('goes without lines where the port has none', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    transport.hasLines = false;
    const exchanger = new Exchanger(transport, clock);
    let asked = 0;
    await assert.rejects(
      link(exchanger, {
        reset: 'rts',
        timeoutMs: 5000,
        onStep: (_message, waits) => {
          if (waits && asked++ === 0) transport.onWrite = () => {};
        },
      }),
      { code: 'BK_NO_LINK' },
    );
    assert.ok(asked >= 1);
  });

  it('gives up when its time is over, and leaves the lines at rest and no timer', async () => {
    for (const method of ['auto', 'rts', 'dtr-inverted', 'none'] as const) {
      const own = bench('sim://bk7231n?window=0&app=silent&size=256K');
      const { error } = await tryLink(own, method, { seconds: 10 });
      assert.equal(error?.code, 'BK_NO_LINK');
      assert.match(error.message, /within 10 s; nothing on it was changed/);
      assert.deepEqual(own.line().lastLines, { rts: false, dtr: method === 'dtr-inverted' });
      assert.ok(own.clock.now() >= 10_000 && own.clock.now() < 11_500, `${own.clock.now()}`);
      assert.equal(own.clock.pending, 0);
    }
  });

  it('can be cancelled at any moment, and leaves the lines at rest and no timer', async () => {
    for (let ms = 0; ms < 4500; ms += 61) {
      const own = bench('sim://bk7231n?window=0&app=silent&size=256K');
      const abort = new AbortController();
      own.clock.setTimeout(() => abort.abort(), ms);
      const { error } = await tryLink(own, 'auto', { seconds: 60, signal: abort.signal });
      assert.equal(error?.code, 'BK_CANCELLED', `after ${ms} ms`);
      assert.deepEqual(own.line().lastLines, RELEASED, `after ${ms} ms`);
      assert.equal(own.clock.pending, 0);
      assert.ok(own.clock.now() < ms + 100);
    }
  });

  it('ends with the port when that goes away', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    clock.setTimeout(() => transport.lose(new Error('unplugged')), 2000);
    const exchanger = new Exchanger(transport, clock);
    await assert.rejects(link(exchanger, { reset: 'auto', timeoutMs: 60_000 }), {
      code: 'BK_PORT_LOST',
    });
    assert.equal(clock.now(), 2000);
    assert.equal(clock.pending, 0);
  });

  it('waits for the end of late answers before it hands the chip over', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    let calls = 0;
    transport.onWrite = () => {
      // A slow bridge: everything comes 60 ms late, and all at once.
      if (++calls <= 12) transport.say('040e0501e0fc0100', 60);
    };
    const exchanger = new Exchanger(transport, clock);
    const { by } = await link(exchanger, { reset: 'none', timeoutMs: 5000 });
    assert.equal(by, 'listening');
    const before = exchanger.evidence.evidence.received;
    await exchanger.pause(200);
    assert.equal(exchanger.evidence.evidence.received, before);
  });
});

describe('a link that fails', () => {
  async function causeOf(url: string): Promise<string> {
    const { error } = await tryLink(bench(url), 'auto', { seconds: 8 });
    assert.equal(error?.code, 'BK_NO_LINK');
    const { likely, advice } = error.cause;
    assert.ok(likely.length > 0 && advice.length > 0);
    assert.ok(error.message.endsWith(advice[0] ?? '?'));
    return likely[0]?.cause ?? '';
  }

  it('says so where not a byte arrived', async () => {
    assert.match(
      await causeOf('sim://bk7231n?window=0&app=silent'),
      /not reset.*no power.*swapped/,
    );
  });

  it('recognises text of the application or the log', async () => {
    assert.match(await causeOf('sim://bk7231n?window=0&app=log'), /application runs/);
  });

  it('recognises a second controller on the wires', async () => {
    assert.match(await causeOf('sim://bk7231t?reset=none&app=tuyamcu'), /TuyaMCU/);
  });

  it('recognises its own commands when they come back', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    transport.onWrite = (bytes) => transport.say(Buffer.from(bytes), 1);
    const exchanger = new Exchanger(transport, clock);
    const error = await link(exchanger, { reset: 'auto', timeoutMs: 3000 }).then(
      () => assert.fail('an echo is no chip'),
      (reason: BkError) => reason,
    );
    assert.equal(error.code, 'BK_NO_LINK');
    assert.equal(error.cause.likely.length, 1, 'the own text is no application');
    assert.match(error.cause.likely[0]?.cause ?? '', /TX and RX are joined/);
  });

  it('recognises a bad line', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    transport.onWrite = () => transport.say('80 c0 e0 f0', 1);
    const exchanger = new Exchanger(transport, clock);
    const error = await link(exchanger, { reset: 'auto', timeoutMs: 3000 }).then(
      () => assert.fail('garbage is no chip'),
      (reason: BkError) => reason,
    );
    assert.match(error.cause.likely[0]?.cause ?? '', /bad line|common ground/);
  });

  it('does not judge what is heard at a rate that is only tried', async () => {
    const clock = new VirtualClock();
    const transport = new ScriptedTransport(clock);
    transport.onWrite = () => {
      if (transport.baudRate !== 115_200) transport.say('80 c0 e0 f0', 1);
    };
    const exchanger = new Exchanger(transport, clock);
    await assert.rejects(link(exchanger, { reset: 'none', timeoutMs: 3000 }), {
      code: 'BK_NO_LINK',
      message: /CEN to GND/,
    });
    assert.equal(exchanger.evidence.evidence.heard.bytes, 0);
    assert.equal(exchanger.evidence.evidence.received, 0);
  });

  it('says what to do even where there was no time to call', async () => {
    const clock = new VirtualClock();
    const exchanger = new Exchanger(new ScriptedTransport(clock), clock);
    await assert.rejects(link(exchanger, { reset: 'none', timeoutMs: 0 }), {
      code: 'BK_NO_LINK',
      message: /nothing on it was changed\. Reset the chip now/,
    });
  });
});
