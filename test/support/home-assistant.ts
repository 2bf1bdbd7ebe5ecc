import assert from 'node:assert/strict';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Broker } from './broker';
import {
  faultsOfDiscovery,
  faultsOfTimestamp,
  faultsOfUpdateState,
  isObject,
} from './home-assistant-rules';
import { until } from './until';

// biome-ignore lint/suspicious/noExplicitAny: what comes by MQTT has no type
type Json = any;

export interface UpdateState {
  installed_version?: string;
  latest_version?: string;
  title?: string;
  release_url?: string;
  in_progress?: boolean;
  update_percentage?: number | null;
}

/**
 * Does over MQTT what Home Assistant does: takes up devices that announce themselves, keeps the states of their entities, and presses
 * buttons. Every message is looked at as it comes; `faults` has what Home Assistant would not take.
 */
export class HomeAssistant {
  readonly faults: string[] = [];
  /** All states of update entities, by entity, oldest first, as they came. */
  readonly states: Record<string, UpdateState[]> = {};
  /** The latest state of every other entity, and of attributes by `<entity> attributes`. */
  readonly now: Record<string, Json> = {};
  /** Each change of an entity that is on or off, oldest first. */
  readonly switched: Record<string, string[]> = {};
  readonly #client: MqttClient;
  readonly #topics = new Map<string, (payload: string) => void>();
  readonly #components = new Map<string, Json>();

  static async start({ host, port }: Broker): Promise<HomeAssistant> {
    const client = await connectAsync(`mqtt://${host}:${port}`);
    const it = new HomeAssistant(client);
    await client.subscribeAsync('homeassistant/device/+/config', { qos: 1 });
    return it;
  }

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => {
      const text = payload.toString();
      if (topic.startsWith('homeassistant/')) this.#discover(topic, text);
      else this.#topics.get(topic)?.(text);
    });
  }

  get entities(): string[] {
    return [...this.#components.keys()].sort();
  }

  /** The state of an update entity, as its card would show it: what a message leaves out stays as it was. */
  card(entity: string): UpdateState {
    return Object.assign({}, ...(this.states[entity] ?? []));
  }

  /** What its Install button does. */
  async install(entity: string): Promise<void> {
    const card = this.card(entity);
    assert.equal(card.in_progress, false, 'Home Assistant refuses while it is in progress');
    assert.ok(card.latest_version, 'Home Assistant knows of no version to install');
    const { command_topic, payload_install } = this.#components.get(entity);
    await this.send(command_topic, payload_install);
  }

  async press(entity: string): Promise<void> {
    const { command_topic, payload_press } = this.#components.get(entity);
    await this.send(command_topic, payload_press);
  }

  /** What an automation does with the action mqtt.publish. */
  async send(topic: string, payload: string, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain });
  }

  /** Hears another topic. @returns its messages, oldest first, as they come */
  async hear(topic: string): Promise<string[]> {
    const heard: string[] = [];
    await this.#subscribe(topic, (payload) => heard.push(payload));
    return heard;
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    try {
      await until(isSo, what);
    } catch (error) {
      const seen = JSON.stringify({ states: this.states, now: this.now }, null, 1);
      throw new Error(`${(error as Error).message}\nSeen: ${seen.slice(-3000)}`);
    }
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }

  #discover(topic: string, text: string): void {
    const payload = this.#read(topic, text);
    const faults = faultsOfDiscovery(topic, payload);
    this.faults.push(...faults.map((fault) => `${topic}: ${fault}`));
    if (faults.length > 0) return;
    for (const component of Object.values<Json>(payload.components)) {
      const entity = component.default_entity_id;
      const isNew = !this.#components.has(entity);
      this.#components.set(entity, component);
      if (isNew) this.#listen(entity, component);
    }
  }

  #listen(entity: string, { platform, device_class, ...topics }: Json): void {
    const { state_topic, json_attributes_topic } = topics;
    if (json_attributes_topic !== undefined)
      void this.#subscribe(json_attributes_topic, (text) => {
        const attributes = this.#read(json_attributes_topic, text);
        if (!isObject(attributes)) this.faults.push(`${json_attributes_topic}: is no object`);
        this.now[`${entity} attributes`] = attributes;
      });
    if (state_topic === undefined) return;
    void this.#subscribe(state_topic, (text) => {
      const fault = (faults: string[]) =>
        this.faults.push(...faults.map((one) => `${state_topic}: ${one}`));
      if (platform === 'update') {
        const state = this.#read(state_topic, text);
        const faults = faultsOfUpdateState(state);
        fault(faults);
        if (faults.length > 0) return;
        this.states[entity] = [...(this.states[entity] ?? []), state];
        return;
      }
      if (device_class === 'timestamp') fault(faultsOfTimestamp(text));
      if (platform === 'binary_sensor') {
        if (text !== 'ON' && text !== 'OFF') fault([`is ${text}`]);
        this.switched[entity] = [...(this.switched[entity] ?? []), text];
      }
      this.now[entity] = text;
    });
  }

  #read(topic: string, text: string): Json {
    try {
      return JSON.parse(text);
    } catch {
      this.faults.push(`${topic}: is no JSON: ${text}`);
      return null;
    }
  }

  async #subscribe(topic: string, listener: (payload: string) => void): Promise<void> {
    this.#topics.set(topic, listener);
    await this.#client.subscribeAsync(topic, { qos: 1 });
  }
}
