import { isUint8Array } from 'node:util/types';
import { BkError, type Note, say } from '../../src';
import { shown } from './settings';

/** What a node says of an image that it cannot take. */
export interface ImageAdvice {
  /** How bytes can be given to this node, and how a file. */
  bytes: Note;
  /** Where the path of a file belongs. */
  path: Note;
}

/** What is in no path: control characters, and what JSON and web pages begin with. */
const NOT_IN_PATHS = /[\p{Cc}"<>|*?{}]/u;
/** Longer text is no path, but perhaps bytes as Base64. */
const LONGEST_PATH = 1024;

/**
 * The image in a message, as a copy: other branches of the flow share the message's bytes and may
 * change them meanwhile.
 * @throws BkError BK_BAD_IMAGE for anything but bytes, and for bytes that are only a part of an image
 */
export function imageBytes(
  { payload, parts }: { readonly payload?: unknown; readonly parts?: unknown },
  advice: ImageAdvice,
): Buffer {
  if (isPartOfMore(parts)) throw bad(say('node.onlyPart'), say('node.join'), say('node.dropParts'));
  // Those of a function node are of a class of their own.
  if (isUint8Array(payload)) return Buffer.from(payload);
  if (isJsonOfBuffer(payload)) throw bad(say('node.jsonOfBuffer'), say('node.keepBuffer'));
  if (isPath(payload)) {
    throw bad(say('node.pathInPayload', { given: shown(payload) }), advice.path);
  }
  const type = payload === null ? 'null' : Array.isArray(payload) ? 'array' : typeof payload;
  throw bad(say('node.noBuffer', { type }), advice.bytes);
}

/** Split and stream nodes number what they send; only the last piece of a stream tells how many they are. */
function isPartOfMore(parts: unknown): boolean {
  if (typeof parts !== 'object' || parts === null) return false;
  const { index, count } = parts as { index?: unknown; count?: unknown };
  return count === undefined || count === null ? index !== undefined : Number(count) > 1;
}

/** What `JSON.stringify` makes of a Buffer. It is not taken for bytes: what else was lost on its way nobody knows. */
function isJsonOfBuffer(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  const { type, data } = payload as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data);
}

/** Text that names a file, as bk-read sends it with its output set to a file: it has a folder, or an ending. */
function isPath(payload: unknown): payload is string {
  if (typeof payload !== 'string' || payload.length > LONGEST_PATH) return false;
  if (NOT_IN_PATHS.test(payload) || /^[a-z]{2,}:\/\//i.test(payload)) return false;
  return /[\\/]|\.\w{1,8}$/.test(payload);
}

function bad(text: Note, ...advice: Note[]): BkError {
  return new BkError('BK_BAD_IMAGE', text, { phase: 'open', advice });
}
