import assert from 'node:assert/strict';
import type { DeviceSettings, StartCheck, WriteSummary } from '../../../src';
import { noise, testDevice } from '../../support/bench-device';
import { unplugSimulated } from '../../support/simulated-chips';

const AT = 0x40000;

/** Writes a little and looks whether the firmware starts. */
async function written(sim: string, settings: Partial<DeviceSettings> = {}) {
  const own = testDevice(sim, settings);
  const options = { image: noise(4096, 3), offset: AT, startCheck: true };
  const { payload, facts } = await own.device.write(options);
  assert.ok(own.chip.flash.subarray(AT, AT + 4096).equals(options.image));
  return { ...own, payload, facts, check: payload.startCheck as StartCheck };
}

describe('the check whether firmware starts', function () {
  this.timeout(60_000);

  for (const [app, name, version] of [
    ['openbeken', 'OpenBeken', '1.18.300'],
    ['libretiny', 'ESPHome', '2026.1.0'],
    ['tuya', 'Tuya', '2.3.1'],
  ] as const) {
    it(`hears that ${name} does`, async () => {
      const { check, facts } = await written(`bk7231n?app=${app}`);
      assert.equal(check.result, 'started');
      assert.deepEqual(check.firmware, { name, version });
      assert.equal(check.starts, 1);
      assert.match(check.message, new RegExp(`^The firmware starts: ${name}`));
      assert.deepEqual(facts.warnings, []);
    });
  }

  for (const rate of [9600, 115_200]) {
    it(`takes calls of a second controller at ${rate} baud for a start`, async () => {
      const { check } = await written(`bk7231t?app=tuyamcu&appBaud=${rate}`);
      assert.equal(check.result, 'started');
      assert.equal(check.firmware, null);
      assert.match(check.message, /second controller/);
    });
  }

  it('says of silence that it proves nothing', async () => {
    const { check, facts } = await written('bk7231n?app=silent');
    assert.equal(check.result, 'silent');
    assert.equal(check.starts, 0);
    assert.match(check.message, /proves nothing.*UART2/);
    assert.deepEqual(facts.warnings, []);
  });

  it('hears that it restarts again and again', async () => {
    const { check, facts } = await written('bk7231n?app=openbeken&crash=1500');
    assert.equal(check.result, 'restarts');
    assert.ok(check.starts >= 3);
    assert.match(check.message, /again and again/);
    assert.deepEqual(facts.warnings, [check.message]);
  });

  it('leaves the chip with its firmware running, also where it would stay linked', async () => {
    for (const after of ['reboot', 'leave'] as const) {
      const { chip } = await written('bk7231n?app=openbeken', { after, idle: 10 });
      assert.equal(chip.mode, 'app');
    }
  });

  it('frees the port: the next job links anew', async () => {
    const { device } = await written('bk7231n?app=openbeken', { idle: 10 });
    assert.equal(device.inUse, false);
    assert.equal((await device.connect()).payload.chip, 'BK7231N');
  });

  it('waits neither for a chip that is silent nor for one that talks on', async () => {
    for (const app of ['silent', 'openbeken', 'tuyamcu&appBaud=9600']) {
      const own = testDevice(`bk7231n?app=${app}`);
      const phases: number[] = [];
      await own.device.write(
        { image: noise(4096, 3), offset: AT, startCheck: true },
        { onProgress: ({ phase }) => phase === 'reboot' && phases.push(own.clock.now()) },
      );
      assert.ok(own.clock.now() - (phases[0] as number) < 12_000, app);
    }
  });

  it('is left out of a dry run, and where nobody wants it', async () => {
    const { device } = testDevice('bk7231n?app=openbeken');
    const options = { image: noise(4096, 3), offset: AT };
    const summaries: WriteSummary[] = [
      (await device.write({ ...options, startCheck: true, dryRun: true })).payload,
      (await device.write(options)).payload,
    ];
    for (const summary of summaries) assert.equal(summary.startCheck, undefined);
  });

  it('ends when it is cancelled, and says that all is written', async () => {
    const { device, clock } = testDevice('bk7231n?app=silent');
    const abort = new AbortController();
    const options = { image: noise(4096, 3), offset: AT, startCheck: true };
    const job = device.write(options, {
      signal: abort.signal,
      onProgress: ({ phase }) => {
        if (phase === 'reboot') clock.setTimeout(() => abort.abort(), 300);
      },
    });
    await assert.rejects(job, (error: { code: string; cause: { advice: string[] } }) => {
      assert.equal(error.code, 'BK_CANCELLED');
      assert.match(error.cause.advice.join(), /complete and verified/);
      return true;
    });
  });

  it('is no failure where the port goes away meanwhile', async () => {
    const { device, clock, url } = testDevice('bk7231n?app=silent');
    const options = { image: noise(4096, 3), offset: AT, startCheck: true };
    const { payload } = await device.write(options, {
      onProgress: ({ phase }) => {
        if (phase === 'reboot') clock.setTimeout(() => unplugSimulated(url), 300);
      },
    });
    assert.equal(payload.verified, true);
    assert.equal(payload.startCheck?.result, 'portLost');
  });
});
