import assert from 'node:assert/strict';
import {
  Bench,
  crcCommand,
  eraseSector,
  LINK_CHECK,
  LINKED,
  le32,
  linked,
  long,
  read4K,
  setBaud,
  UNPROTECT,
} from '../../support/simulator';

async function changeBaud(bench: Bench, baud: number): Promise<string> {
  bench.heard = Buffer.alloc(0);
  bench.chip.receive(Buffer.from(setBaud(baud), 'hex'), bench.baudRate);
  await bench.wait(10);
  bench.baudRate = baud;
  await bench.wait(100);
  return bench.heard.toString('hex');
}

describe('simulated chip: its line', () => {
  it('takes ten bits a byte, both ways, by the divider that the chip really has', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    assert.equal(await changeBaud(bench, 921600), `040e0901e0fc0f${le32(921600)}14`);
    assert.equal(bench.chip.baudRate, 26e6 / 28);
    const expected = 512 * ((12 * 10_000) / 921600 + (4111 * 10_000) / (26e6 / 28));
    const start = bench.clock.now();
    for (let at = 0; at < 0x200000; at += 0x1000) {
      bench.heard = Buffer.alloc(0);
      bench.chip.receive(Buffer.from(read4K(at), 'hex'), bench.baudRate);
      while (bench.heard.length < 4111) await bench.wait(0.05);
    }
    const took = bench.clock.now() - start;
    assert.ok(Math.abs(took / expected - 1) < 0.01, `${took} ms, computed ${expected}`);
  });

  it('brings answers in pieces of a few ms', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    await bench.send(read4K(0));
    assert.equal(bench.heard.length, 4111);
    const gaps = bench.pieces.slice(1).map(({ at }, index) => at - (bench.pieces[index]?.at ?? 0));
    assert.ok(bench.pieces.length > 50);
    assert.ok(gaps.every((gap) => gap > 0 && gap < 6));
  });

  it('models what the flash takes', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    await bench.send(UNPROTECT);
    const timed: [string, number, number][] = [
      [eraseSector(0x11000), 16, 45],
      [long('0f', `d8${le32(0x20000)}`), 16, 200],
      [crcCommand(0, 399_999), 11, 1000],
    ];
    for (const [frame, answerLength, ms] of timed) {
      const start = bench.clock.now();
      await bench.send(frame, 2000);
      const wire = (frame.length / 2) * (10_000 / 115200) + (answerLength * 10_000) / (26e6 / 225);
      const took = (bench.pieces.at(-1)?.at ?? 0) - start;
      assert.ok(Math.abs(took - wire - ms) < 0.2, `${took} for ${ms} + ${wire}`);
    }
  });

  it('never answers within the call that sends', async () => {
    for (const speed of ['real', 'fast'] as const) {
      const bench = await linked({ chip: 'bk7231n', speed });
      bench.heard = Buffer.alloc(0);
      bench.chip.receive(Buffer.from(LINK_CHECK + LINK_CHECK, 'hex'), 115200);
      assert.equal(bench.heard.length, 0);
      await bench.wait(20);
      assert.equal(bench.heard.toString('hex'), LINKED + LINKED);
    }
  });

  it('works commands off in order, also those that came while it was busy', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    await bench.send(UNPROTECT);
    const answers = await bench.send(eraseSector(0x11000) + LINK_CHECK + long('0c', '05'), 500);
    assert.match(answers, /^040eff01e0fcf407000f00.*040e0501e0fc0100.*040eff01e0fcf404000c000500$/);
  });

  it('finds frames in noise and drops what stays unfinished for 100 ms', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    assert.equal(await bench.send(`ff0101e0${LINK_CHECK}00`), LINKED);
    assert.equal(await bench.send('01e0fc0910', 90), '');
    assert.equal(await bench.send(LINK_CHECK, 5), '', 'swallowed as payload');
    await bench.wait(150);
    assert.equal(await bench.send(LINK_CHECK), LINKED);
  });

  it('brings garbage both ways where the rates differ', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    await bench.send(setBaud(921600));
    assert.notEqual(bench.heard.length, 0);
    assert.notEqual(bench.heard.toString('hex'), `040e0901e0fc0f${le32(921600)}14`);
    assert.equal(await bench.send(LINK_CHECK), '', 'the chip does not understand');
    bench.baudRate = 921600;
    assert.equal(await bench.send(LINK_CHECK), LINKED);
    bench.baudRate = 926000;
    assert.equal(await bench.send(LINK_CHECK), LINKED, 'half a per cent does no harm');
    bench.chip.reset();
    await bench.wait(10);
    assert.equal(await bench.send(LINK_CHECK, 50), '', 'it boots at 115200');
  });

  it('cannot make 3,000,000 baud of 26 MHz', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    assert.doesNotMatch(await changeBaud(bench, 3_000_000), /040e0901e0fc0f/);
    assert.equal(bench.chip.baudRate, 3_250_000);
  });

  it('spoils what was not sent yet when the host changes its rate', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    bench.heard = Buffer.alloc(0);
    bench.chip.receive(Buffer.from(LINK_CHECK, 'hex'), 115200);
    bench.chip.hostRateChanged();
    await bench.wait(50);
    assert.equal(bench.heard.length, 0);
  });

  it('corrupts bytes above the limit of the wiring', async () => {
    const bench = await linked({ chip: 'bk7231n', baudLimit: 921600 });
    await changeBaud(bench, 921600);
    const data = bench.chip.flash.toString('hex', 0, 4096);
    assert.equal(await bench.send(read4K(0)), `040eff01e0fcf406100900${le32(0)}${data}`);
    const over = await linked({ chip: 'bk7231n', baudLimit: 115200 });
    over.chip.receive(Buffer.from(setBaud(230400), 'hex'), 115200);
    await over.wait(10);
    over.baudRate = 230400;
    await over.wait(50);
    let wrong = 0;
    for (let round = 0; round < 20; round++)
      if ((await over.send(LINK_CHECK, 200)) !== LINKED) wrong++;
    assert.ok(wrong > 3 && wrong < 20, `${wrong} of 20`);
  });

  it('takes every rate for right where the host has none', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    bench.baudRate = null;
    assert.equal(await bench.send(setBaud(921600)), `040e0901e0fc0f${le32(921600)}14`);
    assert.equal(await bench.send(LINK_CHECK), LINKED);
  });

  it('loses and corrupts answers as often as asked, the same for the same seed', async () => {
    const runs: string[][] = [];
    for (const seed of [1, 1, 2]) {
      const bench = new Bench({ chip: 'bk7231n', speed: 'fast', lose: 0.3, corrupt: 0.3, seed });
      bench.chip.reset();
      await bench.wait(10);
      const run: string[] = [];
      for (let round = 0; round < 60; round++) run.push(await bench.send(LINK_CHECK, 10));
      runs.push(run);
    }
    const [first = [], second, third] = runs;
    assert.deepEqual(first, second);
    assert.notDeepEqual(first, third);
    const good = first.filter((answer) => answer === LINKED).length;
    assert.ok(good > 15 && good < 45, `${good} of 60`);
  });

  it('keeps no timer once its host has gone', async () => {
    for (const app of ['friendly', 'log', 'tuyamcu'] as const) {
      const bench = new Bench({ chip: 'bk7231n', app });
      bench.chip.reset();
      bench.chip.receive(Buffer.alloc(5000), 115200);
      await bench.wait(3);
      bench.chip.detach();
      assert.equal(bench.clock.pending, 0);
    }
    const busy = await linked({ chip: 'bk7231n', speed: 'real' });
    await busy.send(UNPROTECT);
    await busy.send(eraseSector(0x11000), 20);
    busy.chip.detach();
    assert.equal(busy.clock.pending, 0);
    assert.equal(busy.chip.flash[0x11000], 0xff, 'what it was doing it finished');
  });
});
