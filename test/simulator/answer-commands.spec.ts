import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { simulatorTally } from '../../src/simulator/simulator';
import {
  crcCommand,
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
  writeStatus,
} from '../support/simulator';

const APP = 0x11000;
const raw = (bytes: Buffer) => le32((crc32(bytes) ^ 0xffffffff) >>> 0);
const crcAnswer = (bytes: Buffer) => `040e0801e0fc10${raw(bytes)}`;

describe('simulated chip: commands of a full chip', () => {
  it('reads registers: the chip id, and what was written', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    assert.equal(await bench.send('01e0fc050300008000'), '040e0c01e0fc03000080001c230700');
    assert.equal(await bench.send('01e0fc09011000800078563412'), '040e0c01e0fc011000800078563412');
    assert.equal(await bench.send('01e0fc050310008000'), '040e0c01e0fc031000800078563412');
    const other = await linked({ chip: 'bk7236' });
    assert.equal(await other.send('01e0fc050300008000'), '040e0c01e0fc030000800000000000');
    assert.equal(await other.send('01e0fc050304000144'), '040e0c01e0fc030400014436720000');
  });

  it('gives the key byte by byte', async () => {
    for (const [key, words] of [
      ['tuya', '93b00f51dceacba37ea1935903ebadc7'],
      ['none', '00'.repeat(16)],
      ['000102030405060708090a0b0c0d0e0f', '03020100070605040b0a09080f0e0d0c'],
    ] as const) {
      const bench = await linked({ chip: 'bk7231n', key });
      let bytes = '';
      for (let index = 0; index < 16; index++) {
        await bench.send(`01e0fc090174008000${le32((index << 8) | 1)}`);
        assert.match(await bench.send('01e0fc050374008000'), /0$/);
        const answer = await bench.send('01e0fc050378008000');
        assert.equal(answer.slice(24), '010000');
        bytes += answer.slice(22, 24);
      }
      assert.equal(bytes, words);
    }
  });

  it('gives the JEDEC id with whatever length it is told to claim', async () => {
    for (const midLength of [5, 6, 7] as const) {
      const bench = await linked({ chip: 'bk7231n', midLength, jedec: 'c84017' });
      assert.equal(
        await bench.send(long('0e', '9f000000')),
        `040eff01e0fcf40${midLength}000e0000c84017`,
      );
    }
  });

  it('erases, programs and reads in every size', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    const { flash, counters } = bench.chip;
    await bench.send(UNPROTECT);
    const block = le32(0x20000);

    assert.equal(
      await bench.send(eraseSector(APP + 0x10)),
      longAnswer('0f', '00', `20${le32(APP + 0x10)}`),
    );
    assert.ok(flash.subarray(APP, APP + 0x1000).every((byte) => byte === 0xff));
    assert.equal(counters.erases[0x11], 1);

    assert.equal(
      await bench.send(long('0f', `d8${le32(0x2abcd)}`)),
      longAnswer('0f', '00', `d8${le32(0x2abcd)}`),
    );
    assert.ok(flash.subarray(0x20000, 0x30000).every((byte) => byte === 0xff));
    assert.deepEqual([...counters.erases.subarray(0x1f, 0x31)], [0, ...Array(16).fill(1), 0]);

    assert.equal(await bench.send(long('0b', block)), longAnswer('0b', '00', block));
    assert.equal(counters.erases[0x20], 2);

    const data = pattern();
    assert.equal(await bench.send(write4K(0x20000, data)), longAnswer('07', '00', block));
    assert.deepEqual(flash.subarray(0x20000, 0x21000), data);
    assert.equal(counters.programs[0x20], 1);

    assert.equal(
      await bench.send(long('06', `${le32(0x21000)}${data.toString('hex', 0, 256)}`)),
      longAnswer('06', '00', `${le32(0x21000)}00`),
    );
    assert.equal(
      await bench.send(long('06', `${le32(0x21100)}0f0e0d`)),
      longAnswer('06', '00', `${le32(0x21100)}03`),
    );
    assert.equal(
      flash.toString('hex', 0x210ff, 0x21104),
      `${data.toString('hex', 255, 256)}0f0e0dff`,
    );
    assert.equal(
      await bench.send(read4K(0x20000)),
      longAnswer('09', '00', block + data.toString('hex')),
    );
    assert.equal(
      await bench.send(long('08', `${block}1000`)),
      longAnswer('08', '00', block + data.toString('hex', 0, 16)),
    );
    assert.equal(await bench.send(long('0a', '04')), '040eff01e0fcf402000a00');
    assert.ok(flash.every((byte) => byte === 0xff));
  });

  it('can only clear bits by programming', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    await bench.send(UNPROTECT);
    await bench.send(eraseSector(APP));
    await bench.send(long('06', `${le32(APP)}f0f0`));
    await bench.send(long('06', `${le32(APP)}3cff`));
    assert.equal(bench.chip.flash.toString('hex', APP, APP + 2), '30f0');
  });

  it('counts the end byte in a checksum, and wraps every address', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    const { flash } = bench.chip;
    assert.equal(
      await bench.send(crcCommand(APP, APP + 0xff)),
      crcAnswer(flash.subarray(APP, APP + 0x100)),
    );
    assert.equal(await bench.send(crcCommand(0x200000, 0x200100)), le32Crc(0xe14191ba));
    const around = Buffer.concat([flash.subarray(-16), flash.subarray(0, 16)]);
    assert.equal(await bench.send(crcCommand(0x1ffff0, 0x20000f)), crcAnswer(around));
    assert.match(
      await bench.send(read4K(0x1ff800)),
      new RegExp(`${flash.toString('hex', 0, 0x800)}$`),
    );
    await bench.send(UNPROTECT);
    await bench.send(eraseSector(0x200000 + APP));
    assert.equal(flash[APP], 0xff);
  });

  it('writes only what the protect bits allow, and never says so', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    const { flash, counters } = bench.chip;
    const before = Buffer.from(flash);
    assert.equal(await bench.send(eraseSector(APP)), longAnswer('0f', '00', `20${le32(APP)}`));
    assert.equal(
      await bench.send(write4K(APP, Buffer.alloc(4096))),
      longAnswer('07', '00', le32(APP)),
    );
    assert.equal(await bench.send(long('0a', '04')), longAnswer('0a', '00', ''));
    assert.ok(flash.equals(before));
    assert.equal(counters.refused, 3);
    assert.equal(await bench.send(long('0c', '05')), longAnswer('0c', '00', '057c'));
    assert.equal(await bench.send(UNPROTECT), longAnswer('0d', '00', '010006'));
    assert.equal(await bench.send(long('0c', '05')), longAnswer('0c', '00', '0500'));
    assert.equal(await bench.send(long('0c', '35')), longAnswer('0c', '00', '3506'));
    await bench.send(long('0d', '3140'));
    await bench.send(eraseSector(APP));
    assert.ok(flash.equals(before), 'the complement bit protects too');
    assert.deepEqual([counters.statusWrites, counters.needlessStatusWrites], [2, 1]);
    await bench.link();
    assert.equal(await bench.send(long('0c', '05')), longAnswer('0c', '00', '057c'));
  });

  it('shows a status write in progress where asked to', async () => {
    const bench = await linked({ chip: 'bk7231n', timings: { writeInProgress: 50 } });
    await bench.send(UNPROTECT, 1);
    assert.equal(await bench.send(long('0c', '05'), 10), longAnswer('0c', '00', '0501'));
    await bench.wait(50);
    assert.equal(await bench.send(long('0c', '05'), 10), longAnswer('0c', '00', '0500'));
  });

  it('locks for good after a needless status write where asked to', async () => {
    const bench = await linked({ chip: 'bk7238', srPunish: true });
    await bench.send(UNPROTECT);
    await bench.send(eraseSector(APP));
    assert.equal(bench.chip.flash[APP], 0xff);
    await bench.send(UNPROTECT);
    for (let round = 0; round < 2; round++) {
      assert.equal(await bench.send(long('0c', '05')), longAnswer('0c', '00', '05fc'));
      assert.equal(await bench.send(long('0c', '35')), longAnswer('0c', '00', '357b'));
      await bench.send(write4K(APP, Buffer.alloc(4096)));
      assert.equal(bench.chip.flash[APP], 0xff);
      await bench.send(writeStatus('0000'));
      bench.chip.powerCycle();
      await bench.link();
    }
  });

  it('restarts on Reboot and on Reset with their passwords only', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    const boots = bench.chip.counters.boots;
    for (const wrong of ['01e0fc020ea4', '01e0fc05705345414f', '01e0fc02aa55']) {
      assert.equal(await bench.send(wrong), '');
      assert.equal(bench.chip.mode, 'download');
    }
    assert.equal(await bench.send('01e0fc020ea5', 1), '');
    assert.equal(bench.chip.mode, 'window');
    await bench.link();
    assert.equal(await bench.send('01e0fc05705345414e', 1), '');
    assert.equal(bench.chip.mode, 'window');
    assert.equal(bench.chip.counters.boots, boots + 3);
  });

  it('ignores what it does not know and what is not of the right length', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    for (const frame of [
      '01e0fc0111',
      '01e0fc0155',
      '01e0fc020300',
      long('09', '0000'),
      long('0e', '9f'),
      long('07', `${le32(APP)}00`),
      setBaud(0),
      setBaud(50_000_000),
    ]) {
      assert.equal(await bench.send(frame), '', frame);
    }
    assert.equal(await bench.send(LINK_CHECK), LINKED);
  });

  it('counts commands by their names', async () => {
    const bench = await linked({ chip: 'bk7231n' });
    await bench.send(read4K(0));
    await bench.send(LINK_CHECK);
    assert.deepEqual(bench.chip.counters.commands, { S00: 2, L09: 1 });
    assert.equal(bench.chip.counters.linkChecks, 2);
  });
});

describe('simulated chip: commands of a basic chip', () => {
  it('has the small set only', async () => {
    const bench = await linked({ chip: 'bk7231u' });
    for (const frame of [
      '01e0fc050300008000',
      '01e0fc09011000800000000000',
      '01e0fc05705345414e',
      '01e0fc0111',
      long('08', `${le32(0)}1000`),
      long('0a', '04'),
      long('0b', le32(APP)),
      long('0c', '05'),
      UNPROTECT,
      long('0e', '9f000000'),
    ]) {
      assert.equal(await bench.send(frame), '', frame);
    }
    assert.deepEqual(Object.keys(bench.chip.counters.commands), ['S00']);
  });

  it("tells its bootloader's version where Tuya's is", async () => {
    const bench = await linked({ chip: 'bk7231t' });
    assert.equal(await bench.send('01e0fc0111'), '040e0a01e0fc11312e302e3600');
    const unknown = await linked({ chip: 'bk7231t', bootloader: 'unknown' });
    assert.equal(await unknown.send('01e0fc0111'), '040e0501e0fc1107');
  });

  it('leaves the end byte out of a checksum', async () => {
    const bench = await linked({ chip: 'bk7231t' });
    const { flash } = bench.chip;
    assert.equal(await bench.send(crcCommand(0, 0x100)), le32Crc(0xe5cbc953));
    assert.equal(await bench.send(crcCommand(0x200000, 0x200100)), le32Crc(0xe5cbc953));
    assert.equal(await bench.send(crcCommand(0, 0x200000)), crcAnswer(flash));
    const blank = await linked({ chip: 'bk7231t' });
    await blank.send(eraseSector(APP));
    assert.equal(await blank.send(crcCommand(APP, APP + 0x1000)), le32Crc(0xf154670a));
  });

  it('locks its flash by a checksum until the next link check', async () => {
    const bench = await linked({ chip: 'bk7231t' });
    const { flash, counters } = bench.chip;
    const before = Buffer.from(flash);
    await bench.send(crcCommand(APP, APP + 0x1000));
    assert.equal(await bench.send(eraseSector(APP)), longAnswer('0f', '00', `20${le32(APP)}`));
    assert.equal(
      await bench.send(write4K(APP, Buffer.alloc(4096))),
      longAnswer('07', '00', le32(APP)),
    );
    assert.ok(flash.equals(before));
    assert.equal(counters.refused, 2);
    await bench.send(LINK_CHECK);
    await bench.send(eraseSector(APP));
    assert.equal(flash[APP], 0xff);
    assert.equal(counters.erases[0x11], 1);
  });
});

describe('simulated chip: the guard around a basic bootloader', () => {
  const options = { chip: 'bk7231t', untallied: true, stay: 0 };

  it('refuses direct reads, erases and programs, and does nothing', async () => {
    const bench = await linked(options);
    const before = Buffer.from(bench.chip.flash);
    assert.match(await bench.send(read4K(0x10fff)), /^040eff01e0fcf406100906/);
    assert.equal(await bench.send(eraseSector(0)), longAnswer('0f', '06', '2000000000'));
    assert.equal(
      await bench.send(write4K(0x10800, Buffer.alloc(4096))),
      longAnswer('07', '06', le32(0x10800)),
    );
    assert.ok(bench.chip.flash.equals(before));
    assert.equal(bench.chip.counters.guarded, 3);
    assert.equal(bench.chip.counters.bootloaderTouches, 2);
    await bench.link();
  });

  it('lets the wrap past, and dies at the next boot once the bootloader has changed', async () => {
    const bench = await linked(options);
    const data = bench.chip.flash.toString('hex', 0, 4096);
    assert.equal(await bench.send(read4K(0x200000)), longAnswer('09', '00', le32(0x200000) + data));
    assert.equal(bench.chip.counters.bootloaderTouches, 0);
    assert.equal(
      await bench.send(eraseSector(0x200000)),
      longAnswer('0f', '00', `20${le32(0x200000)}`),
    );
    assert.equal(bench.chip.flash[0], 0xff);
    assert.equal(bench.chip.counters.bootloaderTouches, 1);
    assert.equal(await bench.send(LINK_CHECK), LINKED, 'it runs on until it boots');
    bench.chip.powerCycle();
    assert.equal(bench.chip.mode, 'dead');
    assert.equal(await bench.send(LINK_CHECK), '');
    bench.chip.powerCycle();
    assert.equal(bench.chip.mode, 'dead');
  });

  it('lives when the same bytes were put back in time', async () => {
    const bench = await linked(options);
    const sector = Buffer.from(bench.chip.flash.subarray(0x10000, 0x11000));
    await bench.send(eraseSector(0x210000));
    await bench.send(write4K(0x210000, sector));
    bench.chip.powerCycle();
    assert.equal(bench.chip.mode, 'window');
  });

  it('looks at the address alone: a block erase from 0x11000 takes the end of the bootloader with it', async () => {
    const bench = await linked(options);
    await bench.send(long('0f', `d8${le32(APP)}`));
    assert.equal(bench.chip.flash[0x10800], 0xff);
    assert.equal(bench.chip.counters.bootloaderTouches, 1);
    bench.chip.powerCycle();
    assert.equal(bench.chip.mode, 'dead');
  });

  it('tells the whole process of attempts, but for chips that make them on purpose', async () => {
    const before = simulatorTally.bootloaderTouches;
    await (await linked(options)).send(eraseSector(0));
    assert.equal(simulatorTally.bootloaderTouches, before);
    await (await linked({ ...options, untallied: false })).send(eraseSector(0));
    assert.equal(simulatorTally.bootloaderTouches, before + 1);
    simulatorTally.bootloaderTouches = before;
  });

  it('sees a program that runs over the end of the flash', async () => {
    const bench = await linked(options);
    await bench.send(write4K(0x1ff800, Buffer.alloc(4096)));
    assert.equal(bench.chip.counters.bootloaderTouches, 1);
  });
});

function le32Crc(crc: number): string {
  return `040e0801e0fc10${le32((crc ^ 0xffffffff) >>> 0)}`;
}
