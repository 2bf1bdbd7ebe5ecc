import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { isBkError } from '../../src';
import { testDevice } from '../support/bench-device';
import { linesOf, tape } from '../support/records';
import { unplugSimulated } from '../support/simulated-chips';

const CHECK = '01e0fc0100';
const ANSWER = '040e0501e0fc0100';

describe('the recorder of a port', () => {
  it('keeps the last 200 exchanges, and says how many went', () => {
    const { exchange, recorder } = tape();
    for (let number = 0; number < 1000; number++) exchange(CHECK, ANSWER);
    const [header, ...lines] = recorder.record.lines();
    assert.equal(linesOf(lines, 'out').length, 200);
    assert.equal(linesOf(lines, 'in').length, 200);
    assert.ok(header?.kind === 'record' && !header.whole);
    assert.deepEqual(header.dropped, { exchanges: 800, decisions: 0 });
  });

  it('keeps them all where it is asked to, up to 50,000', () => {
    const { exchange, recorder } = tape('all');
    for (let number = 0; number < 50_100; number++) exchange(CHECK, ANSWER);
    const [header, ...lines] = recorder.record.lines();
    assert.equal(linesOf(lines, 'out').length, 50_000);
    assert.ok(header?.kind === 'record');
    assert.equal(header.dropped.exchanges, 100);
  });

  it('keeps the last 500 decisions', () => {
    const { recorder } = tape();
    for (let number = 0; number < 2000; number++) {
      recorder.decide({ kind: 'seen', what: 'baud', facts: { number } });
    }
    const seen = linesOf(recorder.record.lines(), 'seen');
    assert.equal(seen.length, 500);
    assert.deepEqual(seen.at(-1)?.facts, { number: 1999 });
  });

  it('takes calls in heaps as one line', async () => {
    const { exchange, recorder, clock } = tape();
    for (let number = 0; number < 3; number++) {
      exchange(CHECK);
      await clock.advance(5);
    }
    exchange(CHECK, ANSWER);
    exchange(CHECK);
    const [first, second] = linesOf(recorder.record.lines(), 'out');
    assert.deepEqual(first, { t: 0, kind: 'out', bytes: [CHECK], times: 4, until: 15 });
    assert.deepEqual(second, { t: 15, kind: 'out', bytes: [CHECK] });
  });

  it('gives a record that does not change any more', () => {
    const { exchange, recorder } = tape();
    exchange(CHECK);
    const { record } = recorder;
    const before = record.text();
    exchange(CHECK);
    exchange(CHECK, ANSWER);
    assert.equal(record.text(), before);
  });

  it('begins anew with each link, with the job that is under way', () => {
    const { exchange, recorder, port } = tape();
    exchange(CHECK, ANSWER);
    recorder.beginLink();
    recorder.tap(port);
    const kinds = recorder.record.lines().map(({ kind }) => kind);
    assert.deepEqual(kinds, ['record', 'job', 'open']);
  });

  it('leaves out the data of programs', () => {
    const { exchange, wire } = tape();
    exchange(`01e0fcfff4 0510 07 00000400 ${'ab'.repeat(4096)}`);
    exchange(`01e0fcfff4 0501 06 00000400 ${'ff'.repeat(256)}`);
    exchange('de'.repeat(100));
    const crc = (bytes: Buffer): string => crc32(bytes).toString(16).padStart(8, '0');
    assert.deepEqual(
      wire().map(({ bytes }) => bytes),
      [
        ['01e0fcfff405100700000400', { n: 4096, crc: crc(Buffer.alloc(4096, 0xab)) }],
        ['01e0fcfff405010600000400', { n: 256, crc: 'fea8a821', of: 'ff' }],
        [{ n: 100 }],
      ],
    );
  });
});

describe('the record of a device', () => {
  it('of a failed job has its last 200 exchanges, why it failed and how it ended', async () => {
    const { device, chip } = testDevice('bk7231n?speed=fast', { linkTimeout: 3 });
    await device.connect();
    const reading = device.read({}, { onProgress: ({ done }) => done > 0x180000 && chip.detach() });
    const error = await reading.then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(isBkError(error) && error.record !== null);
    const lines = error.record
      .text()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const exchanges = linesOf(lines, 'out').reduce(
      (sum, { times = 1 }) => sum + (times > 0 ? 1 : 0),
      0,
    );
    assert.equal(exchanges, 200);
    assert.equal(linesOf(lines, 'failed').at(-1)?.error, error.code);
    assert.equal(linesOf(lines, 'close').length, 1);
    assert.deepEqual(Object.keys(error).sort(), ['cause', 'code', 'name']);
    assert.equal(JSON.stringify(error).includes('record'), false);
  });

  it('has what was decided on the way: link, chip, rates, phases, end', async () => {
    const { device } = testDevice('bk7231n?speed=fast', { record: 'all' });
    const { facts } = await device.read({ offset: 0x20000, length: 0x2000 });
    await device.close();
    const lines = device.record()?.lines() ?? [];
    const [header] = lines;
    assert.ok(header?.kind === 'record' && header.whole);
    assert.deepEqual(linesOf(lines, 'job')[0]?.options, { offset: 0x20000, length: 0x2000 });
    assert.equal(linesOf(lines, 'link')[0]?.by, 'listening');
    const [chip] = linesOf(lines, 'chip');
    assert.deepEqual([chip?.chip, chip?.encryption, chip?.chipId], ['BK7231N', 'tuya', '7231c']);
    const rates = linesOf(lines, 'seen').filter(({ what }) => what === 'baud');
    assert.deepEqual(rates.at(-1)?.facts, { baud: facts.baud, outcome: 'proved' });
    const phases = linesOf(lines, 'phase').map(({ phase }) => phase);
    assert.deepEqual([...new Set(phases)], ['open', 'link', 'identify', 'read']);
    const [done] = linesOf(lines, 'done');
    assert.deepEqual([done?.bytes, done?.baud], [0x2000, facts.baud]);
  });

  it('is told live, line by line, to who looks on; one who fails does not stop the job', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    const kinds = new Set<string>();
    await device.connect({ onRecord: ({ kind }) => kinds.add(kind) });
    for (const kind of ['job', 'open', 'out', 'in', 'lines', 'link', 'chip', 'done']) {
      assert.ok(kinds.has(kind), kind);
    }
    const { facts } = await device.connect({
      onRecord: () => {
        throw new Error('no more room');
      },
    });
    assert.match(facts.warnings.join(), /no more room/);
    await device.close();
  });

  it('goes on where the port is lost, and tells that', async () => {
    const { device, url } = testDevice('bk7231n?speed=fast', { record: 'all' });
    await device.connect();
    const reading = device.read(
      {},
      { onProgress: ({ done }) => done === 0x8000 && unplugSimulated(url) },
    );
    await reading;
    await device.close();
    const lines = device.record()?.lines() ?? [];
    assert.equal(linesOf(lines, 'lost').length, 1);
    assert.equal(linesOf(lines, 'recovery').length, 1);
    assert.equal(linesOf(lines, 'done').length, 2);
  });

  it('is null before the first job, and of a job that was refused before its turn', async () => {
    const { device } = testDevice('bk7231n?speed=fast');
    assert.equal(device.record(), null);
    const error = await device
      .read({ memory: 'nothing' as never })
      .catch((reason: unknown) => reason);
    assert.ok(isBkError(error, 'BK_BAD_SETTING') && error.record === null);
  });

  it('is one of the words that the setting takes', async () => {
    const { device } = testDevice('bk7231n?speed=fast', { record: 'everything' as never });
    await assert.rejects(device.connect(), { code: 'BK_BAD_SETTING' });
  });
});
