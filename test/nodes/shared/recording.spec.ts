import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Node, NodeAPI } from 'node-red';
import { liveLog } from '../../../nodes/shared/recording';
import type { EventLine } from '../../../src';
import { Flow, type FlowNode, useNodeRed, userDir } from '../../support/flow';
import { nextSeed } from '../../support/seed';

const READ = { id: 'read', type: 'bk-read', device: 'device', offset: '0x11000', length: '0x1000' };
const CATCH = { id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] };
const CAUGHT = { id: 'caught', type: 'helper' };

describe('records of the nodes', function () {
  this.timeout(60_000);
  useNodeRed();

  const sim = (options = '') => `sim://bk7231n?speed=fast&seed=${nextSeed()}${options}`;
  const load = (device: Record<string, unknown>) =>
    Flow.load([
      { id: 'device', type: 'bk-device', idle: 0, linkTimeout: 1, ...device } as FlowNode,
      READ,
      CATCH,
      CAUGHT,
    ]);
  const folder = () => join(userDir, 'bk-records');
  const failing = () => sim('&reset=none&app=silent');

  it('save that of a job that fails, and the error says where', async () => {
    const flow = await load({ port: failing() });
    flow.send('read');
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_NO_LINK');
    assert.equal(error.cause.record, join(folder(), readdirSync(folder())[0] ?? ''));
    assert.match(error.cause.record, /_read_failed\.jsonl$/);
    const lines = readFileSync(error.cause.record, 'utf8').trim().split('\n');
    assert.ok(lines.some((line) => line.includes('"kind":"failed"')));
    // A path, and not the text.
    assert.ok(!JSON.stringify(error).includes('"kind"'));
  });

  it('save none of a job that goes well, unless all are wanted', async () => {
    const flow = await load({ port: sim() });
    flow.send('read');
    const { bk } = await flow.message('read/result');
    assert.equal(bk.record, undefined);
    assert.equal(existsSync(folder()), false);
  });

  it('save all, whole, where that is set, in the folder that is set', async () => {
    const flow = await load({ port: sim(), record: 'all', recordFolder: 'lamps' });
    flow.send('read');
    const { bk } = await flow.message('read/result');
    assert.match(bk.record, /lamps.\d{8}-\d{6}-\d{3}_read_done\.jsonl$/);
    assert.equal(JSON.parse(readFileSync(bk.record, 'utf8').split('\n')[0] ?? '').whole, true);
  });

  it('save none where they are off', async () => {
    const flow = await load({ port: failing(), record: 'off' });
    flow.send('read');
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_NO_LINK');
    assert.equal('record' in error.cause, false);
    assert.equal(existsSync(folder()), false);
  });

  it('save none of a job that somebody cancels', async () => {
    const flow = await load({ port: failing(), linkTimeout: 60 });
    flow.send('read');
    await flow.message('read/progress');
    flow.send('read', { cancel: true });
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_CANCELLED');
    assert.equal(existsSync(folder()), false);
  });

  it('do not make a job fail that cannot be saved', async () => {
    writeFileSync(join(userDir, 'bk-records'), 'no folder');
    const flow = await load({ port: sim(), record: 'all' });
    flow.send('read');
    const { bk } = await flow.message('read/result');
    assert.equal(bk.record, undefined);
    assert.match(
      String(flow.node('read').warn.firstCall.args[0]),
      /^The record of the job cannot be saved in /,
    );
  });

  it('refuse what the setting cannot be', async () => {
    const flow = await load({ port: sim(), record: 'some' });
    flow.send('read');
    const { error } = await flow.message('caught');
    assert.equal(error.code, 'BK_BAD_SETTING');
    assert.match(error.message, /record/);
  });
});

describe("Node-RED's log of what happens on a port", () => {
  const told: string[] = [];
  const node = {
    debug: (text: string) => told.push(`debug ${text}`),
    trace: (text: string) => told.push(`trace ${text}`),
  } as unknown as Node;
  const logOf = (...levels: string[]) =>
    liveLog(
      {
        settings: { logging: Object.fromEntries(levels.map((level) => [level, { level }])) },
      } as unknown as NodeAPI,
      node,
    );
  const lines: EventLine[] = [
    { t: 1, kind: 'phase', phase: 'link', text: { code: 'session.identifying', params: {} } },
    { t: 2, kind: 'link', by: 'lines', baud: 115_200 },
    { t: 3, kind: 'out', bytes: ['01e0fc0100'] },
  ];
  beforeEach(() => told.splice(0));

  it('is made only where a log shows it', () => {
    assert.equal(logOf('info', 'warn'), undefined);
    assert.equal(liveLog({ settings: {} } as unknown as NodeAPI, node), undefined);
  });

  it('tells decisions at debug', () => {
    for (const line of lines) logOf('info', 'debug')?.(line);
    assert.deepEqual(
      told.map((text) => text.slice(0, 16)),
      ['debug link: Iden', 'debug {"t":2,"ki'],
    );
  });

  it('tells what passes on the wire at trace', () => {
    for (const line of lines) logOf('trace')?.(line);
    assert.equal(told[2], 'trace {"t":3,"kind":"out","bytes":["01e0fc0100"]}');
  });
});
