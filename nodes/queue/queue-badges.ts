import type { NodeStatus } from 'node-red';
import type { StatusTexts } from '../shared/status';
import type { QueueServer, ServerStanding } from './server/queue-server';

const KEYS = {
  connecting: 'queueConnecting',
  away: 'queueAway',
  denied: 'queueDenied',
  full: 'queueFull',
} as const;

/** What a badge says of the server, where that is not as it should be; null where it is. */
export function serverBadge(
  texts: StatusTexts,
  { state, trouble }: ServerStanding,
): NodeStatus | null {
  if (state !== 'ready') {
    const shape = state === 'connecting' ? 'grey' : state === 'away' ? 'yellow' : 'red';
    return { fill: shape, shape: 'ring', text: texts.text(KEYS[state]) };
  }
  if (trouble === null) return null;
  const key = trouble.code === 'queue.evicts' ? 'queueEvicts' : 'queueOld';
  return { fill: 'yellow', shape: 'ring', text: texts.text(key) };
}

/** A badge of work that goes on, with what is amiss with the server behind it. */
export function withServer(
  texts: StatusTexts,
  server: QueueServer | null,
  badge: NodeStatus,
): NodeStatus {
  if (server === null || !('text' in badge) || !badge.text) return badge;
  const { state } = server.standing;
  if (state === 'ready' || state === 'connecting') return badge;
  return { ...badge, fill: 'yellow', text: `${badge.text} (${texts.text(KEYS[state])})` };
}
