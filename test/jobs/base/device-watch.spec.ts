import assert from 'node:assert/strict';
import type { DeviceEvent, SectorChange, SectorShown } from '../../../src';
import { BOOTLOADER_END, SECTOR } from '../../../src/chip/geometry';
import { sectorsOf } from '../../../src/chip/regions';
import { noise, scratchFolder, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';

const RANGE = { offset: 0x100000, length: 3 * SECTOR };

/** All that each sector was told to be, in order and without repeats, by address. */
function shownIn(changes: readonly SectorChange[]): Map<number, SectorShown[]> {
  const shown = new Map<number, SectorShown[]>();
  for (const { state, ...range } of changes) {
    for (const address of sectorsOf(range)) {
      const before = shown.get(address) ?? [];
      if (before.at(-1) !== state) shown.set(address, [...before, state]);
    }
  }
  return shown;
}

function watched(sim: string) {
  const bench = testDevice(sim);
  const events: DeviceEvent[] = [];
  const unwatch = bench.device.watch((event) => events.push(event));
  const kinds = () => [...new Set(events.map(({ kind, job }) => `${job.id} ${kind}`))];
  const sectors = () =>
    shownIn(events.flatMap((event) => (event.kind === 'sectors' ? [event.change] : [])));
  return { ...bench, events, unwatch, kinds, sectors };
}

describe('who looks on at a device', () => {
  it('hears of its jobs from their asking to their end', async () => {
    const { device, events, kinds } = watched('bk7231n');
    const reading = device.read(RANGE);
    assert.deepEqual(kinds(), ['1 queued']);
    const connecting = device.connect();
    const result = await reading;
    const end = events.find(({ kind }) => kind === 'done');
    assert.deepEqual(end?.kind === 'done' && end.result, result);
    assert.deepEqual(kinds().slice(0, 6), [
      '1 queued',
      '2 queued',
      '1 started',
      '1 progress',
      '1 chip',
      '1 sectors',
    ]);
    await connecting;
    assert.deepEqual(kinds().slice(-4), ['1 done', '2 started', '2 chip', '2 done']);
    assert.deepEqual(events[0]?.job.operation, 'read');
    await device.close();
  });

  it('hears why a job failed, also before its turn', async () => {
    const { device, events, kinds } = watched('bk7231n');
    const error = await rejection(device.read({ offset: -1 }), 'BK_OUT_OF_RANGE');
    assert.deepEqual(kinds(), ['1 queued', '1 failed']);
    assert.equal(events[1]?.kind === 'failed' && events[1].error, error);
    await device.close();
  });

  it('can cancel what others have asked for', async () => {
    const { device } = testDevice('bk7231n');
    device.watch(({ kind, job }) => {
      if (kind === 'sectors') job.cancel();
    });
    await rejection(device.read(), 'BK_CANCELLED');
    await device.close();
  });

  it('is not told any more once it does not want to be, or throws; the job goes on', async () => {
    const { device, events, unwatch } = watched('bk7231n');
    let heard = 0;
    device.watch(() => {
      heard++;
      throw new Error('a mistake of mine');
    });
    unwatch();
    const { payload } = await device.read(RANGE);
    assert.equal(payload.length, RANGE.length);
    assert.equal(heard, 1);
    assert.deepEqual(events, []);
    await device.close();
  });

  it('hears of breaks that were mended, and of what is not as it should be', async () => {
    const { device, events } = watched('bk7231n?brownout=0.02');
    await device.write({ image: noise(0x40000), offset: 0x100000 });
    const { recoveries } = (events.at(-1) as { result: { facts: { recoveries: unknown[] } } })
      .result.facts;
    const told = events.filter(({ kind }) => kind === 'recovery');
    assert.ok(told.length > 0);
    assert.equal(told.length, recoveries.length);
    await device.close();
  });

  it('learns what is known of the chip, without a question for it', async () => {
    const bare = testDevice('bk7231n?seed=4711');
    await bare.device.read(RANGE);
    const asked = bare.chip.counters;
    const { device, chip, events } = watched('bk7231n?seed=4712');
    await device.read(RANGE);
    assert.deepEqual(chip.counters, asked);
    const first = events.find(({ kind }) => kind === 'chip');
    assert.ok(first?.kind === 'chip');
    const { flash, mac, layout } = first.report;
    assert.deepEqual([flash.size, mac, layout.from], [0x200000, null, 'model']);
    assert.equal(layout.app?.offset, BOOTLOADER_END);
    await device.connect();
    const last = events.findLast(({ kind }) => kind === 'chip');
    assert.ok(last?.kind === 'chip' && last.report.mac !== null);
    await Promise.all([device.close(), bare.device.close()]);
  });
});

describe('who looks on at flash', function () {
  const folder = scratchFolder(this);

  it('sees each sector of a read, and which of them nobody had to read', async () => {
    const { device, sectors, events } = watched('bk7231n');
    const file = { folder: folder() };
    await device.read({ ...RANGE, file });
    assert.deepEqual([...sectors().values()], [['read'], ['read'], ['read']]);
    events.length = 0;
    await device.read({ ...RANGE, file });
    assert.deepEqual([...sectors().values()], [['same'], ['same'], ['same']]);
    await device.close();
  });

  it('sees what a write finds, erases, writes and proves, and what it spares', async () => {
    const { device, chip, sectors } = watched('bk7231n');
    noise(SECTOR, 3).copy(chip.flash, RANGE.offset);
    const image = noise(RANGE.length, 5);
    image.copy(chip.flash, RANGE.offset + SECTOR, SECTOR, 2 * SECTOR);
    await device.connect();
    await device.write({ image, offset: RANGE.offset });
    const shown = sectors();
    assert.deepEqual(shown.get(RANGE.offset), ['erased', 'written', 'verified']);
    assert.deepEqual(shown.get(RANGE.offset + SECTOR), ['same']);
    assert.deepEqual(shown.get(RANGE.offset + 2 * SECTOR), ['written', 'verified']);
    assert.deepEqual(shown.get(0), ['protected']);
    assert.deepEqual(shown.get(BOOTLOADER_END - SECTOR), ['protected']);
    assert.deepEqual(shown.get(0x1d0000), ['kept']);
    assert.equal(shown.get(BOOTLOADER_END), undefined);
    await device.close();
  });

  it('sees where a worn sector fails', async () => {
    const { device, sectors } = watched(`bk7231n?deadSector=${RANGE.offset + SECTOR}`);
    await rejection(
      device.write({ image: noise(RANGE.length), offset: RANGE.offset }),
      'BK_BAD_SECTOR',
    );
    const last = [...sectors()].map(([address, states]) => [address, states.at(-1)] as const);
    const failed = last.filter(([, state]) => state === 'failed').map(([address]) => address);
    assert.deepEqual(failed, [RANGE.offset + SECTOR]);
    assert.equal(sectors().get(RANGE.offset)?.at(-1), 'verified');
    await device.close();
  });

  it('sees of a dry run what would be spared, and nothing changed', async () => {
    const { device, sectors } = watched('bk7231n');
    await device.erase({ region: 'all', dryRun: true });
    const states = new Set([...sectors().values()].flat());
    assert.deepEqual([...states].sort(), ['kept', 'protected']);
    await device.close();
  });

  it('may be whoever asks for the job alone', async () => {
    const { device } = testDevice('bk7231n');
    const changes: SectorChange[] = [];
    const chips: (string | null)[] = [];
    await device.read(RANGE, {
      onSectors: (change) => changes.push(change),
      onChip: ({ chip }) => chips.push(chip),
    });
    assert.deepEqual([...shownIn(changes).keys()], sectorsOf(RANGE));
    assert.deepEqual(chips, ['BK7231N']);
    await device.close();
  });
});
