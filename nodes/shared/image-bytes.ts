import { isUint8Array } from 'node:util/types';
import { BkError } from '../../src';

/**
 * The image in a message, as a copy: other branches of the flow share the message's bytes and may
 * change them meanwhile.
 * @param otherWay completes the advice: how a file can be given to this node instead
 * @throws BkError BK_BAD_IMAGE for anything but bytes
 */
export function imageBytes(payload: unknown, otherWay: string): Buffer {
  // Those of a function node are of a class of their own.
  if (isUint8Array(payload)) return Buffer.from(payload);
  const given = payload === null ? 'null' : Array.isArray(payload) ? 'array' : typeof payload;
  throw new BkError(
    'BK_BAD_IMAGE',
    `msg.payload has to be a Buffer, but it is of type ${given}; the job was not begun.`,
    {
      phase: 'open',
      advice: [
        `Read the image with a "read file" node that is set to "a single buffer object", or ${otherWay}.`,
      ],
    },
  );
}
