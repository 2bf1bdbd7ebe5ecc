import {
  type BkError,
  type Catalogue,
  type Note,
  type Operation,
  render,
  say,
  type TextCode,
} from '../../src';

/** Of what may be the cause and of what can be done, so much fits on a card: Node-RED's sidebar shows 1000 letters. */
const MOST_CAUSES = 1;
const MOST_STEPS = 2;

/**
 * What Node-RED gets of a failure. Where a Catch node takes it, Node-RED asks for the text and for `code` and `cause`. Where none
 * does, it is logged, and shown in the debug sidebar: of an Error that would be one line, and `[object Object]` for all that
 * helps. So this is no Error: as a text it is the one line, and joined to a log's line, or as JSON, it is the card.
 */
export function forNodeRed(
  error: BkError,
  language: Catalogue | undefined,
  operation?: Operation,
): Error {
  const line = String(error);
  const card = failureCard(error, language, operation);
  const { name, message, stack, code, cause } = error;
  const hidden = {
    name,
    message,
    toString: () => line,
    toJSON: () => card,
    [Symbol.toPrimitive]: (hint: string) => (hint === 'string' ? line : card),
  };
  const told = { stack, code, cause };
  for (const key of Reflect.ownKeys(hidden))
    Object.defineProperty(told, key, { value: hidden[key as keyof typeof hidden] });
  return told as unknown as Error;
}

/** What happened, why it most likely did, what to do next, what flash holds, and the code: a line each. */
export function failureCard(
  { code, message, text, cause }: BkError,
  language: Catalogue | undefined,
  operation?: Operation,
): string {
  const { likely, adviceCodes, reason, record } = cause;
  const [happened, holds] = apart(text);
  const lines = [happened];
  if (reason !== null && !message.includes(reason)) lines.push(say('node.cardReason', { reason }));
  for (const one of likely.slice(0, MOST_CAUSES))
    lines.push(say('node.cardLikely', { cause: one, evidence: one.evidenceCode }));
  for (const advice of adviceCodes.slice(0, MOST_STEPS))
    lines.push(say('node.cardNext', { advice }));
  if (holds !== null) lines.push(say('node.cardHolds', { state: holds }));
  else if (isUntouched(cause, operation)) lines.push(say('node.cardUntouched'));
  if (record !== undefined) lines.push(say('node.cardRecord', { record }));
  lines.push(say('node.cardCode', { code }));
  return lines.map((one) => render(one, language)).join('\n');
}

/** The message without the state of flash, and that state. */
function apart(text: Note): [Note, Note | null] {
  const { error, state } = text.params;
  const isBoth = text.code === ('job.withFlashState' satisfies TextCode);
  return isBoth && isNote(error) && isNote(state) ? [error, state] : [text, null];
}

/** A job that changes flash says what that holds as soon as it has begun to. A fault of the program may not have got so far. */
function isUntouched({ code, state }: BkError['cause'], operation?: Operation): boolean {
  const changes = operation === 'write' || operation === 'erase';
  return changes && state === null && code !== 'BK_INTERNAL';
}

function isNote(value: unknown): value is Note {
  return typeof value === 'object' && value !== null && 'code' in value;
}
