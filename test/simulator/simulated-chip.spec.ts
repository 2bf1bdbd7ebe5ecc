import assert from 'node:assert/strict';
import {
  Bench,
  eraseSector,
  LINK_CHECK,
  LINKED,
  le32,
  linked,
  long,
  longAnswer,
  pattern,
  read4K,
  setBaud,
  UNPROTECT,
  write4K,
} from '../support/simulator';

const APP = 0x11000;

describe('simulated chip: boots and links', () => {
  it('takes a link for the window only, then runs its application', async () => {
    const bench = new Bench({ chip: 'bk7231n', app: 'silent', window: 100 });
    assert.equal(bench.chip.mode, 'app');
    assert.equal(await bench.send(LINK_CHECK), '');
    bench.chip.reset();
    assert.equal(bench.chip.mode, 'window');
    await bench.wait(90);
    assert.equal(await bench.send(read4K(0), 5), '', 'nothing but a link check');
    assert.equal(await bench.send(LINK_CHECK, 5), LINKED);
    assert.equal(bench.chip.mode, 'download');
    bench.chip.reset();
    await bench.wait(110);
    assert.equal(bench.chip.mode, 'app');
    assert.equal(await bench.send(LINK_CHECK), '');
  });

  it('never listens by itself with a window of 0', async () => {
    const bench = new Bench({ chip: 'bk7231n', window: 0, app: 'silent' });
    bench.chip.reset();
    for (let round = 0; round < 20; round++) assert.equal(await bench.send(LINK_CHECK, 5), '');
  });

  for (const [word, frame] of [
    ['a link check', LINK_CHECK],
    ["the SDK's frame", '01e0fc05fe95279527'],
    ['the text', Buffer.from('reboot\r\n').toString('hex')],
  ] as const) {
    it(`is rebooted by ${word} while a friendly application runs`, async () => {
      const bench = new Bench({ chip: 'bk7231n' });
      assert.equal(await bench.send(frame, 20), '');
      assert.equal(bench.chip.mode, 'window');
      assert.equal(await bench.send(LINK_CHECK, 20), LINKED);
      const silent = new Bench({ chip: 'bk7231n', app: 'silent' });
      await silent.send(frame, 20);
      assert.equal(silent.chip.mode, 'app');
    });
  }

  it('goes on hearing what the host sends through a reboot', async () => {
    const bench = new Bench({ chip: 'bk7231n' });
    const text = Buffer.from('reboot\r\n').toString('hex');
    const answers = await bench.send(text + LINK_CHECK.repeat(40), 50);
    assert.match(answers, new RegExp(`^(${LINKED}){20,30}$`), 'all but those within the boot');
  });

  it('hears the words only at 115200', async () => {
    const bench = new Bench({ chip: 'bk7231n' });
    bench.baudRate = 921600;
    await bench.send(LINK_CHECK, 20);
    assert.equal(bench.chip.counters.boots, 0);
  });

  it('prints a log when its application starts, and obeys the text', async () => {
    const bench = new Bench({ chip: 'bk7231n', app: 'log' });
    assert.equal(await bench.send(LINK_CHECK, 20), '');
    await bench.send(Buffer.from('reboot\r\n'), 20);
    assert.equal(bench.chip.mode, 'window');
    await bench.wait(500);
    assert.match(bench.heard.toString('latin1'), /^V:BOOT.*\r\n.*waiting/s);
  });

  it("prints a Tuya module's heartbeats", async () => {
    const bench = new Bench({ chip: 'bk7231t', app: 'tuyamcu' });
    await bench.wait(3500);
    assert.equal(bench.heard.toString('hex'), '55aa00000000ff'.repeat(3));
    await bench.link();
    assert.equal(await bench.send('', 2500), '');
  });

  const wirings: ['rts' | 'dtr' | 'rts-inverted' | 'dtr-inverted', boolean, boolean][] = [
    ['rts', true, false],
    ['dtr', false, true],
    ['rts-inverted', false, true],
    ['dtr-inverted', true, false],
  ];
  for (const [reset, rts, dtr] of wirings) {
    it(`is held by ${reset} and boots when it is let go`, async () => {
      const bench = new Bench({ chip: 'bk7231n', reset });
      bench.chip.setLines({ rts, dtr });
      assert.equal(bench.chip.mode, 'held');
      assert.equal(await bench.send(LINK_CHECK, 50), '');
      bench.chip.setLines({ rts: !rts, dtr: !dtr });
      assert.equal(bench.chip.mode, 'window');
      assert.equal(bench.chip.counters.boots, 1);
      bench.chip.setLines({ rts: !rts, dtr: !dtr });
      assert.equal(bench.chip.counters.boots, 1);
    });
  }

  it('is not reset by lines that are not wired, and let go when the host leaves', () => {
    const unwired = new Bench({ chip: 'bk7231n', reset: 'none' });
    unwired.chip.setLines({ rts: true, dtr: true });
    assert.equal(unwired.chip.mode, 'app');
    const held = new Bench({ chip: 'bk7231n' });
    held.chip.setLines({ rts: true, dtr: false });
    held.chip.detach();
    assert.equal(held.chip.mode, 'window');
  });

  it('leaves download mode after silence or a broken frame on a T, and stays elsewhere', async () => {
    const quiet = await linked({ chip: 'bk7231t', app: 'silent' });
    await quiet.wait(2900);
    assert.equal(await quiet.send(LINK_CHECK, 100), LINKED);
    await quiet.wait(3100);
    assert.equal(quiet.chip.mode, 'app');

    const broken = await linked({ chip: 'bk7231t', app: 'silent' });
    await broken.send('01e0fc09', 90);
    assert.equal(broken.chip.mode, 'download');
    await broken.wait(20);
    assert.equal(broken.chip.mode, 'app');

    const stays = await linked({ chip: 'bk7231n', app: 'silent' });
    await stays.send('01e0fc09', 60_000);
    assert.equal(stays.chip.mode, 'download');
    assert.equal(await stays.send(LINK_CHECK), LINKED);
  });

  it('is dead from the start without the bootloader that a basic chip lives by', () => {
    assert.equal(new Bench({ chip: 'bk7231u', bootloader: 'blank' }).chip.mode, 'dead');
    assert.equal(new Bench({ chip: 'bk7231n', bootloader: 'blank' }).chip.mode, 'app');
  });
});

describe('simulated chip: faults', () => {
  for (const [what, frame] of [
    ['an erase', eraseSector(APP)],
    ['a program', write4K(APP, Buffer.alloc(4096, 0x5a))],
  ] as const) {
    it(`browns out in the middle of ${what}: mixed cells, 115200, protected, window open`, async () => {
      const bench = await linked({ chip: 'bk7231n', brownout: 1, app: 'silent' });
      const before = pattern();
      before.copy(bench.chip.flash, APP);
      await bench.send(setBaud(921600));
      bench.baudRate = 921600;
      await bench.send(UNPROTECT);
      assert.equal(await bench.send(frame, 1), '', 'no answer');
      assert.equal(bench.chip.mode, 'window');
      assert.equal(bench.chip.counters.brownouts, 1);
      const after = bench.chip.flash.subarray(APP, APP + 4096);
      const wanted = before.map((byte) => (what === 'an erase' ? 0xff : byte & 0x5a));
      assert.notDeepEqual(after, before);
      assert.notDeepEqual(after, wanted);
      const unexpected = after.filter((byte, at) => byte !== before[at] && byte !== wanted[at]);
      assert.ok(unexpected.length > 0 && unexpected.length < 10, 'a few weak cells');
      assert.equal(await bench.send(LINK_CHECK, 20), '', 'not at the old rate');
      bench.baudRate = 115200;
      assert.equal(await bench.send(LINK_CHECK, 20), LINKED);
      assert.equal(await bench.send(long('0c', '05')), longAnswer('0c', '00', '057c'));
    });
  }

  it('browns out in the middle of the time that it takes', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real', brownout: 1 });
    await bench.send(UNPROTECT);
    const sent = (eraseSector(APP).length / 2) * (10_000 / 115200);
    await bench.send(eraseSector(APP), sent + 22);
    assert.equal(bench.chip.mode, 'download');
    await bench.wait(1);
    assert.equal(bench.chip.mode, 'window');
  });

  it('leaves a sector half erased that is reset under it', async () => {
    const bench = await linked({ chip: 'bk7231n', speed: 'real' });
    await bench.send(UNPROTECT);
    await bench.send(eraseSector(APP), 20);
    bench.chip.reset();
    const sector = bench.chip.flash.subarray(APP, APP + 4096);
    assert.ok(sector.includes(0xff));
    assert.ok(sector.some((byte) => byte !== 0xff));
    assert.equal(bench.chip.counters.brownouts, 0);
  });

  it('browns out about as often as asked, at the same commands for the same seed', async () => {
    const counts: number[] = [];
    for (const seed of [4, 4]) {
      const bench = await linked({ chip: 'bk7231n', brownout: 0.2, seed });
      for (let round = 0; round < 50; round++) {
        await bench.link();
        await bench.send(UNPROTECT, 5);
        await bench.send(eraseSector(APP), 5);
      }
      counts.push(bench.chip.counters.brownouts);
    }
    const [first = 0, second] = counts;
    assert.equal(first, second);
    assert.ok(first > 3 && first < 20, `${first} of 50`);
  });

  it('has a dead sector that answers well and holds wrong bits', async () => {
    const bench = await linked({ chip: 'bk7231n', deadSector: APP + 0x1234 });
    const dead = APP + 0x1000;
    const { flash } = bench.chip;
    await bench.send(UNPROTECT);
    const ok = longAnswer('07', '00', le32(dead));
    for (const data of [pattern(), Buffer.alloc(4096), Buffer.alloc(4096, 0xff)]) {
      await bench.send(eraseSector(dead));
      assert.ok(flash.subarray(dead, dead + 4096).some((byte) => byte !== 0xff));
      assert.equal(await bench.send(write4K(dead, data)), ok);
      assert.notDeepEqual(flash.subarray(dead, dead + 4096), data);
    }
    await bench.send(long('0f', `d8${le32(APP)}`));
    assert.ok(flash.subarray(0x10000, dead).every((byte) => byte === 0xff));
    assert.ok(flash.subarray(dead, dead + 4096).some((byte) => byte !== 0xff));
    assert.ok(flash.subarray(dead + 4096, 0x20000).every((byte) => byte === 0xff));
  });
});
