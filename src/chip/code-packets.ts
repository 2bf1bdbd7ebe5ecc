/**
 * Code lies on flash as packets: 32 bytes of data and their CRC-16, high byte first. Bytes that were
 * never written stay FF, check bytes included.
 */
export const PACKET_DATA = 32;
export const PACKET = 34;

/** CRC-16 with polynomial 0x8005, not reflected, from 0xFFFF ("CMS"). Source: matched on real dumps. */
const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
  return crc;
});

/** CRC-16 of `bytes[start, end)`. */
export function crc16(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = 0xffff;
  for (let at = start; at < end; at++) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ (bytes[at] as number)] as number);
  }
  return crc;
}

/** How packets of a stretch turned out; the three add up to the whole packets that lay in the bytes. */
export interface PacketCount {
  valid: number;
  /** 34 times FF. */
  blank: number;
  invalid: number;
}

/** Looks at up to `packets` packets from `offset` on, as many as the bytes hold. */
export function countValidPackets(bytes: Uint8Array, offset: number, packets: number): PacketCount {
  const count: PacketCount = { valid: 0, blank: 0, invalid: 0 };
  for (let index = 0; index < packets; index++) {
    const start = offset + index * PACKET;
    if (start + PACKET > bytes.length) break;
    count[packetState(bytes, start)]++;
  }
  return count;
}

/** What the packet that begins here is; it has to lie in the bytes whole. */
export function packetState(bytes: Uint8Array, start: number): keyof PacketCount {
  const data = start + PACKET_DATA;
  const stored = ((bytes[data] as number) << 8) | (bytes[data + 1] as number);
  if (stored === 0xffff && isFilledWith(bytes, 0xff, start, data)) return 'blank';
  return crc16(bytes, start, data) === stored ? 'valid' : 'invalid';
}

/** So many bytes are looked at one by one. */
const NEAR = 64;

/** True when `bytes[start, end)` holds nothing but `value`. */
export function isFilledWith(
  bytes: Uint8Array,
  value: number,
  start = 0,
  end = bytes.length,
): boolean {
  if (end > bytes.length) return start >= end;
  const near = Math.min(end, start + NEAR);
  for (let at = start; at < near; at++) if (bytes[at] !== value) return false;
  if (near >= end) return true;
  // All bytes are alike when each is like the one behind it; comparing bytes in bulk is much faster.
  const rest = Buffer.from(bytes.buffer, bytes.byteOffset + near - 1, end - near + 1);
  return rest.subarray(1).equals(rest.subarray(0, -1));
}
