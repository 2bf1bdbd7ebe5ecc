/** Where a piece of code runs: it is stored differently for each. */
export type CodePlace = 'bootloader' | 'app';

/** Which of the two keys that are known the code is stored with: `none` leaves it in clear. */
export type CodeKey = 'tuya' | 'none';

/** What the code key makes of the first two words, XORed. Source: seen on real dumps. */
const STREAMS: Readonly<Record<CodeKey, Readonly<Record<CodePlace, readonly [number, number]>>>> = {
  tuya: { bootloader: [0x7cb50721, 0x7cb50f21], app: [0x7eb50721, 0x7eb50f21] },
  none: { bootloader: [0, 0], app: [0, 0] },
};

/** ARM's unconditional branch (any distance), and the load of the program counter that follows it. */
const BRANCH = 0xea;
const LOAD_PC = 0xe59ff014;

/** Code begins here for this place, stored with this key. In clear both places look the same. */
export function hasMarker(
  bytes: Uint8Array,
  offset: number,
  place: CodePlace,
  key: CodeKey,
): boolean {
  if (offset < 0 || offset + 8 > bytes.length) return false;
  const [first, second] = STREAMS[key][place];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const branch = (view.getUint32(offset, true) ^ first) >>> 24;
  const load = (view.getUint32(offset + 4, true) ^ second) >>> 0;
  return branch === BRANCH && load === LOAD_PC;
}

/** The key with which code for this place begins here; null where none fits. */
export function markerKey(bytes: Uint8Array, offset: number, place: CodePlace): CodeKey | null {
  if (hasMarker(bytes, offset, place, 'tuya')) return 'tuya';
  return hasMarker(bytes, offset, place, 'none') ? 'none' : null;
}
