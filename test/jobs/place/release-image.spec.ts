import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Device, type Web } from '../../../src';
import { scratchFolder, testDevice } from '../../support/bench-device';
import { rejection } from '../../support/rejects';
import { openBekenRelease, ReleaseStandIn } from '../../support/release-server';

describe('a release as an image', function () {
  const scratch = scratchFolder(this);
  let server: ReleaseStandIn;
  const image = () =>
    ({ release: 'openbeken', server: server.url, folder: join(scratch(), 'x') }) as const;

  beforeEach(async () => {
    server = await ReleaseStandIn.start();
    server.publish(openBekenRelease());
  });
  afterEach(() => server.close());

  it('keeps a chip in download mode that leaves it when it hears nothing', async () => {
    const made = testDevice('bk7231n?stay=3000');
    const { clock, environment, url } = made;
    const sleep = (ms: number) =>
      new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));
    const slow: Web = {
      get: async (request) => {
        await sleep(30_000);
        return environment.web.get(request);
      },
    };
    const device = new Device({ port: url }, { ...environment, web: slow });
    const { payload, facts } = await device.write({ image: image() });
    assert.equal(payload.verified, true);
    assert.deepEqual(facts.recoveries, []);
    await device.close();
  });

  it('takes the file for the model that flash speaks for, and asks where nothing does', async () => {
    const told = testDevice('bk7231t?bootloader=unknown');
    const { payload } = await told.device.write({ image: image() });
    assert.equal(payload.release?.file, 'OpenBK7231T_UA_1.18.2.bin');
    await told.device.close();
    const unknown = testDevice('bk7231u?bootloader=unknown');
    const error = await rejection(unknown.device.write({ image: image() }), 'BK_UNKNOWN_CHIP');
    assert.match(error.message, /does not tell its model.*OpenBeken/);
    assert.match(error.cause.advice.join(), /Set the chip in the device/);
    await unknown.device.close();
  });
});
