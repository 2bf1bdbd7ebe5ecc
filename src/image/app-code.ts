import type { CodeKey } from './marker';
import { isFilledWith, PACKET, PACKET_DATA } from './packets';

/** Packets that are decrypted at one go: some milliseconds of work. */
const SLICE = 4096;
/** Behind so many blank packets there is no more code. */
const ENOUGH_BLANK = 64;
/** Where the application lies for the processor. */
export const APP_ADDRESS = 0x10000;

/**
 * The code that lies from `offset` on as packets, without check bytes and decrypted, in slices: the
 * caller decides what happens between them. It ends at `end`, or where blank flash begins.
 * @param address where the code lies for the processor; the keystream depends on it
 */
export function* plainCode(
  bytes: Uint8Array,
  offset: number,
  end: number,
  key: CodeKey,
  address = APP_ADDRESS,
): Generator<Buffer> {
  const packets = Math.floor((Math.min(end, bytes.length) - offset) / PACKET);
  let blank = 0;
  for (let first = 0; first < packets && blank < ENOUGH_BLANK; first += SLICE) {
    const count = Math.min(SLICE, packets - first);
    const data = Buffer.alloc(count * PACKET_DATA);
    let used = 0;
    for (; used < count && blank < ENOUGH_BLANK; used++) {
      const start = offset + (first + used) * PACKET;
      data.set(bytes.subarray(start, start + PACKET_DATA), used * PACKET_DATA);
      blank = isFilledWith(bytes, 0xff, start, start + PACKET_DATA) ? blank + 1 : 0;
    }
    const code = data.subarray(0, used * PACKET_DATA);
    if (key === 'tuya') applyTuyaKey(code, address + first * PACKET_DATA);
    yield code;
  }
}

/** XORs the keystream of Tuya's key over code, in place: it encrypts and decrypts. */
function applyTuyaKey(code: Buffer, address: number): void {
  for (let at = 0; at + 4 <= code.length; at += 4)
    code.writeUInt32LE((code.readUInt32LE(at) ^ tuyaStream(address + at)) >>> 0, at);
}

/** One word of the keystream: of this key only its first and third word matter. Source: real dumps. */
function tuyaStream(address: number): number {
  const mixed = rotate(address, 8) ^ 0x510fb093;
  const spread = 0xe519a4f1 & Math.imul((mixed >>> 2) & 0xf, 0x11111111);
  return rotate(mixed, 15) ^ spread ^ 0x5993a17e;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
