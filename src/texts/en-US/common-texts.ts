/** What sentences of every room are made of. */
export const COMMON = {
  /** Words that come from outside: an operating system, a library, a file. */
  verbatim: '__text__',
  or: '__one__ or __other__',

  // What code is stored with; completes "code with …".
  tuyaKey: "Tuya's key",
  noKey: 'no key',
  ownKey: 'a key of its own',
  otherKey: 'a key that is not known',
} as const;
