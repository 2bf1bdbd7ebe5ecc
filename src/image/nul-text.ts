/** Text without the NULs that it ends in. A pattern would look at each run of NULs in it again and again. */
export function withoutEndNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Bytes without the NULs that they end in. */
export function bytesWithoutEndNuls(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
