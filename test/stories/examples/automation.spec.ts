import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Broker, startBroker } from '../../support/broker';
import { Example, RunningExample } from '../../support/example';
import { HomeAssistant } from '../../support/home-assistant';

describe("the example for an automation's message", function () {
  this.timeout(60_000);
  let broker: Broker;
  let home: HomeAssistant;
  let example: RunningExample;

  before(async () => {
    broker = await startBroker();
    home = await HomeAssistant.start(broker);
    example = await RunningExample.start(
      new Example("7 Flash on an automation's message").on(broker).logged(),
    );
  });
  after(async () => {
    await example?.stop();
    await home?.stop();
    await broker?.close();
  });

  it('flashes what a message names, tells how far it is, what came of it, and what went wrong', async () => {
    const [results, percents, errors] = await Promise.all(
      ['result', 'percent', 'error'].map((what) => home.hear(`workshop/flash/${what}`)),
    );
    assert.ok(results && percents && errors);
    await example.press('make firmware/lamp.bin');
    await example.logs(/lamp\.bin/);
    assert.ok(existsSync(path.join(example.userDir, 'firmware', 'lamp.bin')));

    await home.send('workshop/flash', '{"file": "lamp.bin"}');
    await home.until('the result', () => results.length > 0 && percents.at(-1) === '100');
    assert.equal(JSON.parse(results[0] ?? '').verified, true);
    const numbers = percents.map(Number);
    assert.deepEqual(
      numbers,
      [...numbers].sort((one, other) => one - other),
    );

    await home.send('workshop/flash', '{"file": "../lamp.bin"}');
    await home.until('the refusal', () => errors.length > 0);
    assert.equal(JSON.parse(errors[0] ?? '').code, 'BK_BAD_SETTING');

    await home.send(
      'workshop/flash',
      '{"file": "lamp.bin", "port": "sim://bk7231n?app=silent&reset=none"}',
    );
    await home.send('workshop/flash/stop', 'now');
    await home.until('the end', () => errors.length > 1);
    assert.equal(JSON.parse(errors[1] ?? '').code, 'BK_CANCELLED');
  });
});
