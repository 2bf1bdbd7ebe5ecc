import { BkError, NEWEST, RELEASE_NAMES, say } from '../../../src';
import { type Target, targetOf } from '../server/queue-names';
import { isSha256 } from '../store/image-store';

export const OPERATIONS = ['connect', 'read', 'write', 'erase'] as const;
export type OrderedOperation = (typeof OPERATIONS)[number];

/** The settings of an operation, by the names that they have in a flow file. */
export type OrderSettings = Readonly<Record<string, string | number | boolean>>;

/** What a job in the queue carries: plain data, no bytes, and nothing secret, as dashboards show it. */
export interface Order {
  operation: OrderedOperation;
  /** `any`, a model, or a MAC. */
  target: string;
  settings: OrderSettings;
  /** Of the image in the shared store: where the source is `payload`. */
  image?: string;
  /** Of OpenBeken's settings as JSON in the shared store: passwords are in them. */
  openbeken?: string;
  /** Whether files that are made go to the shared store as well. */
  share: boolean;
  /** Who waits for the result. */
  owner: string;
}

export interface CheckedOrder extends Order {
  aim: Target;
}

/** A value that a setting may have. */
type Rule = (value: unknown) => boolean;

const oneOf =
  (...words: readonly string[]): Rule =>
  (value) =>
    words.includes(value as string);
const flag: Rule = (value) => typeof value === 'boolean';
/** Bytes: no flash is larger. */
const bytes: Rule = (value) =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 0x1000_0000;
/** A name of a file, without a folder, that is no hidden one and none of Windows' devices. */
const fileName: Rule = (value) =>
  typeof value === 'string' && /^\w[\w .+-]{0,119}$/.test(value) && !/[ .]$|\.\./.test(value);
const version: Rule = (value) =>
  value === NEWEST || (typeof value === 'string' && /^[a-z0-9][a-z0-9_.+-]{0,63}$/i.test(value));

const backup = oneOf('once', 'always', 'never');

/** What an order may set of each operation. Whatever is not here is refused: paths, servers, other operations. */
const RULES: Readonly<Record<OrderedOperation, Readonly<Record<string, Rule>>>> = {
  connect: {},
  read: {
    memory: oneOf('flash', 'rom', 'efuse', 'otp'),
    offset: bytes,
    length: bytes,
    output: oneOf('buffer', 'file'),
    filename: fileName,
    incremental: flag,
  },
  write: {
    source: oneOf('payload', 'release', 'backup'),
    release: oneOf(...RELEASE_NAMES),
    releaseVersion: version,
    filename: fileName,
    offset: (value) => value === 'auto' || bytes(value),
    part: oneOf('image', 'app', 'rf', 'tuya', 'openbeken', 'bootloader'),
    skip: bytes,
    length: bytes,
    backup,
    unchanged: oneOf('skip', 'rewrite'),
    bootloader: oneOf('keep', 'replace'),
    anyImage: flag,
    dryRun: flag,
    startCheck: flag,
  },
  erase: {
    region: oneOf('app', 'range', 'data', 'all'),
    offset: bytes,
    length: bytes,
    calibration: oneOf('keep', 'erase'),
    backup,
    bootloader: oneOf('keep', 'erase'),
    dryRun: flag,
  },
};

const FIELDS = ['operation', 'target', 'settings', 'image', 'openbeken', 'share', 'owner'];
/** More than any order of ours has, letters. */
const LONGEST = 4096;

/**
 * What a job carries, looked through: whoever reaches the server can put anything into the queue. Nothing is taken over
 * that is not known by its name, its type and its range.
 * @throws BkError BK_REFUSED
 */
export function checkedOrder(given: unknown): CheckedOrder {
  const order = fieldsOf(given, 'order', FIELDS);
  const { operation, target, image, openbeken, share, owner } = order;
  if (!isOperation(operation)) throw refused('operation');
  const aim = typeof target === 'string' && target.length <= 32 ? targetOf(target) : null;
  if (aim === null) throw refused('target');
  if (image !== undefined && !isSha256(image)) throw refused('image');
  if (openbeken !== undefined && !isSha256(openbeken)) throw refused('openbeken');
  if (typeof share !== 'boolean') throw refused('share');
  if (typeof owner !== 'string' || !/^[\w.-]{1,64}$/.test(owner)) throw refused('owner');
  const settings = checkedSettings(operation, order.settings);
  const needsImage = operation === 'write' && (settings.source ?? 'payload') === 'payload';
  if (needsImage !== (image !== undefined)) throw refused('image');
  if (operation !== 'write' && openbeken !== undefined) throw refused('openbeken');
  return {
    operation,
    target: target as string,
    aim,
    settings,
    ...(image === undefined ? {} : { image }),
    ...(openbeken === undefined ? {} : { openbeken }),
    share,
    owner,
  };
}

function checkedSettings(operation: OrderedOperation, given: unknown): OrderSettings {
  const rules = RULES[operation];
  const settings = fieldsOf(given, 'settings', Object.keys(rules));
  for (const [name, value] of Object.entries(settings))
    if (rules[name]?.(value) !== true) throw refused(name);
  return settings as OrderSettings;
}

/** A plain object with nothing in it but these, as one without a prototype. */
function fieldsOf(given: unknown, name: string, known: readonly string[]): Record<string, unknown> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw refused(name);
  const fields: Record<string, unknown> = Object.create(null);
  // One name more than there can be says enough: a huge object is not walked through.
  for (const field of Object.keys(given).slice(0, known.length + 1)) {
    if (!known.includes(field)) throw refused(field);
    const value = (given as Record<string, unknown>)[field];
    if (typeof value === 'string' && value.length > LONGEST) throw refused(field);
    fields[field] = value;
  }
  return fields;
}

function isOperation(value: unknown): value is OrderedOperation {
  return OPERATIONS.includes(value as OrderedOperation);
}

function refused(field: string): BkError {
  // What was given is not shown: it is somebody's attempt, or a mistake whose value tells nothing.
  const name = /^[\w-]{1,40}$/.test(field) ? field : '…';
  return new BkError('BK_REFUSED', say('queue.malformed', { name }), {
    phase: 'open',
    advice: [say('queue.useEnqueue')],
  });
}
