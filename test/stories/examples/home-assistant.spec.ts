import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { sum } from '../../support/bench-device';
import { type Broker, startBroker } from '../../support/broker';
import { Example, RunningExample } from '../../support/example';
import { HeldChip } from '../../support/held-chip';
import { HomeAssistant } from '../../support/home-assistant';
import { OPENBEKEN, openBekenRelease, ReleaseStandIn } from '../../support/release-server';

const EXAMPLE = '6 Home Assistant update card';
const [CARD, RESET, BACKUP, LAST] = [
  'update.lamp_firmware',
  'binary_sensor.lamp_reset',
  'button.lamp_backup',
  'sensor.lamp_last_backup',
];

/** A device whose flash is worn in one place, and one for which releases are fetched. */
const WORN =
  "{ id: 'worn', name: 'Worn', port: 'sim://bk7231m?speed=fast&deadSector=0x20000', firmware: 'file' },";
const SHELF =
  "{ id: 'shelf', name: 'Shelf', port: 'sim://bk7231n?speed=fast&seed=3', firmware: 'openbeken' },";

describe('the example for Home Assistant', function () {
  this.timeout(60_000);
  let broker: Broker;
  let home: HomeAssistant;
  let example: RunningExample;
  let held: HeldChip;
  let releases: ReleaseStandIn;

  before(async () => {
    broker = await startBroker();
    held = new HeldChip({ chip: 'bk7231m', reset: 'rts' });
    const port = await held.listen();
    releases = await ReleaseStandIn.start();
    releases.publish(openBekenRelease('1.18.2'));
    const flow = new Example(EXAMPLE)
      .on(broker)
      .edit('your devices', 'func', 'sim://bk7231m?speed=fast', port)
      .edit('your devices', 'func', "    // { id: 'plug'", `${WORN}\n${SHELF}\n// `)
      .set('newest release', { url: `${releases.url}/repos/${OPENBEKEN}/releases/latest` })
      .set('Write the release', { releaseServer: releases.url });
    home = await HomeAssistant.start(broker);
    example = await RunningExample.start(flow);
  });
  after(async () => {
    await example?.stop();
    await home?.stop();
    await held?.close();
    await releases?.close();
    await broker?.close();
  });
  afterEach(() => assert.deepEqual(home.faults, []));

  const attributes = () => home.now[`${CARD} attributes`];

  it('announces a device with its entities', async () => {
    await home.until('the device', () => home.entities.length === 12 && CARD in home.states);
    for (const entity of [RESET, BACKUP, LAST, CARD]) assert.ok(home.entities.includes(entity));
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

    await home.until('the end of the call', () => home.now[RESET] === 'OFF');
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

  it('tells of a failure: not in progress, the cause in the attributes, and that flash is half written', async () => {
    const worn = 'update.worn_firmware';
    mkdirSync(path.join(example.userDir, 'firmware'), { recursive: true });
    copyFileSync(
      path.join(example.userDir, 'firmware', 'lamp.bin'),
      path.join(example.userDir, 'firmware', 'worn.bin'),
    );
    await example.press('announce again');
    await home.until('the version', () => home.card(worn).latest_version === '1.0.1');
    await home.install(worn);
    await home.until('the failure', () => home.card(worn).installed_version === 'half written');
    assert.deepEqual(home.states[worn]?.at(-1), {
      installed_version: 'half written',
      latest_version: '1.0.1',
      title: 'OpenBK7231M',
      in_progress: false,
      update_percentage: null,
    });
    await home.until('its cause', () => home.now[`${worn} attributes`].error);
    const { error } = home.now[`${worn} attributes`];
    assert.equal(error.code, 'BK_BAD_SECTOR');
    assert.match(error.message, /0x20000/);
    assert.ok(error.advice.length > 0 && error.state.fresh.length > 0, JSON.stringify(error));
  });

  it('fetches a release, and writes it only if it is what was published', async () => {
    const shelf = 'update.shelf_firmware';
    await home.until('the release', () => home.card(shelf).latest_version === '1.18.2');
    assert.equal(home.card(shelf).release_url, `${releases.url}/${OPENBEKEN}/releases/tag/1.18.2`);

    // Its server has another file by that name.
    releases.fault = ({ url }, response) => {
      if (!url?.startsWith('/objects/')) return false;
      response.end(Buffer.alloc(0x8000));
      return true;
    };
    await home.install(shelf);
    await home.until('the refusal', () => home.now[`${shelf} attributes`]?.error);
    assert.equal(home.now[`${shelf} attributes`].error.code, 'BK_DOWNLOAD');
    assert.equal(home.states[shelf]?.at(-1)?.in_progress, false);

    releases.fault = () => false;
    await home.install(shelf);
    await home.until('the end', () => home.card(shelf).installed_version === '1.18.2');
    assert.equal(home.card(shelf).in_progress, false);
    await home.until(
      'the end of the failure',
      () => home.now[`${shelf} attributes`].error === null,
    );
  });

  it('keeps what is installed through a restart, and says that it does not know after being cut short', async () => {
    await example.restart();
    await home.until('the card', () => home.states[CARD]?.at(-1)?.installed_version === '1.0.1');

    await example.press('version 1.0.2');
    await home.until('the version', () => home.card(CARD).latest_version === '1.0.2');
    held.chip.setLines({ rts: true, dtr: false });
    await home.install(CARD);
    await home.until('the job', () => home.now[RESET] === 'ON');
    await example.restart(true);
    held.chip.setLines({ rts: false, dtr: false });
    await home.until('the card', () => home.card(CARD).in_progress === false);
    assert.equal(home.card(CARD).installed_version, 'not known');
    await home.until('the end of the call', () => home.now[RESET] === 'OFF');
  });
});
