/** What sentences of every room are made of. */
export const COMMON = {
  /** Words that come from outside: an operating system, a library, a file. */
  verbatim: '__text__',
  // What somebody gave, where it is no text and no number.
  someBytes: '__length__ bytes',
  aList: 'a list',
  aFunction: 'a function',
  anObject: 'an object',

  fullChip: 'full chip',
  basicChip: 'basic chip',
  or: '__one__ or __other__',

  // What code is stored with; completes "code with …".
  tuyaKey: "Tuya's key",
  noKey: 'no key',
  ownKey: 'a key of its own',
  otherKey: 'a key that is not known',

  // What a value that a person gave has to be; completes "… has to be …".
  wantedSize: 'a whole number of bytes: decimal, hex like 0x11000, or like 64K or 2M',
  wantedCount: 'a whole number, 0 or more',
  wantedOneOf: 'one of __words__',
} as const;

export const CHIP = {
  /* What a stretch of flash holds: each completes "the chip has …". */
  userFiles: "files of Tuya's firmware",
  tuyaStorage: "Tuya's storage",
  openBekenConfig: "OpenBeken's configuration, or settings of another firmware",
} as const;
