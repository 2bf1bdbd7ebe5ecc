import assert from 'node:assert/strict';
import { sum } from '../support/bench-device';
import { type Broker, startBroker } from '../support/broker';
import { Example, RunningExample } from '../support/example';
import { HeldChip } from '../support/held-chip';
import { HomeAssistant } from '../support/home-assistant';

const EXAMPLE = '6 Home Assistant update card';
const [CARD, RESET, BACKUP, LAST] = [
  'update.lamp_firmware',
  'binary_sensor.lamp_reset',
  'button.lamp_backup',
  'sensor.lamp_last_backup',
];

describe('the example for Home Assistant', function () {
  this.timeout(60_000);
  let broker: Broker;
  let home: HomeAssistant;
  let example: RunningExample;
  let held: HeldChip;

  before(async () => {
    broker = await startBroker();
    held = new HeldChip({ chip: 'bk7231m', reset: 'rts' });
    const port = await held.listen();
    const flow = new Example(EXAMPLE)
      .on(broker)
      .edit('your devices', 'func', 'sim://bk7231m?speed=fast', port);
    home = await HomeAssistant.start(broker);
    example = await RunningExample.start(flow);
  });
  after(async () => {
    await example?.stop();
    await home?.stop();
    await held?.close();
    await broker?.close();
  });
  afterEach(() => assert.deepEqual(home.faults, []));

  const attributes = () => home.now[`${CARD} attributes`];

  it('announces a device with its entities', async () => {
    await home.until('the device', () => home.entities.length === 4 && CARD in home.states);
    assert.deepEqual(home.entities, [RESET, BACKUP, LAST, CARD].sort());
    assert.deepEqual(home.card(CARD), { in_progress: false, update_percentage: null });
    await home.until('word of the missing image', () => attributes()?.image !== undefined);
    assert.match(attributes().image, /lamp\.bin/);
  });

  it('says what the chip holds once a backup was made, and when that was', async () => {
    await home.press(BACKUP);
    await home.until('the backup', () => home.now[LAST] !== undefined);
    assert.equal(home.card(CARD).installed_version, 'none');
    assert.ok(Math.abs(Date.parse(home.now[LAST]) - Date.now()) < 60_000, home.now[LAST]);
    assert.match(attributes().mac, /^[0-9a-f:]{17}$/);
  });

  it('offers the version that lies ready', async () => {
    await example.press('version 1.0.1');
    await home.until('the version', () => home.card(CARD).latest_version === '1.0.1');
    assert.equal(home.card(CARD).title, 'OpenBK7231M');
    assert.equal(home.card(CARD).installed_version, 'none');
  });

  it('flashes by Install, with a brown-out in the middle that needs a hand', async () => {
    const from = home.states[CARD]?.length ?? 0;
    home.switched[RESET] = [];
    const isHalfWritten = () => sum(held.chip.counters.programs) > 15;
    const wentDark = held.holdWhen(isHalfWritten);
    await home.install(CARD);
    await wentDark;
    // It stays in reset until somebody lets it go.
    held.chip.setLines({ rts: true, dtr: false });
    held.release();
    await home.until('a call for the reset', () => home.now[RESET] === 'ON');
    assert.equal(home.card(CARD).in_progress, true);
    held.chip.setLines({ rts: false, dtr: false });
    await home.until('the end', () => home.card(CARD).installed_version === '1.0.1');

    const states = home.states[CARD]?.slice(from) ?? [];
    const last = states.pop();
    assert.deepEqual(
      new Set(states.map((state) => state.in_progress)),
      new Set([true]),
      'in progress until the end',
    );
    const percents = states.map((state) => Number(state.update_percentage));
    assert.deepEqual(
      percents,
      [...percents].sort((one, other) => one - other),
    );
    assert.ok(percents.length > 3 && (percents.at(-1) ?? 0) > 90, String(percents));
    assert.equal(last?.in_progress, false);
    assert.equal(last?.update_percentage, null);
    assert.equal(last?.installed_version, last?.latest_version);
    assert.deepEqual(home.switched[RESET], ['ON', 'OFF']);
  });
});
