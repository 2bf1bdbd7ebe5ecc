import { isUint8Array } from 'node:util/types';
import { BkError, type Note, say } from '../../src';

/**
 * The image in a message, as a copy: other branches of the flow share the message's bytes and may
 * change them meanwhile.
 * @param advice how bytes can be given to this node, and how a file
 * @throws BkError BK_BAD_IMAGE for anything but bytes
 */
export function imageBytes(payload: unknown, advice: Note): Buffer {
  // Those of a function node are of a class of their own.
  if (isUint8Array(payload)) return Buffer.from(payload);
  const type = payload === null ? 'null' : Array.isArray(payload) ? 'array' : typeof payload;
  throw new BkError('BK_BAD_IMAGE', say('node.noBuffer', { type }), {
    phase: 'open',
    advice: [advice],
  });
}
