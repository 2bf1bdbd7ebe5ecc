import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NodeRed, prepareUserDir } from '../../support/node-red';
import { until } from '../../support/until';

/** The same write of a worn flash on a tab without a Catch node and on one with it, whose text goes to the log. */
const FLOW = [
  {
    id: 'worn',
    type: 'bk-device',
    name: '',
    port: 'sim://bk7231n?speed=fast&deadSector=0x12000',
    idle: 0,
  },
  ...['bare', 'caught'].flatMap((tab) => [
    { id: tab, type: 'tab', label: tab },
    {
      id: `${tab}-button`,
      type: 'inject',
      z: tab,
      name: '',
      props: [{ p: 'payload', v: '[1,2,3]', vt: 'bin' }],
      x: 100,
      y: 100,
      wires: [[`${tab}-write`]],
    },
    {
      id: `${tab}-write`,
      type: 'bk-write',
      z: tab,
      name: tab,
      device: 'worn',
      offset: '0x12000',
      backup: 'never',
      x: 300,
      y: 100,
      wires: [[], []],
    },
  ]),
  {
    id: 'catch',
    type: 'catch',
    z: 'caught',
    name: '',
    scope: null,
    uncaught: false,
    x: 100,
    y: 200,
    wires: [['tell']],
  },
  {
    id: 'tell',
    type: 'function',
    z: 'caught',
    name: '',
    func: "node.warn('TOLD ' + JSON.stringify(msg.error) + ' END');",
    outputs: 0,
    x: 300,
    y: 200,
    wires: [],
  },
];

describe('a failure in a real Node-RED', function () {
  this.timeout(60_000);
  let userDir = '';
  let nodeRed: NodeRed;
  let url = '';
  before(async () => {
    userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-card-'));
    prepareUserDir(userDir, FLOW);
    nodeRed = new NodeRed(userDir);
    url = await nodeRed.ready;
  });
  after(async () => {
    await nodeRed?.end();
    rmSync(userDir, { recursive: true, force: true });
  });
  const press = (id: string) => fetch(`${url}/inject/${id}`, { method: 'POST' });

  it('is a card in the log where no Catch node takes it', async () => {
    await press('bare-button');
    await until(() => nodeRed.output.includes('Code: BK_BAD_SECTOR'), 'the card');
    const card = nodeRed.output.slice(nodeRed.output.indexOf('[error] [bk-write:bare]'));
    assert.match(card, /^\[error\] \[bk-write:bare\] .*0x12000.*\nLikely: .+\nTo do: .+\n/);
    assert.match(card, /^Flash: .*0x12000/m);
    assert.doesNotMatch(nodeRed.output, /object Object/);
  });

  it('is what it always was where one does, and not in the log', async () => {
    await press('caught-button');
    await until(() => / END/.test(nodeRed.output), 'what the Catch node got');
    const error = JSON.parse(/TOLD (.*) END/.exec(nodeRed.output)?.[1] ?? '');
    assert.match(error.message, /^BkError: .*0x12000.*State of the flash: /);
    assert.equal(error.code, 'BK_BAD_SECTOR');
    assert.equal(error.cause.code, 'BK_BAD_SECTOR');
    assert.equal(error.cause.state.uncertain[0].offset, 0x12000);
    assert.doesNotMatch(nodeRed.output, /\[bk-write:caught\]/);
  });
});
