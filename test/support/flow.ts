import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Node, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import sinon, { type SinonSpy } from 'sinon';

import bkConnect = require('../../nodes/bk-connect');
import bkDevice = require('../../nodes/bk-device');
import bkEnqueue = require('../../nodes/bk-enqueue');
import bkErase = require('../../nodes/bk-erase');
import bkFlasher = require('../../nodes/bk-flasher');
import bkInspect = require('../../nodes/bk-inspect');
import bkPort = require('../../nodes/bk-port');
import bkQueue = require('../../nodes/bk-queue');
import bkRead = require('../../nodes/bk-read');
import bkWorker = require('../../nodes/bk-worker');
import bkWrite = require('../../nodes/bk-write');

import { until } from './until';

// biome-ignore lint/suspicious/noExplicitAny: what a flow sends has no type
export type Message = any;
/** The helper puts spies on what a node calls. */
export type SpiedNode = Node & Record<'status' | 'error' | 'send' | 'warn', SinonSpy>;
export type FlowNode = { id: string; type: string; wires?: string[][] } & Record<string, unknown>;

/** Node-RED takes what has no place on a tab for a config node. */
const PLACE = { z: 'tab', x: 100, y: 100 };

/** A user folder of Node-RED for one spec file; empty before each test. */
export let userDir = '';

/** Runs Node-RED around the tests of the calling `describe`. */
export function useNodeRed(): void {
  before(() => {
    helper.init(require.resolve('node-red'));
    return new Promise<void>((resolve) => helper.startServer(resolve));
  });
  beforeEach(() => {
    userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-nodes-'));
    helper.settings({ userDir });
  });
  afterEach(async () => {
    await helper.unload();
    sinon.restore();
    rmSync(userDir, { recursive: true, force: true });
  });
  after(() => new Promise<void>((resolve) => helper.stopServer(resolve)));
}

/** What the sinks and reporters of a flow have received. */
export class Flow {
  /**
   * Adds a tab, and for each flow node `x` the sinks `x/result` and `x/progress`; nodes without `z`
   * stand on the tab.
   * @param credentials of nodes, by their ids
   */
  static async load(nodes: FlowNode[], credentials: object = {}): Promise<Flow> {
    const flow = new Flow();
    await helper.load(
      [
        bkFlasher,
        bkDevice,
        bkConnect,
        bkRead,
        bkWrite,
        bkErase,
        bkInspect,
        bkPort,
        bkQueue,
        bkEnqueue,
        bkWorker,
      ] as never,
      Flow.complete(nodes) as never,
      credentials as never,
    );
    flow.listen();
    return flow;
  }

  static complete(nodes: FlowNode[]): FlowNode[] {
    const all: FlowNode[] = [{ id: 'tab', type: 'tab', label: 'test' }];
    for (const node of nodes) {
      if (node.type === 'bk-device' || node.type === 'bk-queue') {
        all.push(node);
      } else if (node.type.startsWith('bk-')) {
        const [result, progress] = [`${node.id}/result`, `${node.id}/progress`];
        all.push({ ...PLACE, wires: [[result], [progress]], ...node });
        all.push({ ...PLACE, id: result, type: 'helper', wires: [] });
        all.push({ ...PLACE, id: progress, type: 'helper', wires: [] });
      } else {
        all.push({ ...PLACE, wires: [], ...node });
      }
    }
    return all;
  }

  readonly #received = new Map<string, Message[]>();

  /** Collects from the sinks of the flow as it runs now; again after a deploy. */
  listen(): void {
    const listening = new Set<string>();
    for (const call of nodesOfType('helper')) {
      if (listening.has(call.id)) continue;
      listening.add(call.id);
      call.on('input', (msg, _send, done) => {
        this.received(call.id).push(msg);
        done();
      });
    }
  }

  node(id: string): SpiedNode {
    return helper.getNode(id) as SpiedNode;
  }

  send(id: string, msg: Message = {}): void {
    this.node(id).receive(msg);
  }

  received(id: string): Message[] {
    const messages = this.#received.get(id) ?? [];
    this.#received.set(id, messages);
    return messages;
  }

  async message(id: string, index = 0): Promise<Message> {
    await until(() => this.received(id).length > index, `message ${index} at ${id}`);
    return this.received(id)[index];
  }

  /** All badges that a node has shown, oldest first. */
  badges(id: string): NodeStatus[] {
    const node = this.node(id);
    return node.status
      .getCalls()
      .filter((call) => call.thisValue === node)
      .map((call) => call.args[0]);
  }

  texts(id: string): (string | undefined)[] {
    return this.badges(id).map((badge) => (badge as { text?: string }).text);
  }
}

/** Needs no list of ids of its own: asks the runtime for what runs. */
function nodesOfType(type: string): Node[] {
  const found: Node[] = [];
  const runtime = (helper as unknown as { _redNodes: RuntimeNodes })._redNodes;
  runtime.eachNode((def) => {
    const node = def.type === type ? runtime.getNode(def.id) : null;
    if (node) found.push(node);
  });
  return found;
}

interface RuntimeNodes {
  eachNode(visit: (def: { id: string; type: string }) => void): void;
  getNode(id: string): Node | null;
}
