/*
 * What Home Assistant takes over MQTT, as its documentation of the MQTT integration and of `update`, `button`, `sensor` and
 * `binary_sensor` says it. One place for all examples: what is wrong with a payload, in words; nothing where it is right.
 */

type Json = Readonly<Record<string, unknown>>;

/** The only keys of an update entity's state; one more, and the message is thrown away. */
const STATE_TEXTS = [
  'installed_version',
  'latest_version',
  'title',
  'release_summary',
  'release_url',
  'entity_picture',
] as const;
const STATE_KEYS: readonly string[] = [...STATE_TEXTS, 'in_progress', 'update_percentage'];
const LONGEST_SUMMARY = 255;

/** What a component may have besides its platform; only what the examples have any use for. */
const COMMON = ['platform', 'unique_id', 'name', 'default_entity_id', 'device_class', 'icon'];
const COMPONENT_KEYS: Readonly<Record<string, readonly string[]>> = {
  update: ['state_topic', 'json_attributes_topic', 'command_topic', 'payload_install'],
  button: ['command_topic', 'payload_press'],
  sensor: ['state_topic', 'json_attributes_topic', 'unit_of_measurement', 'value_template'],
  binary_sensor: ['state_topic', 'json_attributes_topic', 'payload_on', 'payload_off'],
};
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  update: ['state_topic', 'command_topic', 'payload_install', 'json_attributes_topic'],
  button: ['command_topic'],
  sensor: ['state_topic'],
  binary_sensor: ['state_topic'],
};

/** @returns what is wrong with the payload of homeassistant/device/<id>/config */
export function faultsOfDiscovery(topic: string, payload: unknown): string[] {
  if (!/^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/.test(topic)) return [`topic ${topic}`];
  if (!isObject(payload)) return ['is no object'];
  const { device, origin, components, availability, availability_topic, ...more } = payload;
  const faults = Object.keys(more).map((key) => `has ${key}`);
  if (!isObject(device) || !isTexts(device.identifiers)) faults.push('device has no identifiers');
  if (!isObject(device) || !isText(device.name)) faults.push('device has no name');
  if (!isObject(origin) || !isText(origin.name)) faults.push('origin has no name');
  const places = Array.isArray(availability) ? availability : [{ topic: availability_topic }];
  if (!places.every((one) => isObject(one) && isTopic(one.topic))) faults.push('no availability');
  if (!isObject(components) || Object.keys(components).length === 0) faults.push('no components');
  else {
    for (const [key, component] of Object.entries(components))
      faults.push(...faultsOfComponent(component).map((fault) => `${key} ${fault}`));
    const ids = Object.values(components).map((one) => (isObject(one) ? one.unique_id : null));
    if (new Set(ids).size !== ids.length) faults.push('a unique_id stands twice');
  }
  return [...faults, ...nulls(payload)];
}

function faultsOfComponent(component: unknown): string[] {
  if (!isObject(component)) return ['is no object'];
  const { platform, unique_id, default_entity_id } = component;
  const own = COMPONENT_KEYS[String(platform)];
  if (own === undefined) return [`has platform ${platform}`];
  const faults = Object.keys(component)
    .filter((key) => !COMMON.includes(key) && !own.includes(key))
    .map((key) => `has ${key}`);
  for (const key of NEEDED[String(platform)] ?? [])
    if (!isText(component[key])) faults.push(`lacks ${key}`);
  if (!isText(unique_id)) faults.push('has no unique_id');
  if (!new RegExp(`^${platform}\\.[a-z0-9_]+$`).test(String(default_entity_id)))
    faults.push(`has default_entity_id ${default_entity_id}`);
  for (const [key, value] of Object.entries(component))
    if (key.endsWith('_topic') && !isTopic(value)) faults.push(`has ${key} ${value}`);
  return faults;
}

/** @returns what is wrong with a message on the state topic of an update entity */
export function faultsOfUpdateState(payload: unknown): string[] {
  if (!isObject(payload)) return ['is no object'];
  const faults = Object.keys(payload)
    .filter((key) => !STATE_KEYS.includes(key))
    .map((key) => `has ${key}`);
  for (const key of STATE_TEXTS)
    if (key in payload && !isText(payload[key])) faults.push(`${key} is ${payload[key]}`);
  const { in_progress, update_percentage, release_summary } = payload;
  if (in_progress !== undefined && typeof in_progress !== 'boolean') faults.push('in_progress');
  if (String(release_summary ?? '').length > LONGEST_SUMMARY) faults.push('long release_summary');
  const isPercent =
    typeof update_percentage === 'number' && update_percentage >= 0 && update_percentage <= 100;
  if (update_percentage !== undefined && update_percentage !== null && !isPercent)
    faults.push(`update_percentage is ${update_percentage}`);
  return faults;
}

/** @returns what is wrong with a message on the state topic of a sensor for a point in time: ISO 8601 with its offset */
export function faultsOfTimestamp(text: string): string[] {
  const isTold = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$/.test(text);
  return isTold && !Number.isNaN(Date.parse(text)) ? [] : [`is ${text}`];
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

/** One that something can be published to. */
function isTopic(value: unknown): boolean {
  return isText(value) && !/[#+\0]/.test(value);
}

function nulls(value: unknown, path = ''): string[] {
  if (value === null) return [`${path} is null`];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) => nulls(one, `${path}/${key}`));
}
