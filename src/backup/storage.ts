import { BkError, textOf } from '../errors';
import { type Note, say, verbatim } from '../texts/note';

/** What the operating system refused, and what a person can do about it. */
const REFUSALS = {
  ENOSPC: ['backup.diskFull', 'backup.makeRoomOrFolder'],
  EDQUOT: ['backup.quotaUsedUp', 'backup.makeRoomInQuota'],
  EACCES: ['backup.denied', 'backup.letUserWrite'],
  EPERM: ['backup.notAllowed', 'backup.letUserWrite'],
  EROFS: ['backup.readOnly', 'backup.writableDisk'],
  ENOTDIR: ['backup.fileInPath', 'backup.otherFolder'],
  EEXIST: ['backup.fileOfThatName', 'backup.otherFolder'],
  ENAMETOOLONG: ['backup.nameTooLong', 'backup.shorterName'],
  ENOENT: ['backup.cannotBeMade', 'backup.otherFolder'],
  EISDIR: ['backup.isFolder', 'backup.otherFileName'],
} as const;

/** How the operating system names what it refuses; Node.js's own codes have words in them. */
const SYSTEM_CODE = /^E[A-Z0-9]+$/;

/**
 * The error of a file or folder.
 * @param what makes its message, of what the operating system refused
 * @throws the reason itself where it is not the operating system's: a fault in here is no disk's
 */
export function storageError(reason: unknown, what: (why: Note) => Note): BkError {
  if (!SYSTEM_CODE.test(errnoOf(reason) ?? '')) throw reason;
  return new BkError('BK_STORAGE', what(refusalOf(reason)), {
    reason,
    advice: [say(knownOf(reason)?.[1] ?? 'backup.otherFolderOrLook')],
  });
}

/** What the operating system refused; completes "it cannot be read: …". */
export function refusalOf(reason: unknown): Note {
  const known = knownOf(reason);
  return known === null ? verbatim(textOf(reason)) : say(known[0]);
}

function knownOf(reason: unknown): (typeof REFUSALS)[keyof typeof REFUSALS] | null {
  const code = errnoOf(reason) ?? '';
  return Object.hasOwn(REFUSALS, code) ? REFUSALS[code as keyof typeof REFUSALS] : null;
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
