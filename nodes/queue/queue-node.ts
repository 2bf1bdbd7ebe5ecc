import type { Node, NodeAPI } from 'node-red';
import { BkError, say, systemClock } from '../../src';
import { inUserDir } from '../shared/paths';
import {
  badSetting,
  count,
  flag,
  isBlank,
  numberOf,
  type Saved,
  seconds,
  size,
  text,
} from '../shared/settings';
import { queuePackages } from './server/packages';
import { QueueServer, type ServerSettings } from './server/queue-server';

export type QueueDef = Saved<
  | 'server'
  | 'serverPort'
  | 'user'
  | 'tls'
  | 'database'
  | 'queueName'
  | 'lostAfter'
  | 'storeLimit'
  | 'keepDays'
>;

/** What the config node offers to flow nodes. */
export interface QueueNode extends Node {
  /**
   * The connection to the queue, which all nodes share.
   * @throws BkError BK_BAD_SETTING when the settings cannot be used, BK_QUEUE when packages are missing
   */
  server(): QueueServer;
}

const DAY_MS = 24 * 3600 * 1000;

/** @throws BkError BK_BAD_SETTING when the flow names no queue, or one that is missing or disabled */
export function findQueue(RED: NodeAPI, id: unknown): QueueNode {
  const node = typeof id === 'string' ? (RED.nodes.getNode(id) as QueueNode | null) : null;
  if (typeof node?.server === 'function') return node;
  throw new BkError('BK_BAD_SETTING', say('queue.noQueue'), {
    phase: 'open',
    advice: [say('queue.chooseQueue')],
  });
}

/** Loads what it takes, and connects. @throws BkError BK_BAD_SETTING, BK_QUEUE */
export function openServer(RED: NodeAPI, def: QueueDef, password: unknown): QueueServer {
  const settings = serverSettings(def, password);
  return new QueueServer(queuePackages(inUserDir(RED, '.')), settings, systemClock);
}

/** @throws BkError BK_BAD_SETTING */
export function serverSettings(def: QueueDef, password: unknown): ServerSettings {
  return {
    host: text('server', def.server).trim() || '127.0.0.1',
    port: portOf(def.serverPort),
    user: text('user', def.user).trim(),
    password: text('password', password),
    tls: flag('tls', def.tls, false),
    database: count('database', def.database, 0),
    queueName: nameOf(def.queueName),
    lostAfterMs: seconds('lostAfter', def.lostAfter, 60, 2) * 1000,
    storeLimit: size('storeLimit', def.storeLimit) ?? 256 * 1024 * 1024,
    keepMs: seconds('keepDays', def.keepDays, 7, 1) * DAY_MS,
  };
}

function portOf(value: unknown): number {
  const port = numberOf(value, 6379);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw badSetting('serverPort', value, say('queue.wantedPort'));
}

/** It is a part of keys on the server, and of the names of queues, in which BullMQ allows no colon. */
function nameOf(value: unknown): string {
  const name = isBlank(value) ? 'bk72xx' : text('queueName', value).trim();
  if (/^[a-z0-9][\w-]{0,39}$/i.test(name)) return name;
  throw badSetting('queueName', value, say('queue.wantedName'));
}
