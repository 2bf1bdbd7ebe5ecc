/** What sentences of every room are made of. */
export const COMMON = {
  /** Words that come from outside: an operating system, a library, a file. */
  verbatim: '__text__',
  or: '__one__ or __other__',
} as const;
