import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src';
import {
  createSimulatedChip,
  type SimulatedChip,
  type SimulatorOptions,
} from '../../../src/simulator/simulator';
import { Example, RunningExample } from '../../support/example';
import { SharedLine } from '../../support/shared-line';
import { TUYA_KINDS } from '../../support/tuya-device';
import { PAIRED, tuyaStorage } from '../../support/tuya-storage';
import { until } from '../../support/until';

const EXAMPLE = '8 Evening of lamps';

function imported(): Example {
  return new Example(EXAMPLE).logged().set('a moment to take it off', { timeout: '0.5' });
}

/** The one table of three lamps, once it is there: its header, and a row each. */
async function table({ userDir }: RunningExample): Promise<string[]> {
  const folder = path.join(userDir, 'bk-backups');
  let lines: string[] = [];
  await until(() => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
    assert.ok(names.length < 2, String(names));
    lines = names.flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'));
    return lines.length === 5;
  }, 'a table of three lamps');
  return lines.slice(0, -1);
}

describe('the example for an evening of lamps', function () {
  this.timeout(60_000);
  let example: RunningExample;
  afterEach(() => example?.stop());

  it('does three simulated lamps as it was imported', async () => {
    example = await RunningExample.start(imported());
    await example.press('begin');
    await example.logs(/(done: the next lamp, please[\s\S]*){3}/);
    const [header, ...rows] = await table(example);
    assert.equal(header, 'mac,chip,pins,backup,result');
    for (const row of rows) assert.match(row, /^[0-9a-f:]{17},BK7231M,,.*_full_.*\.bin,done$/);
    assert.equal(new Set(rows.map((row) => row.slice(0, 17))).size, 3);
  });

  it('does one lamp after the other on one adapter, and tells one that is done and one that fails', async () => {
    const line = new SharedLine();
    const port = await line.listen();
    const flow = imported()
      .edit('next lamp', 'func', 'simulated = 3', 'simulated = 0')
      .set('the adapter', { port, reset: 'none', idle: 0.2 });
    example = await RunningExample.start(flow);
    // Somebody resets the lamp as long as nothing happens.
    let lamp: SimulatedChip = plug(1);
    const hand = setInterval(() => {
      if (lamp.mode === 'app') lamp.reset();
    }, 500);
    try {
      const next = (chip: SimulatedChip) => {
        lamp = chip;
        line.wire(lamp);
      };
      next(lamp);
      await example.press('begin');
      await example.logs(/done: the next lamp, please/);
      await example.logs(/is done already: the next lamp, please/);
      next(plug(2, { deadSector: 0x12000 }));
      await example.logs(/BK_BAD_SECTOR/);
      next(plug(3));
      await example.logs(/(done: the next lamp, please[\s\S]*){2}/);
      await example.press('end');
    } finally {
      clearInterval(hand);
      await line.close();
    }
    const [, ...rows] = await table(example);
    const [first = '', second = '', third = ''] = rows;
    assert.match(first, /^[0-9a-f:]{17},BK7231M,[^,]*26=Rel;1[^,]*,[^,]+\.bin,done$/);
    assert.match(second, /,BK7231M,,.*BK_BAD_SECTOR: /);
    assert.match(third, /,done$/);
  });
});

/** A plug with Tuya's storage whose firmware says nothing: it needs a hand. */
function plug(seed: number, options: Partial<SimulatorOptions> = {}): SimulatedChip {
  const chip = createSimulatedChip(
    { chip: 'bk7231m', speed: 'fast', app: 'silent', seed, ...options },
    systemClock,
  );
  const kind = TUYA_KINDS.find((one) => one.chip === 'BK7231M');
  tuyaStorage(PAIRED).copy(chip.flash, kind?.storage);
  return chip;
}
