import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { SinonSpy } from 'sinon';
import { hubOf } from '../../../nodes/flasher/hub';
import { Flow, type FlowNode, type Message, useNodeRed, userDir } from '../../support/flow';
import { calibrationSector } from '../../support/images';
import { closeWebBenches, MAC, openBekenUpdate } from '../../support/openbeken-bench';
import { OpenBekenServer } from '../../support/openbeken-server';
import { leaksIn } from '../../support/secrets';
import { useVirtualTime } from '../../support/virtual-time';

const PASSWORD = 'Gr8-Pass.Wort';
const CATCH = [
  { id: 'on-error', type: 'catch', scope: null, uncaught: false, wires: [['caught']] },
  { id: 'caught', type: 'helper' },
] as never as FlowNode[];

describe('the nodes with a device on the network', () => {
  useNodeRed();
  const servers: OpenBekenServer[] = [];

  afterEach(async () => {
    await closeWebBenches();
    for (const server of servers.splice(0)) await server.close();
  });

  /** A device that wants the password. */
  async function locked(): Promise<OpenBekenServer> {
    const clock = useVirtualTime();
    const server = new OpenBekenServer({ clock, faults: { password: PASSWORD } });
    servers.push(server);
    calibrationSector(MAC).copy(server.device.flash, 0x1d0000);
    return server.listen();
  }

  function load(port: string, device: object = {}): Promise<Flow> {
    return Flow.load(
      [
        { id: 'device', type: 'bk-device', name: 'lamp', port, record: 'all', ...device },
        { id: 'connect', type: 'bk-connect', name: '', device: 'device' },
        {
          id: 'read',
          type: 'bk-read',
          name: '',
          device: 'device',
          output: 'file',
        },
        { id: 'write', type: 'bk-write', name: '', device: 'device' },
        ...CATCH,
      ],
      { device: { password: PASSWORD } },
    );
  }

  it('connects, backs up and updates', async () => {
    const server = await locked();
    const flow = await load(server.url);
    flow.send('connect');
    const { payload, bk } = (await flow.message('connect/result')) as Message;
    assert.equal(payload.chip, 'BK7231N');
    assert.equal(payload.openbeken.version, '1.18.100');
    assert.equal(bk.port, server.url);
    flow.send('read');
    const backup = (await flow.message('read/result')) as Message;
    assert.ok(readFileSync(backup.payload).equals(server.device.flash));
    flow.send('write', { payload: openBekenUpdate('1.18.200') });
    const written = (await flow.message('write/result')) as Message;
    assert.equal(written.payload.update.after.version, '1.18.200');
    assert.equal(written.payload.backup, backup.payload);
    const phases = new Set(flow.received('write/progress').map((msg) => msg.payload.phase));
    for (const phase of ['identify', 'write', 'verify', 'reboot']) assert.ok(phases.has(phase));
    assert.equal(written.bk.record.startsWith(userDir), true);
    assert.deepEqual(leaksOf(flow), []);
  });

  it('tells a wrong password as denied, without any password in it', async () => {
    const server = await locked();
    server.faults.password = 'another one';
    const flow = await load(server.url);
    flow.send('connect');
    const { error } = (await flow.message('caught')) as Message;
    assert.equal(error.code, 'BK_PORT_DENIED');
    assert.deepEqual(leaksOf(flow, JSON.stringify(error)), []);
  });

  it('tells it to the device’s own address only, unless the setting says so', async () => {
    const own = await locked();
    const other = new OpenBekenServer({ faults: { password: PASSWORD } });
    servers.push(other);
    await other.listen();
    const flow = await load(own.url);
    flow.send('connect', { port: other.url });
    assert.equal(((await flow.message('caught')) as Message).error.code, 'BK_PORT_DENIED');
    flow.send('connect', { port: `${own.url}/` });
    await flow.message('connect/result');
    await helper.unload();
    const generous = await load(own.url, { passwordForMessages: true });
    generous.send('connect', { port: other.url });
    await generous.message('connect/result');
  });

  it('refuses an address with a password in it, and tells it nowhere', async () => {
    const flow = await load('');
    for (const scheme of ['http', 'tcp']) {
      flow.send('connect', { port: `${scheme}://admin:${PASSWORD}@127.0.0.1:80` });
    }
    for (const index of [0, 1]) {
      const { error } = (await flow.message('caught', index)) as Message;
      assert.equal(error.code, 'BK_BAD_SETTING');
      assert.deepEqual(leaksOf(flow, JSON.stringify(error)), []);
    }
  });

  /** The secret in all that flows, logs, files and browsers come to see. */
  function leaksOf(flow: Flow, ...more: string[]): string[] {
    const texts = [...more];
    for (const id of ['connect', 'read', 'write']) {
      const { status, error, warn } = flow.node(id);
      // Behind it comes the message itself, which is its sender's.
      for (const spy of [status, error, warn] as SinonSpy[])
        texts.push(JSON.stringify(spy.getCalls().map(({ args }) => args[0])));
      for (const sink of ['result', 'progress'])
        texts.push(JSON.stringify(flow.received(`${id}/${sink}`).map(withoutRequest)));
    }
    texts.push(JSON.stringify(helper.log().args.map(([{ msg }]) => msg)));
    texts.push(
      JSON.stringify(
        hubOf({ httpAdmin: (helper as never as { _httpAdmin: unknown })._httpAdmin } as never)
          ?.states,
      ),
    );
    for (const folder of ['bk-records', 'bk-backups']) texts.push(...textsIn(folder));
    const secret = [{ what: 'the password', bytes: Buffer.from(PASSWORD) }];
    return texts.flatMap((text) => leaksIn(text, secret));
  }
});

function withoutRequest({ req: _, res: __, ...msg }: Message): Message {
  return msg;
}

function textsIn(folder: string): string[] {
  try {
    const path = join(userDir, folder);
    return readdirSync(path)
      .filter((name) => !name.endsWith('.bin'))
      .map((name) => readFileSync(join(path, name), 'latin1'));
  } catch {
    return [];
  }
}
