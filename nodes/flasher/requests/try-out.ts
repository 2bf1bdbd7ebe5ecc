import type { NodeAPI } from 'node-red';
import { Device, say } from '../../../src';
import type { DeviceNode } from '../../shared/device-node';
import { type DeviceDef, deviceSettings } from '../../shared/device-settings';
import { portOf } from '../../shared/paths';
import { isBlank, shown, variableIn } from '../../shared/settings';
import type { FlasherHub } from '../hub';
import type { StartedJob } from '../messages';
import { Refusal } from './refusal';

/** As many at a time. */
const MOST_TRIES = 4;

type Given = Readonly<Record<string, unknown>>;

/** Whether settings that somebody wants to try out name an environment variable. */
export function namesVariable(body: unknown): boolean {
  const { settings } = (body ?? {}) as { settings?: unknown };
  return Object.values(settings ?? {}).some((value) => variableIn(value) !== null);
}

/** Devices with settings that are not deployed yet, each for one job. */
export class TryOuts {
  readonly #RED: NodeAPI;
  readonly #hub: FlasherHub;
  #begun = 0;
  #underWay = 0;

  constructor(RED: NodeAPI, hub: FlasherHub) {
    this.#RED = RED;
    this.#hub = hub;
  }

  /** The device is shown as any other, until its job has ended. @throws BkError BK_BAD_SETTING */
  async start({ operation, settings }: Given): Promise<StartedJob> {
    if (operation !== 'connect' && operation !== 'listen')
      throw new Refusal(400, say('flasher.notTried', { given: shown(operation) }));
    if (this.#underWay >= MOST_TRIES)
      throw new Refusal(
        429,
        say('flasher.tooManyTries', { count: MOST_TRIES }),
        say('flasher.waitForTries'),
      );
    const def = this.#resolved(settings) as unknown as DeviceDef;
    // Who may only try out reaches no further than who sends messages.
    const port = portOf(this.#RED, isBlank(def.port) ? undefined : def.port);
    const own = deviceSettings(def, port);
    const password = this.#deployed(settings)?.passwordFor(own.port) ?? '';
    const device = new Device({ ...own, idle: 0, ...(password === '' ? {} : { password }) });
    const { name, port: at } = device.settings;
    const id = `try-${++this.#begun}`;
    const entry = this.#hub.add(id, { name: name ?? at, port: at, host: null });
    entry.follow(device);
    this.#underWay++;
    const over = () => {
      this.#underWay--;
      // A port that does not close is told of by the job that wants it next.
      const closed = device.close().catch(() => {});
      void closed.then(() => this.#hub.remove(entry));
    };
    return entry.start(() => {
      const job: Promise<unknown> = operation === 'connect' ? device.connect() : device.listen();
      job.then(over, over);
      return job;
    });
  }

  /** Settings that name an environment variable have its value, as after a deploy. */
  #resolved(settings: unknown): Given {
    if (typeof settings !== 'object' || settings === null)
      throw new Refusal(400, say('flasher.noObject'), say('flasher.useEditor'));
    const given = settings as Given;
    const node = this.#nodeFor(given.id);
    const pairs = Object.entries(given).map(([name, value]) => [name, this.#value(node, value)]);
    return Object.fromEntries(pairs);
  }

  /** The device whose dialog is open, where it is deployed: its password goes to its own address only. */
  #deployed(settings: unknown): DeviceNode | null {
    const { id } = (settings ?? {}) as Given;
    return typeof id === 'string' ? (this.#hub.entry(id)?.host?.node ?? null) : null;
  }

  #value(node: DeviceNode | null, value: unknown): unknown {
    const name = variableIn(value);
    if (name === null) return value;
    const found = this.#RED.util.evaluateNodeProperty(`\${${name}}`, 'env', node as never, {});
    // Left as it stands it is told by name.
    return isBlank(found) ? value : found;
  }

  /** What flows know of the environment hangs on their nodes: on the device itself, where it is deployed, else on any. */
  #nodeFor(id: unknown): DeviceNode | null {
    const own = typeof id === 'string' ? this.#hub.entry(id) : undefined;
    return (own ?? this.#hub.any)?.host?.node ?? null;
  }
}
