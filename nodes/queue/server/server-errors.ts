import { BkError, isBkError, type Note, say, textOf } from '../../../src';

/** What Redis begins its refusals with, and what each means for a person. Source: redis.io/docs, src/server.c of Redis 7. */
const REFUSALS: readonly { begins: RegExp; text: Note; advice: Note }[] = [
  {
    begins: /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/,
    text: say('queue.denied'),
    advice: say('queue.setPassword'),
  },
  { begins: /^NOPERM/, text: say('queue.forbidden'), advice: say('queue.grantRights') },
  {
    begins: /^(OOM|ERR OOM)|-OOM |OOM command/,
    text: say('queue.full'),
    advice: say('queue.makeRoom'),
  },
  { begins: /^(MISCONF|READONLY)/, text: say('queue.readOnly'), advice: say('queue.makeWritable') },
];

/** What ioredis says when this side has hung up. */
const CLOSED = /^Connection is closed/;

/** Whatever went wrong with the server, as the one error class. */
export function asQueueError(thrown: unknown): BkError {
  if (isBkError(thrown)) return thrown;
  const reason = textOf(thrown);
  if (CLOSED.test(reason)) return new BkError('BK_CANCELLED', say('queue.closes'));
  const refusal = REFUSALS.find(({ begins }) => begins.test(reason));
  const text = refusal?.text ?? say('queue.serverRefused', { reason });
  const advice = refusal?.advice ?? say('queue.checkServer');
  return new BkError('BK_QUEUE', text, { phase: 'open', reason: thrown, advice: [advice] });
}

/** Whether the server has no room: it takes nothing more, but what is being done goes on. */
export function isFull(error: BkError): boolean {
  return error.text.code === 'queue.full';
}

/** Whether the server does not let us in. */
export function isDenied(error: BkError): boolean {
  return error.text.code === 'queue.denied';
}
