import { BkError, type ErrorCode, textOf } from '../errors';

/** What a person can do about each error of the operating system. */
const ADVICE: Readonly<Record<string, { what: string; advice: string }>> = {
  ENOSPC: { what: 'the disk is full', advice: 'Make room on the disk, or choose another folder.' },
  EDQUOT: { what: 'the disk quota is used up', advice: 'Make room, or choose another folder.' },
  EACCES: {
    what: 'permission is denied',
    advice: 'Let the user that runs Node-RED write there, or choose another folder.',
  },
  EPERM: {
    what: 'the operating system does not allow it',
    advice: 'Let the user that runs Node-RED write there, or choose another folder.',
  },
  EROFS: {
    what: 'the disk is read-only',
    advice: 'Choose a folder on a disk that can be written.',
  },
  ENOTDIR: { what: 'a part of the path is a file', advice: 'Choose another folder.' },
  EEXIST: { what: 'there is a file of that name', advice: 'Choose another folder.' },
  ENAMETOOLONG: { what: 'the name is too long', advice: 'Choose a shorter name.' },
  ENOENT: { what: 'it does not exist and cannot be made', advice: 'Choose another folder.' },
  EISDIR: { what: 'it is a folder', advice: 'Choose another file name.' },
};

/** The error of a file or folder, in words. `what` begins the message, as "The folder x cannot be written". */
export function storageError(
  what: string,
  reason: unknown,
  code: ErrorCode = 'BK_STORAGE',
): BkError {
  const entry = ADVICE[errnoOf(reason) ?? ''];
  return new BkError(code, `${what}: ${inWords(reason)}`, {
    reason,
    advice: [entry?.advice ?? 'Choose another folder, or look at what the message says.'],
  });
}

/** What the operating system refused; completes "it cannot be read: …". */
export function inWords(reason: unknown): string {
  return ADVICE[errnoOf(reason) ?? '']?.what ?? textOf(reason);
}

/** Whether less on the disk would have helped. */
export function isFull(reason: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(errnoOf(reason) ?? '');
}

/** `ENOENT` and the like; undefined for anything else. */
export function errnoOf(reason: unknown): string | undefined {
  if (!(reason instanceof Error) || !('code' in reason)) return undefined;
  return typeof reason.code === 'string' ? reason.code : undefined;
}
