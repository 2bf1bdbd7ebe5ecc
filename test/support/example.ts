import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Broker } from './broker';
import type { FlowNode } from './flow';
import { NodeRed, prepareUserDir } from './node-red';
import { readText } from './project';
import { until } from './until';

/** An example flow as somebody has imported it: what they would set in the editor can be set. */
export class Example {
  readonly nodes: FlowNode[];

  /** @param files in the folder examples, without their ending: one, or several side by side */
  constructor(...files: string[]) {
    this.nodes = files.flatMap((file) => JSON.parse(readText(`examples/${file}.json`)));
  }

  /** The one node of that name. */
  named(name: string): FlowNode {
    const found = this.nodes.filter((node) => node.name === name && node.type !== 'group');
    const [node] = found;
    assert.ok(node && found.length === 1, `${found.length} nodes are called ${name}`);
    return node;
  }

  /** Changes settings of the one node of that name. */
  set(name: string, settings: Record<string, unknown>): this {
    Object.assign(this.named(name), settings);
    return this;
  }

  /** Changes a text in a setting of the one node of that name, which has to be there. */
  edit(name: string, setting: string, from: string, to: string): this {
    const text = String(this.named(name)[setting]);
    assert.ok(text.includes(from), `${name} has no ${from}`);
    return this.set(name, { [setting]: text.replace(from, to) });
  }

  /** Only those of its tabs, as where the others run on other computers; with their own config nodes and those that belong to no tab. */
  only(...labels: string[]): this {
    const others = this.nodes.filter(
      ({ type, label }) => type === 'tab' && !labels.includes(String(label)),
    );
    const gone = new Set(others.map(({ id }) => id));
    const kept = this.nodes.filter(({ id, z }) => !gone.has(id) && !gone.has(String(z)));
    this.nodes.splice(0, this.nodes.length, ...kept);
    return this;
  }

  /** Sets environment variables in the properties of a tab. */
  env(label: string, values: Record<string, string>): this {
    const tab = this.nodes.find((node) => node.type === 'tab' && node.label === label);
    const variables = (tab?.env ?? []) as Array<{ name: string; value: string }>;
    for (const [name, value] of Object.entries(values)) {
      const variable = variables.find((one) => one.name === name);
      assert.ok(variable, `${label} has no ${name}`);
      variable.value = value;
    }
    return this;
  }

  /** Sets the broker of all its nodes. */
  on({ host, port }: Broker): this {
    for (const node of this.nodes)
      if (node.type === 'mqtt-broker') Object.assign(node, { broker: host, port: String(port) });
    return this;
  }

  /** What debug nodes show also goes to the log, as lines of `<name>: <JSON>`. */
  logged(): this {
    for (const node of this.nodes) if (node.type === 'debug') node.console = 'true';
    return this;
  }
}

/** Runs an example in a real Node-RED with a user directory of its own. */
export class RunningExample {
  readonly userDir: string;
  readonly #example: Example;
  #nodeRed: NodeRed;
  #url = '';

  /** @param preload a script that runs in it before anything else */
  static async start(example: Example, preload?: string): Promise<RunningExample> {
    const userDir = mkdtempSync(path.join(tmpdir(), 'bk72xx-example-'));
    prepareUserDir(userDir, example.nodes);
    const running = new RunningExample(userDir, example, preload);
    try {
      running.#url = await running.#nodeRed.ready;
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  private constructor(userDir: string, example: Example, preload?: string) {
    this.userDir = userDir;
    this.#example = example;
    this.#nodeRed = new NodeRed(userDir, preload);
  }

  /** All that Node-RED has printed since it was started last. */
  get output(): string {
    return this.#nodeRed.output;
  }

  /** Presses the button of an inject node. */
  async press(name: string): Promise<void> {
    const { id } = this.#example.named(name);
    const { status } = await fetch(`${this.#url}/inject/${id}`, { method: 'POST' });
    assert.equal(status, 200, `the button ${name}`);
  }

  /** Waits for something in Node-RED's log. */
  async logs(pattern: RegExp): Promise<void> {
    try {
      await until(() => pattern.test(this.output), `${pattern} in the log`);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.output.slice(-3000)}`);
    }
  }

  /** Ends Node-RED by force; it can be started again. */
  async kill(): Promise<void> {
    this.#nodeRed.child.kill('SIGKILL');
    await this.#nodeRed.end();
  }

  /** Ends Node-RED, by force where it is asked for, and starts it again on the same user directory. */
  async restart(byForce = false): Promise<void> {
    if (byForce) await this.kill();
    else await this.#nodeRed.end();
    this.#nodeRed = new NodeRed(this.userDir);
    this.#url = await this.#nodeRed.ready;
  }

  async stop(): Promise<void> {
    await this.#nodeRed.end();
    rmSync(this.userDir, { recursive: true, force: true });
  }
}
