import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { isBkError } from '../../src';
import { invertCrc } from '../../src/protocol/checksum';
import {
  checkCrc,
  encodeRequest,
  flashRead4K,
  flashWrite4K,
  linkCheck,
} from '../../src/protocol/commands/command-table';
import { Replays } from '../../src/replay/replays';
import { standInFor } from '../../src/replay/stand-ins';
import type { EventLine, OpenLine, Stretch } from '../../src/trace/record-lines';
import type { Transport } from '../../src/transport/transport';
import { hex8, recordFile } from '../support/replay-script';
import { VirtualClock } from '../support/virtual-clock';

const OPEN: OpenLine = { t: 0, kind: 'open', baud: 115_200, rates: true };
const CALL = encodeRequest(linkCheck, undefined);
const ANSWER = '040e0501e0fc0100';
const call = (t: number): EventLine => ({ t, kind: 'out', bytes: [CALL.toString('hex')] });
const hears = (t: number, ...bytes: Stretch[]): EventLine => ({ t, kind: 'in', bytes });
const baud = (t: number, rate: number): EventLine => ({ t, kind: 'baud', baud: rate });

describe('a record that is played', function () {
  const record = recordFile(this);
  let clock: VirtualClock;
  let line: Transport;
  let heard: { at: number; bytes: string }[];

  async function play(...lines: EventLine[]): Promise<void> {
    clock = new VirtualClock();
    heard = [];
    line = new Replays().open(`replay://${record([OPEN, ...lines])}`, clock);
    line.onData = (bytes) => heard.push({ at: clock.now(), bytes: bytes.toString('hex') });
  }
  const pause = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms));
  const differs = (words: RegExp) => (error: unknown) =>
    isBkError(error, 'BK_REPLAY') && words.test(error.message);

  it('gives back what was received, as much later as then', async () => {
    await play(call(10), hears(12.5, ANSWER), call(20), hears(21, ANSWER));
    await line.write(CALL);
    await pause(5);
    await line.write(CALL);
    await pause(5);
    assert.deepEqual(heard, [
      { at: 12.5, bytes: ANSWER },
      { at: 21, bytes: ANSWER },
    ]);
  });

  it('lets what arrived in pieces arrive in two', async () => {
    await play(call(0), { ...hears(3, ANSWER), until: 7 } as EventLine);
    await line.write(CALL);
    await pause(10);
    assert.deepEqual(heard, [
      { at: 3, bytes: ANSWER.slice(0, 8) },
      { at: 7, bytes: ANSWER.slice(8) },
    ]);
  });

  it('moves the clock to where the host was slower then', async () => {
    await play(call(0), hears(1, ANSWER), baud(300, 921_600), call(310));
    await line.write(CALL);
    await pause(2);
    await line.setBaudRate(921_600);
    assert.equal(clock.now(), 300);
    assert.equal(line.baudRate, 921_600);
    await line.write(CALL);
    assert.equal(clock.now(), 310);
  });

  it('lets an answer come before a timer that was late then', async () => {
    await play(call(0), hears(60.4, ANSWER), baud(61, 921_600));
    await line.write(CALL);
    await pause(60);
    assert.equal(heard.length, 1);
  });

  it('says of a difference which line it is, when, what was expected and what came', async () => {
    await play(call(10), hears(12, ANSWER), baud(20, 921_600));
    await line.write(CALL);
    await pause(5);
    const words =
      /at line 5, 0\.020 s .*, the record has a change to 921600 baud, and now it was FlashRead4K \(00100100\)$/;
    const read = encodeRequest(flashRead4K, { address: 0x11000 });
    await assert.rejects(line.write(read), differs(words));
    // From there on nothing fits any more.
    await assert.rejects(line.setBaudRate(921_600), differs(words));
    await assert.rejects(line.setLines({ rts: true, dtr: false }), differs(words));
  });

  it('says where the record ends', async () => {
    await play(call(10));
    await line.write(CALL);
    await assert.rejects(
      line.setBaudRate(9600),
      differs(/goes on where .* ends, 0\.010 s .*9600 baud$/),
    );
  });

  it('compares data for flash by length and checksum', async () => {
    const data = Buffer.alloc(4096, 0x5a);
    const head = encodeRequest(flashWrite4K, { address: 0x11000, data }).toString('hex', 0, 12);
    const lines: EventLine[] = [
      { t: 1, kind: 'out', bytes: [head, { n: 4096, crc: hex8(crc32(data)) }] },
    ];
    await play(...lines);
    await line.write(encodeRequest(flashWrite4K, { address: 0x11000, data }));
    await play(...lines);
    const other = Buffer.alloc(4096, 0xa5);
    await assert.rejects(
      line.write(encodeRequest(flashWrite4K, { address: 0x11000, data: other })),
      differs(
        /FlashWrite4K at 0x11000 with 4096 bytes \(CRC-32 [0-9a-f]{8}\), and now it was FlashWrite4K/,
      ),
    );
  });

  describe('when a chip is called', () => {
    it('takes a few calls more, as they answer the same', async () => {
      await play(call(0), hears(1, ANSWER), baud(8, 921_600));
      await line.write(CALL);
      await pause(2);
      await line.write(CALL);
      await pause(2);
      await line.setBaudRate(921_600);
      assert.equal(heard.length, 2);
    });

    it('takes a few calls less, and nothing of what answered those', async () => {
      await play(call(0), hears(1, ANSWER), call(2), hears(3, ANSWER), baud(8, 921_600));
      await line.write(CALL);
      await pause(1.5);
      await line.setBaudRate(921_600);
      await pause(5);
      assert.equal(heard.length, 1);
    });

    it('does not take calls that go on for longer', async () => {
      await play(call(0), baud(8, 921_600));
      await line.write(CALL);
      await pause(300);
      await assert.rejects(line.write(CALL), differs(/921600 baud, and now it was LinkCheck/));
    });

    it('does not take calls that end much earlier', async () => {
      await play(call(0), call(50), call(100), call(160), baud(170, 921_600));
      await line.write(CALL);
      await assert.rejects(line.setBaudRate(921_600), differs(/at line 4, .* has LinkCheck/));
    });

    it('takes no call where none was made', async () => {
      await play(baud(8, 921_600), call(9));
      await assert.rejects(line.write(CALL), differs(/now it was LinkCheck/));
    });
  });

  it('works out checksums that are not told, and tells wrong ones from right ones', async () => {
    const sector = { n: 4096, crc: '89abcdef' };
    const ask = encodeRequest(checkCrc, { start: 0x11000, end: 0x1101f });
    const asks = (t: number): EventLine => ({ t, kind: 'out', bytes: [ask.toString('hex')] });
    const told = (t: number, wrong?: true) =>
      hears(t, '040e0801e0fc10', { n: 4, of: 'checksum', ...(wrong ? { wrong } : {}) });
    const read = encodeRequest(flashRead4K, { address: 0x11000 });
    await play(
      { t: 0, kind: 'out', bytes: [read.toString('hex')] },
      hears(1, '040eff01e0fcf40610090000100100', sector),
      asks(2),
      told(3),
      asks(4),
      told(5, true),
    );
    await line.write(read);
    await pause(1.5);
    await line.write(ask);
    await pause(1.5);
    await line.write(ask);
    await pause(1.5);
    const right = Buffer.alloc(4);
    right.writeUInt32LE(invertCrc(crc32(standInFor([sector]).subarray(0, 32))));
    assert.equal(heard[1]?.bytes, `040e0801e0fc10${right.toString('hex')}`);
    assert.notEqual(heard[2]?.bytes, heard[1]?.bytes);
  });

  it('comes back from draining when it did then', async () => {
    await play(call(0), { t: 6, kind: 'drained' });
    await line.write(CALL);
    await line.drain();
    assert.equal(clock.now(), 6);
    await line.drain();
  });

  it('refuses what was refused, and has the lines that there were', async () => {
    await play(
      { t: 1, kind: 'lines', rts: true, dtr: false, done: false },
      { t: 2, kind: 'baud', baud: 3_000_000, error: 'BK_BAD_SETTING' },
    );
    assert.equal(await line.setLines({ rts: true, dtr: false }), false);
    await assert.rejects(line.setBaudRate(3_000_000), { code: 'BK_BAD_SETTING' });
    assert.equal(line.baudRate, 115_200);
  });

  it('loses the port when it was lost, and has it again when it was opened again', async () => {
    const file = record([
      OPEN,
      call(0),
      { t: 5, kind: 'lost', error: null },
      { ...OPEN, t: 900 },
      call(901),
      { t: 905, kind: 'lost', error: 'BK_PORT_LOST' },
    ]);
    const replays = new Replays();
    clock = new VirtualClock();
    const open = () => replays.open(`replay://${file}`, clock);
    const lost: string[] = [];
    let port = open();
    port.onLost = ({ message }) => lost.push(message);
    await port.write(CALL);
    await pause(10);
    assert.equal(lost.length, 1);
    await assert.rejects(port.write(CALL), { code: 'BK_PORT_LOST' });
    await assert.rejects(port.setBaudRate(9600), { code: 'BK_PORT_LOST' });
    await port.close();

    port = open();
    assert.equal(clock.now(), 900);
    port.onLost = ({ message }) => lost.push(message);
    await port.write(CALL);
    await pause(10);
    assert.equal(lost.length, 2);
    assert.throws(open, { code: 'BK_PORT_LOST' });
  });

  it('leaves nothing on the clock when it is closed, also in the middle', async () => {
    await play(call(0), hears(500, ANSWER), { t: 600, kind: 'drained' });
    await line.write(CALL);
    const drained = line.drain();
    await line.close();
    await drained;
    assert.equal(clock.pending, 0);
    assert.equal(clock.onDue, null);
  });
});
