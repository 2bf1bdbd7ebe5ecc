import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import helper from 'node-red-node-test-helper';
import type { DeviceState, EndedJob } from '../../../nodes/flasher/messages';
import { inspect } from '../../../src';
import { BOOTLOADER_END } from '../../../src/chip/geometry';
import { publishedIn } from '../../support/admin';
import { Flow, type FlowNode, useNodeRed, userDir } from '../../support/flow';
import { flashImage, TUYA_TEXTS } from '../../support/images';
import { leaksIn } from '../../support/secrets';
import { nextSeed } from '../../support/seed';
import { prepareSimulatedChip } from '../../support/simulated-chips';
import { openBeken, TUYA_KINDS } from '../../support/tuya-device';
import { SECRETS, tuyaStorage } from '../../support/tuya-storage';
import { settled } from '../../support/until';
import { useVirtualTime } from '../../support/virtual-time';

const KIND = TUYA_KINDS[0];
const TYPED = ['typed-ssid-0101', 'typed-password-0102', 'typed-broker-0103'];
const [SSID, PASSWORD, MQTT] = TYPED;

describe('what the sidebar is told of a lamp with secrets', function () {
  this.timeout(60_000);
  useNodeRed();

  it('holds none of them, nor do logs, badges and what lies beside its backup', async () => {
    const clock = useVirtualTime();
    const port = `sim://bk7231n?deadSector=0x1f0000&seed=${nextSeed()}`;
    const { flash } = prepareSimulatedChip(port, clock);
    const { key, download, calibration, storage } = KIND;
    const lamp = flashImage({ key, download, calibration, app: { texts: TUYA_TEXTS.N } });
    tuyaStorage().copy(lamp, storage);
    lamp.copy(flash, BOOTLOADER_END, BOOTLOADER_END);
    const nodes: FlowNode[] = [
      { id: 'lamp', type: 'bk-device', name: 'Lamp', port, record: 'all' },
      { id: 'read', type: 'bk-read', name: '', device: 'lamp' },
    ];
    const flow = await Flow.load(nodes);
    const published = publishedIn();
    const answers: unknown[] = [];
    const keep = <T>({ body }: { body: T }): T => {
      answers.push(body);
      return body;
    };
    const get = async (url: string) => keep(await helper.request().get(`/bk72xx/${url}`));
    const upload = async (bytes: Buffer) =>
      keep(
        await helper
          .request()
          .post('/bk72xx/images?name=lamp.bin')
          .set('Content-Type', 'application/octet-stream')
          .send(bytes),
      );
    const run = async (request: object) => {
      const { job } = keep(await helper.request().post('/bk72xx/devices/lamp/jobs').send(request));
      for (let tries = 0; tries < 5000; tries++) {
        await settled();
        const [state] = (await helper.request().get('/bk72xx/devices')).body as DeviceState[];
        if (state?.last?.id === job) return state?.last as EndedJob;
      }
      throw new Error('The job does not end.');
    };

    flow.send('read', { offset: storage, length: 0x10000 });
    await flow.message('read/result');
    assert.equal((await run({ operation: 'connect' })).error, null);
    assert.equal((await run({ operation: 'read' })).error, null);
    const folder = path.join(userDir, 'bk-backups');
    const dump = readdirSync(folder).find((name) => name.endsWith('.bin')) ?? '';
    const bytes = readFileSync(path.join(folder, dump));
    // They are there to be found.
    const open = JSON.stringify(await inspect(bytes, { secrets: 'show' }));
    assert.ok(SECRETS.filter((secret) => open.includes(secret)).length > 5);

    const held = await upload(bytes);
    const firmware = await upload(openBeken(KIND));
    const openbeken = { ssid: SSID, password: PASSWORD, mqttHost: MQTT, pins: 'tuya' };
    const setUp = { operation: 'write', image: firmware.id, options: { openbeken } };
    assert.equal((await run(setUp)).error, null);
    const wrong = { ...setUp, options: { openbeken: { ...openbeken, passwort: PASSWORD } } };
    assert.notEqual((await run(wrong)).error, null);
    await run({ operation: 'write', image: held.id, options: { unchanged: 'rewrite' } });
    await clock.advance(1000);
    for (const url of ['devices', 'devices/lamp/log', 'devices/lamp/map', 'devices/lamp/backups'])
      await get(url);

    const beside = ['bk-backups', 'bk-records'].flatMap((name) => {
      const files = readdirSync(path.join(userDir, name)).filter((file) => !file.endsWith('.bin'));
      return files.map((file) => readFileSync(path.join(userDir, name, file), 'latin1'));
    });
    assert.ok(beside.length > 2);
    const logged = helper.log().args.map(([entry]) => entry);
    const secrets = [...SECRETS, ...TYPED].map((what) => ({ what, bytes: Buffer.from(what) }));
    for (const [where, what] of Object.entries({
      answers: JSON.stringify(answers),
      published: JSON.stringify(published),
      logged: JSON.stringify(logged),
      badges: JSON.stringify(flow.badges('read')),
      beside: beside.join('\n'),
    })) {
      assert.ok(what.length > 2, where);
      assert.deepEqual(leaksIn(what, secrets), [], where);
    }
  });
});
