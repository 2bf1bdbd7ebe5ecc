import type { CodeKey } from '../../chip/marker';
import { applyKey, TUYA_KEY } from './encryption';
import { ENOUGH_BLANK, isFilledWith, PACKET, PACKET_DATA } from './packets';

/** Packets that are decrypted at one go: some milliseconds of work. */
const SLICE = 4096;
/** Where the application lies for the processor; the keystream depends on it. */
const APP_ADDRESS = 0x10000;

/**
 * The code of an application that lies from `offset` on as packets, without check bytes and decrypted,
 * in slices: the caller decides what happens between them. It ends at `end`, or where blank flash begins.
 */
export function* plainCode(
  bytes: Uint8Array,
  offset: number,
  end: number,
  key: CodeKey,
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
    if (key === 'tuya') applyKey(code, APP_ADDRESS + first * PACKET_DATA, TUYA_KEY);
    yield code;
  }
}
