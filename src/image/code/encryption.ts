import { BkError } from '../../errors';
import { say } from '../../texts/note';

/** The four words of a code key, first to last as the eFuse holds them. */
export type KeyWords = readonly [number, number, number, number];

/** The key that Tuya's and Beken's own firmware for T and N is stored with. Source: real dumps. */
export const TUYA_KEY: KeyWords = [0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03];
/** The key of chips that store code in clear. */
export const NO_KEY: KeyWords = [0, 0, 0, 0];

/**
 * XORs the keystream over code in place: encrypts what is in clear and decrypts what is not.
 * @param code without check bytes
 * @param address where the code lies for the processor, a multiple of 4: the keystream depends on it
 * @throws BkError BK_OUT_OF_RANGE for any other address
 */
export function applyKey(code: Uint8Array, address: number, key: KeyWords): void {
  mustBeWordAddress(address);
  const stream = keystream(key);
  if (stream === null) return;
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const whole = code.length & ~3;
  for (let at = 0; at < whole; at += 4)
    view.setUint32(at, view.getUint32(at, true) ^ stream(address + at), true);
  const last = stream(address + whole);
  for (let at = whole; at < code.length; at++)
    code[at] = (code[at] as number) ^ ((last >>> (8 * (at - whole))) & 0xff);
}

function mustBeWordAddress(address: number): void {
  if (Number.isInteger(address) && address >= 0 && address % 4 === 0) return;
  throw new BkError('BK_OUT_OF_RANGE', say('image.codeNotAtWord', { address }));
}

/**
 * The keystream of a key by address; null where the key leaves code in clear. The last word of a key
 * switches each part of the cipher on or off and says how the address goes into it. Sources: ltchiptool
 * and BK7231GUIFlashTool, where bk7231tools differs (see `scramble17`).
 */
function keystream([k0, k1, k2, k3]: KeyWords): ((address: number) => number) | null {
  const top = k3 >>> 24;
  if (top === 0x00 || top === 0xff || (k3 & 0xf) === 0xf) return null;
  const swaps = (k3 >>> 5) & 3;
  const shift = (k3 >>> 8) & 3;
  const turn = 8 * ((k3 >>> 11) & 3);
  const high = k1 >>> 16;
  const low = (((k1 >>> 8) & 0xff) << 9) | (((k3 >>> 4) & 1) << 8) | (k1 & 0xff);
  const constant = k3 & 8 ? 0 : k2;
  const uses15 = (k3 & 1) === 0;
  const uses16 = (k3 & 2) === 0;
  const uses32 = (k3 & 4) === 0;
  return (address) => {
    let word = constant;
    if (uses15) word ^= scramble16(foldAddress(address, swaps) ^ high) << 16;
    // It is 17 bits wide, of which 16 count: bk7231tools adds all of them, and so has a wrong upper half.
    if (uses16) word ^= scramble17(((address >>> shift) & 0x1ffff) ^ low) & 0xffff;
    if (uses32) word ^= scramble32(rotate(address, turn) ^ k0);
    return word;
  };
}

/** Both halves of the address, either with its bytes swapped where the key says so. */
function foldAddress(address: number, swaps: number): number {
  const upper = address >>> 16;
  const lower = address & 0xffff;
  return (swaps & 2 ? swapBytes(upper) : upper) ^ (swaps & 1 ? swapBytes(lower) : lower);
}

function swapBytes(half: number): number {
  return ((half & 0xff) << 8) | (half >>> 8);
}

function scramble16(x: number): number {
  const rotated = ((x >>> 7) | (x << 9)) & 0xffff;
  return rotated ^ (0x6371 & (((x >>> 5) & 0xf) * 0x1111));
}

function scramble17(x: number): number {
  const rotated = ((x >>> 10) | (x << 7)) & 0x1ffff;
  const spread =
    ((x >>> 13) & 1) | (((x >>> 9) & 1) << 1) | (((x >>> 5) & 1) << 2) | (((x >>> 1) & 1) << 3);
  return rotated ^ (0x13659 & ((((x >>> 4) & 1) << 16) | (spread * 0x1111)));
}

function scramble32(x: number): number {
  return rotate(x, 15) ^ (0xe519a4f1 & Math.imul((x >>> 2) & 0xf, 0x11111111));
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
