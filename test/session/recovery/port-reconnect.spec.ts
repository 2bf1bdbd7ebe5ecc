import assert from 'node:assert/strict';
import { BkError } from '../../../src/errors';
import {
  beganAnew,
  PortReconnect,
  type Reconnectable,
} from '../../../src/session/recovery/port-reconnect';
import { type Note, say, verbatim } from '../../../src/texts/note';
import type { Transport } from '../../../src/transport/transport';
import { english } from '../../support/english';
import { rejection } from '../../support/rejects';
import { VirtualClock } from '../../support/virtual-clock';

const GONE = new BkError('BK_PORT_LOST', verbatim('it was unplugged'), {
  advice: [say('session.ownSupply')],
});
const PORT = {} as Transport;

/** A session whose link time-out is 20 s, and what it told. */
function bench() {
  const clock = new VirtualClock();
  const told: unknown[][] = [];
  const attached: Transport[] = [];
  const exchanger = {
    lost: null as BkError | null,
    evidence: { adapterBack: () => told.push(['adapterBack']) },
    transport: { close: async () => void told.push(['close']) },
    attach: (transport: Transport) => {
      attached.push(transport);
      exchanger.lost = null;
    },
  };
  const report = {
    onPhase: (...words: unknown[]) => told.push(words),
    onRecovery: (record: unknown) => told.push([record]),
  };
  const session = { port: 'COM4', settings: { linkTimeout: 20 }, clock, exchanger, report };
  const reconnect = new PortReconnect(session as unknown as Reconnectable);
  /** The port comes back after so long. */
  const back = (ms: number) =>
    reconnect.waitForPort(async () => {
      await clock.advance(ms);
      exchanger.lost = null;
      return PORT;
    });
  const lose = (error = GONE) => {
    exchanger.lost = error;
    return Promise.reject(error);
  };
  return { clock, told, attached, exchanger, reconnect, back, lose };
}

describe('a port that goes away', () => {
  it('has the link time-out for all of its returns together', async () => {
    const { clock, reconnect } = bench();
    await clock.advance(5000);
    const waits: number[] = [];
    for (const ms of [8000, 9000, 2500, 4000]) {
      await reconnect.waitForPort(async (timeoutMs) => {
        waits.push(timeoutMs);
        await clock.advance(ms);
        return PORT;
      });
    }
    // A second is left to it always.
    assert.deepEqual(waits, [20_000, 12_000, 3000, 1000]);
  });

  it('leaves the link what time it has not used up, and some seconds at least', async () => {
    const { clock, reconnect, back } = bench();
    assert.equal(reconnect.linkMs, 20_000);
    await clock.advance(1000);
    assert.equal(reconnect.linkMs, 20_000);
    await back(5000);
    assert.equal(reconnect.linkMs, 15_000);
    await back(13_000);
    assert.equal(reconnect.linkMs, 4000);
    reconnect.settled();
    assert.equal(reconnect.linkMs, 20_000);
    const waits: number[] = [];
    await reconnect.waitForPort(async (timeoutMs) => {
      waits.push(timeoutMs);
      return PORT;
    });
    assert.deepEqual(waits, [20_000], 'all is well, and forgotten');
  });

  it('ends no work that wins it back at its beginning', async () => {
    const { reconnect, back, lose } = bench();
    let runs = 0;
    const result = await reconnect.repeatAfterReturn(async () => {
      if (runs > 0) await back(100);
      return runs++ < 5 ? lose() : 'done';
    });
    assert.equal(result, 'done');
    assert.equal(runs, 6);
  });

  it('again and again does not stay: that is told, with what helps', async () => {
    const { reconnect, back, lose } = bench();
    let runs = 0;
    const work = reconnect.repeatAfterReturn(async () => {
      if (runs++ > 0) await back(100);
      return lose();
    });
    const { message, cause } = await rejection(work, 'BK_PORT_LOST');
    assert.equal(runs, 6);
    assert.equal(cause.attempts, 6);
    assert.equal(cause.phase, 'recover');
    assert.match(message, /COM4 .*6 .*it was unplugged.*Send the same message again/);
    assert.match(cause.advice[0] ?? '', /plug|cable/i);
    assert.match(cause.advice.join(), /supply of its own/);
    assert.match(cause.reason ?? '', /it was unplugged/);
  });

  it('is given up when the time for all of it is over', async () => {
    const { reconnect, back, lose } = bench();
    let runs = 0;
    const work = reconnect.repeatAfterReturn(async () => {
      if (runs++ > 0) await back(10_000);
      return lose();
    });
    await rejection(work, 'BK_PORT_LOST');
    assert.equal(runs, 3);
  });

  it('and does not come back is waited for once', async () => {
    const { reconnect, lose } = bench();
    const away = GONE.with({ attempts: 1 });
    let runs = 0;
    const work = reconnect.repeatAfterReturn<void>(async () => {
      if (runs++ > 0) await reconnect.waitForPort(() => Promise.reject(away));
      return lose();
    });
    await assert.rejects(work, (error) => error === away);
    assert.equal(runs, 2);
  });

  it('repeats nothing that failed for another reason, or has had its tries', async () => {
    const { reconnect, exchanger, lose } = bench();
    for (const fail of [
      () => Promise.reject(GONE),
      () => lose(new BkError('BK_NO_RESPONSE', verbatim('silence'))),
      () => lose(GONE.with({ attempts: 12 })),
    ]) {
      exchanger.lost = null;
      let runs = 0;
      const work = reconnect.repeatAfterReturn<void>(() => {
        runs++;
        return fail();
      });
      await assert.rejects(work, BkError);
      assert.equal(runs, 1);
    }
  });

  it('before anything was changed is taken again, and that is noted', async () => {
    const { clock, told, attached, exchanger, reconnect } = bench();
    await reconnect.takePortAgain('identify', () => Promise.reject(new Error('not needed')));
    assert.deepEqual(told, []);
    await clock.advance(5000);
    exchanger.lost = GONE;
    await reconnect.takePortAgain('identify', async () => {
      await clock.advance(1500);
      return PORT;
    });
    assert.deepEqual(attached, [PORT]);
    const [close, phase, back, record] = told;
    assert.deepEqual([close, back], [['close'], ['adapterBack']]);
    const [name, message, waits] = phase as unknown as [string, Note, boolean];
    assert.deepEqual([name, waits], ['recover', true]);
    assert.match(english(message), /COM4 is gone: waiting/);
    assert.deepEqual(record, [beganAnew('identify', GONE, 1500)]);
    const { address, phase: during, cause, ms } = beganAnew('identify', GONE, 1500.4);
    assert.deepEqual([address, during, cause, ms], [null, 'identify', GONE.text, 1500]);
  });
});
