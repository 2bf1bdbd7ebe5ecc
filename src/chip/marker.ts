import { countValidPackets } from './code-packets';

/** Where a piece of code runs: it is stored differently for each. */
export type CodePlace = 'bootloader' | 'app';

/** Which of the two keys that are known the code is stored with: `none` leaves it in clear. */
export type CodeKey = 'tuya' | 'none';

/** What the code key makes of the first two words, XORed. Source: seen on real dumps. */
const STREAMS: Readonly<Record<CodeKey, Readonly<Record<CodePlace, readonly [number, number]>>>> = {
  tuya: { bootloader: [0x7cb50721, 0x7cb50f21], app: [0x7eb50721, 0x7eb50f21] },
  none: { bootloader: [0, 0], app: [0, 0] },
};

/**
 * Code begins with vectors. The first one is ARM's unconditional branch (any distance) or a load of the program
 * counter, the second one such a load in any case: from up to 0xff bytes behind it, as 14f09fe5 or 18f09fe5.
 */
const BRANCH = 0xea;
const LOAD_PC = 0xe59ff000;
const LOAD_PC_MASK = 0xffffff03;
/** So many packets behind the first one are looked at, where there are as many: a sector has some more. */
const SAMPLE = 64;
/** As many checksums of 16 bits do not fit by chance. */
const ENOUGH_PACKETS = 16;

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
  const one = (view.getUint32(offset, true) ^ first) >>> 0;
  const other = (view.getUint32(offset + 4, true) ^ second) >>> 0;
  return (one >>> 24 === BRANCH || loadsPc(one)) && loadsPc(other);
}

function loadsPc(word: number): boolean {
  return (word & LOAD_PC_MASK) >>> 0 === LOAD_PC;
}

/** The key with which code for this place begins here; null where none fits. */
export function markerKey(bytes: Uint8Array, offset: number, place: CodePlace): CodeKey | null {
  if (hasMarker(bytes, offset, place, 'tuya')) return 'tuya';
  return hasMarker(bytes, offset, place, 'none') ? 'none' : null;
}

/**
 * What a stretch of flash tells of the key that its code is stored with: a key that is known; `other`, which is
 * sound code with none of those; `misplaced`, code for the other place, as a file has it that went to a wrong
 * address: of the chip that tells nothing. Null where there is nothing to tell it: blank flash, data, or code whose
 * beginning is damaged.
 */
export type StoredKey = CodeKey | 'other' | 'misplaced' | null;

/** The key of the code that has its place at this offset of the bytes. A sector is enough. */
export function storedKey(bytes: Uint8Array, offset: number, place: CodePlace): StoredKey {
  const known = markerKey(bytes, offset, place);
  if (known !== null) return known;
  if (hasMarker(bytes, offset, place === 'app' ? 'bootloader' : 'app', 'tuya')) return 'misplaced';
  // What its first packet says can be trusted only where that is right by its own check bytes.
  const { valid, invalid } = countValidPackets(bytes, offset, SAMPLE);
  const isSound = countValidPackets(bytes, offset, 1).valid === 1;
  return isSound && valid >= ENOUGH_PACKETS && invalid * 8 <= valid ? 'other' : null;
}

/**
 * The key of a flash by its bootloader and its application, either null where it was not looked at or does not
 * tell. Code that fits no key that is known outranks any other: whoever made that had the chip's own key, while code
 * with a known one may have been written by anybody, by mistake.
 */
export function keyOfFlash(
  bootloader: StoredKey,
  application: StoredKey,
): CodeKey | 'other' | null {
  if (bootloader === 'other') return 'other';
  // Behind a file that went to a wrong address lies its middle, which begins like nothing.
  if (application === 'other') return bootloader === 'misplaced' ? null : 'other';
  const known = [bootloader, application].find((key) => key === 'tuya' || key === 'none');
  return known === 'tuya' || known === 'none' ? known : null;
}
