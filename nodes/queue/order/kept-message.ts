import type { JobMessage } from '../../shared/job-runner';

/** More of a message is not kept, letters of JSON. */
const LONGEST = 16 * 1024;
/** Bytes, what may hold passwords, and what belongs to a connection that ends with Node-RED. */
const LEFT_OUT = ['payload', 'openbeken', 'req', 'res', '_session'];

/** What of a message is kept for the time after a restart: all that is plain and small; else its id and topic. */
export function keptMessage(msg: JobMessage): object {
  const { _msgid, topic } = msg;
  try {
    const text = JSON.stringify(msg, (name, value) =>
      LEFT_OUT.includes(name) ? undefined : value,
    );
    if (text.length <= LONGEST) return JSON.parse(text);
  } catch {
    // It holds itself, or what cannot be told in JSON.
  }
  return { _msgid, ...(typeof topic === 'string' ? { topic: topic.slice(0, 200) } : {}) };
}
